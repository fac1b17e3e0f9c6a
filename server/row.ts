import type { Checkpoint } from '../content/schema.ts';
import { isLate } from './deadline.ts';
import type { Mark, Row, RowSession } from './lesson-protocol.ts';
import type { CheckpointResult, SessionState } from './protocol.ts';
import { scoreOf, sumOf } from './score.ts';

/** A result as far as a row needs it: as web has it, or as people see it. */
export type RowResult = Omit<CheckpointResult, 'facts' | 'answers'> & {
  facts: { id: string; ok: boolean; title: string }[];
};

/** How a checkpoint stands; undefined where it was never judged. */
export function markOf(result: RowResult | undefined, deadline: number | undefined): Mark | undefined {
  if (!result || (result.status === 'pending' && result.passedAt === undefined)) return undefined;
  const { passedAt, status } = result;
  const failing = status === 'failed' ? result.facts.find((fact) => !fact.ok) : undefined;
  const lapsed = passedAt !== undefined && status === 'failed';
  const state =
    result.skipped && status === 'passed'
      ? 'skipped'
      : lapsed
        ? 'lapsed'
        : // One that passed is not in doubt because it cannot be looked at now.
          status === 'passed' || passedAt !== undefined
          ? 'passed'
          : status === 'failed'
            ? 'failed'
            : 'unknown';
  const fails = Math.max(0, (result.attempts ?? 0) - (passedAt === undefined ? 0 : 1));
  return {
    state,
    since: state === 'passed' ? passedAt : (result.since ?? result.judgedAt),
    ...(failing && { fact: { id: failing.id, title: failing.title } }),
    ...(fails > 0 && { fails }),
    ...(isLate(passedAt, deadline) && { late: true as const }),
  };
}

/** A session as far as a row shows it. */
export function rowSession(session: SessionState): RowSession {
  const { status } = session;
  if (status === 'none') return { status };
  const { since } = session;
  if (status === 'creating') return { status, since, stage: session.stage };
  if (status === 'queued') return { status, since, ahead: session.ahead };
  if (status === 'resetting') {
    const { to, playing } = session;
    return {
      ...{ status, since, to },
      ...(playing && { playing: { step: playing.step, done: playing.done, total: playing.total } }),
    };
  }
  if (status !== 'ready') return { status, since };
  const { stopped, alarms = [] } = session;
  const alarm = alarms.find(({ did }) => did === 'halted') ?? alarms.at(-1);
  return {
    ...{ status, since },
    ...(stopped && { to: stopped.to, stopped: true as const }),
    ...(alarm && { alarm: { node: alarm.node, found: alarm.found, did: alarm.did } }),
  };
}

/** When somebody last got further: a first passing, or nodes that were new. */
function progressOf(results: RowResult[], session: SessionState, startedAt: number | undefined): number | undefined {
  const times = results.flatMap(({ passedAt }) => (passedAt === undefined ? [] : [passedAt]));
  if (session.status === 'ready') times.push(session.since);
  if (startedAt !== undefined) times.push(startedAt);
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** One learner's row, of what is known of them. */
export function rowOf(
  known: Omit<Row, 'session' | 'marks' | 'points' | 'progressAt'> & {
    state: SessionState;
    checkpoints: readonly Pick<Checkpoint, 'id' | 'points' | 'partial'>[];
    results: Record<string, RowResult>;
  },
): Row {
  const { state, checkpoints, results, ...rest } = known;
  const marks = checkpoints.flatMap(({ id }) => {
    const mark = markOf(results[id], known.deadline);
    return mark ? [[id, mark] as const] : [];
  });
  const mine = checkpoints.flatMap(({ id }) => results[id] ?? []);
  return {
    ...rest,
    session: rowSession(state),
    marks: Object.fromEntries(marks),
    points: sumOf(checkpoints.map((each) => scoreOf(each, results[each.id]))),
    progressAt: progressOf(mine, state, known.startedAt),
  };
}
