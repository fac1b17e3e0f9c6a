import type { Refusals, SessionId } from './nodes/driver.ts';

/** After a node was told that it is at its limit, ms in which it is not told again: a fork bomb meets it all the time. */
const QUIET_MS = 60_000;

/** Hears when a node has met a limit of its own. It harms nobody else, but its learner should know why nothing starts any more. */
export interface Strain {
  /** Looks at one node's counts; says what it has met since the last look, once a minute. */
  meet(session: SessionId, node: string, refusals: Refusals): (keyof Refusals)[];
  forget(session: SessionId, node?: string): void;
}

interface Known {
  refusals: Refusals;
  told: Partial<Record<keyof Refusals, number>>;
}

/** Remembers what each node has met so far. */
export function createStrain(now: () => number = () => performance.now()): Strain {
  const known = new Map<SessionId, Map<string, Known>>();
  const kinds = ['memory', 'processes'] as const;

  return {
    meet(session, node, refusals) {
      const nodes = known.get(session) ?? new Map<string, Known>();
      known.set(session, nodes);
      const former = nodes.get(node);
      const told = former?.told ?? {};
      nodes.set(node, { refusals, told });
      // What was before the first look is nobody's news; one that was made anew counts from 0.
      if (!former) return [];
      const met = kinds.filter(
        (kind) => refusals[kind] > former.refusals[kind] && now() - (told[kind] ?? -QUIET_MS) >= QUIET_MS,
      );
      for (const kind of met) told[kind] = now();
      return met;
    },
    forget(session, node) {
      if (node === undefined) known.delete(session);
      else known.get(session)?.delete(node);
    },
  };
}
