import type { Alarm } from '../network/alarm.ts';
import type { SessionId } from './nodes/driver.ts';

/** The alarms of all sessions: of each node the last of each kind, until the node is made anew. */
export interface Alarms {
  of(session: SessionId): Alarm[];
  raise(session: SessionId, alarm: Omit<Alarm, 'at'>): void;
  /** What was found in a node, or in all of a session's, is over. */
  forget(session: SessionId, node?: string): void;
}

/** Keeps alarms; `told` hears all of a session's, each time they change. */
export function createAlarms(told: (session: SessionId, alarms: Alarm[]) => void): Alarms {
  const all = new Map<SessionId, Alarm[]>();
  const of = (session: SessionId) => all.get(session) ?? [];

  return {
    of,
    raise(session, alarm) {
      const others = of(session).filter(({ node, found }) => node !== alarm.node || found !== alarm.found);
      all.set(session, [...others, { ...alarm, at: Date.now() }]);
      told(session, of(session));
    },
    forget(session, node) {
      const before = of(session);
      const left = node === undefined ? [] : before.filter((alarm) => alarm.node !== node);
      if (left.length === before.length) return;
      if (left.length > 0) all.set(session, left);
      else all.delete(session);
      told(session, left);
    },
  };
}
