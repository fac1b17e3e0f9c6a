import type { NodeName } from '../network/snapshot.ts';
import type { NodeDriver, SessionId } from './nodes/driver.ts';

/** How often it is looked whether nodes live, ms: a learner whose node has died should not puzzle over it for long. */
const LOOK_MS = 2_000;

/** Notices nodes that end by themselves: a learner who is root can bring that about, and so can the want of memory. */
export interface Vigil {
  /** Which of these nodes of a session are down now. */
  down(session: SessionId, nodes: NodeName[]): Promise<NodeName[]>;
  /** Looks at all sessions now and tells of those whose dead are others than at the last look. */
  look(): Promise<void>;
  /** Looks again and again from now on. */
  start(): void;
  close(): void;
}

/**
 * Keeps a vigil over sessions: `sessions` are those that nobody is making, resetting or removing. `died` hears of each
 * session with nodes down, once, and again when others follow; whoever was not there to hear asks for `down`.
 */
export function createVigil(options: {
  driver: Pick<NodeDriver, 'alive'>;
  sessions(): { session: SessionId; nodes: NodeName[] }[];
  died(session: SessionId, nodes: NodeName[]): void;
  log: { warn(fields: object, message: string): void };
}): Vigil {
  const { driver, log } = options;
  const told = new Map<SessionId, string>();
  let timer: NodeJS.Timeout | undefined;

  async function downOf(session: SessionId, nodes: NodeName[]): Promise<NodeName[]> {
    const alive = await Promise.all(nodes.map((node) => driver.alive(session, node)));
    return nodes.filter((_, index) => !alive[index]);
  }

  async function look(): Promise<void> {
    const all = options.sessions();
    for (const session of told.keys()) if (!all.some((each) => each.session === session)) told.delete(session);
    for (const { session, nodes } of all) {
      const found = await downOf(session, nodes);
      // Somebody may have begun to change it while it was looked at.
      const still = options.sessions().find((each) => each.session === session);
      if (!still) continue;
      const down = found.filter((node) => still.nodes.includes(node));
      const words = down.join();
      if (words === (told.get(session) ?? '')) continue;
      told.set(session, words);
      if (down.length === 0) continue;
      log.warn({ session, nodes: down }, 'nodes have died');
      options.died(session, down);
    }
  }

  return {
    down: downOf,
    look,
    start() {
      const again = () => {
        timer = setTimeout(() => {
          look()
            .catch((error: unknown) => log.warn({ err: error }, 'nodes could not be looked after'))
            .finally(again);
        }, LOOK_MS).unref();
      };
      again();
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
