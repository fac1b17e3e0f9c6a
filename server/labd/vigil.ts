import type { NodeName } from '../network/snapshot.ts';
import type { NodeDriver, SessionId } from './nodes/driver.ts';

/** How often it is looked whether nodes live, ms: a learner whose node has died should not puzzle over it for long. */
const LOOK_MS = 2_000;
/** Not at all of them at once: a look takes a quarter of a millisecond, and others wait for labd meanwhile. */
const SHARES = 20;

/** Notices nodes that end by themselves: a learner who is root can bring that about, and so can the want of memory. */
export interface Vigil {
  /** Looks at all sessions now and tells of those whose dead are others than at the last look. */
  look(): void;
  /** Looks again and again from now on. */
  start(): void;
  close(): void;
}

/**
 * Keeps a vigil over sessions: `sessions` are those that nobody is making, resetting or removing, with the nodes that should
 * be up. `died` hears of each session with nodes down, once, and again when others follow.
 */
export function createVigil(options: {
  driver: Pick<NodeDriver, 'fallen'>;
  sessions(): { session: SessionId; nodes: NodeName[] }[];
  died(session: SessionId, nodes: NodeName[]): void;
  log: { warn(fields: object, message: string): void };
}): Vigil {
  const { driver, log } = options;
  const told = new Map<SessionId, string>();
  let timer: NodeJS.Timeout | undefined;

  /** Looks at every session, or at one share of them. */
  function look(share?: number): void {
    const all = options.sessions();
    for (const session of told.keys()) if (!all.some((each) => each.session === session)) told.delete(session);
    for (const [index, { session, nodes }] of all.entries()) {
      if (share !== undefined && index % SHARES !== share) continue;
      const down = driver.fallen?.(session, nodes) ?? [];
      if (down.join() === (told.get(session) ?? '')) continue;
      told.set(session, down.join());
      if (down.length === 0) continue;
      log.warn({ session, nodes: down }, 'nodes have died');
      options.died(session, down);
    }
  }

  return {
    look: () => look(),
    start() {
      let share = 0;
      timer ??= setInterval(() => {
        share = (share + 1) % SHARES;
        try {
          look(share);
        } catch (error) {
          log.warn({ err: error }, 'nodes could not be looked after');
        }
      }, LOOK_MS / SHARES).unref();
    },
    close() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
