import type { Row } from '../../../server/lesson-protocol.ts';

/** How long without getting further is called stuck, ms: as the page says it, 5 minutes. */
export const STUCK_MS = 5 * 60_000;
/** How long without typing is called idle, ms. */
const IDLE_MS = 3 * 60_000;
/** From this many different failures of one checkpoint on somebody keeps failing. */
const MANY_FAILS = 3;

/** A checkpoint as a column. */
export interface Column {
  id: string;
  title: string;
  short: string;
  step: string;
}

/** What is to be said first of a learner, and how long that has been so, whole minutes. */
export interface Standing {
  what: 'hand' | 'stuck' | 'failing' | 'broken' | 'working' | 'idle' | 'away' | 'new' | 'absent' | 'done';
  minutes: number;
}

function minutesSince(at: number | undefined, now: number): number {
  return at === undefined ? 0 : Math.max(0, Math.floor((now - at) / 60_000));
}

/** Whether everything was passed once. */
export function isDone(row: Row, columns: readonly Column[]): boolean {
  if (columns.length === 0) return row.finishedAt !== undefined;
  return columns.every(({ id }) => ['passed', 'lapsed'].includes(row.marks[id]?.state ?? ''));
}

/** How long somebody who is here has not got further, ms; 0 where that cannot be said. */
export function stuckFor(row: Row, columns: readonly Column[], now: number): number {
  const works = row.session.status === 'ready' || row.session.status === 'broken';
  if (!row.online || !works || row.progressAt === undefined || isDone(row, columns)) return 0;
  const stuck = now - row.progressAt;
  return stuck >= STUCK_MS ? stuck : 0;
}

/** The checkpoint a learner is at: the first that has not passed, after one they went on past. */
export function currentOf(row: Row, columns: readonly Column[]): string | undefined {
  const open = columns.filter(({ id }) => {
    const state = row.marks[id]?.state;
    return state === undefined || state === 'failed' || state === 'unknown';
  });
  return (open.find(({ step }) => step === row.step) ?? open[0])?.id;
}

/** The most different failures that a checkpoint told of which has not passed. */
function worst(row: Row): number {
  return Math.max(0, ...Object.values(row.marks).map(({ state, fails }) => (state === 'failed' ? (fails ?? 0) : 0)));
}

/** What is to be said first of a learner. */
export function standingOf(row: Row, columns: readonly Column[], now: number): Standing {
  const stuck = stuckFor(row, columns, now);
  if (row.handSince !== undefined) return { what: 'hand', minutes: minutesSince(row.handSince, now) };
  if (isDone(row, columns)) return { what: 'done', minutes: 0 };
  if (row.session.status === 'broken' || row.session.alarm?.did === 'halted')
    return { what: 'broken', minutes: minutesSince(row.session.since, now) };
  if (stuck > 0) return { what: 'stuck', minutes: Math.floor(stuck / 60_000) };
  if (!row.online) {
    const came = row.startedAt !== undefined || row.activeAt !== undefined;
    return came ? { what: 'away', minutes: minutesSince(row.activeAt, now) } : { what: 'absent', minutes: 0 };
  }
  if (worst(row) >= MANY_FAILS) return { what: 'failing', minutes: 0 };
  if (row.session.status === 'none' || row.session.status === 'gone') return { what: 'new', minutes: 0 };
  if (row.activeAt !== undefined && now - row.activeAt >= IDLE_MS) {
    return { what: 'idle', minutes: minutesSince(row.activeAt, now) };
  }
  return { what: 'working', minutes: 0 };
}

const URGENCY: Record<Standing['what'], number> = {
  ...{ hand: 0, broken: 1, stuck: 2, failing: 3 },
  // Nobody needs anything: these stay in the order of their 学号.
  ...{ working: 4, idle: 4, new: 4, away: 5, absent: 6, done: 7 },
};

const byNumber = new Intl.Collator('zh-CN', { numeric: true });

function compareNumbers(a: Row, b: Row): number {
  const key = (row: Row) => row.studentNo ?? row.name ?? row.learner;
  return byNumber.compare(key(a), key(b)) || (a.learner < b.learner ? -1 : 1);
}

export type Order = 'need' | 'number';

/** Rows in the order of who needs help first, or of their 学号. */
export function sorted(rows: readonly Row[], columns: readonly Column[], now: number, order: Order): Row[] {
  if (order === 'number') return [...rows].sort(compareNumbers);
  const known = rows.map((row) => {
    const { what } = standingOf(row, columns, now);
    // Whoever has waited longest comes first.
    const since = what === 'hand' ? row.handSince : what === 'stuck' ? row.progressAt : undefined;
    return { row, urgency: URGENCY[what], since: since ?? 0, fails: what === 'failing' ? worst(row) : 0 };
  });
  known.sort((a, b) => a.urgency - b.urgency || a.since - b.since || b.fails - a.fails || compareNumbers(a.row, b.row));
  return known.map(({ row }) => row);
}

/** A reason that several learners share: a fact of a checkpoint that fails. */
export interface Reason {
  key: string;
  checkpoint: string;
  title: string;
  learners: string[];
  /** It held for all of them once. */
  lapsed: boolean;
}

/** What keeps learners, grouped by checkpoint and fact, the most frequent first. */
export function reasonsOf(rows: readonly Row[], columns: readonly Column[]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const row of rows) {
    for (const { id } of columns) {
      const mark = row.marks[id];
      if (!mark?.fact || (mark.state !== 'failed' && mark.state !== 'lapsed')) continue;
      const key = `${id}/${mark.fact.id}`;
      const reason = reasons.get(key) ?? { key, checkpoint: id, title: mark.fact.title, learners: [], lapsed: true };
      reason.learners.push(row.learner);
      reason.lapsed &&= mark.state === 'lapsed';
      reasons.set(key, reason);
    }
  }
  const place = new Map(columns.map(({ id }, index) => [id, index]));
  return [...reasons.values()].sort(
    (a, b) => b.learners.length - a.learners.length || (place.get(a.checkpoint) ?? 0) - (place.get(b.checkpoint) ?? 0),
  );
}

/** The four numbers above a class. */
export function countsOf(rows: readonly Row[], columns: readonly Column[], now: number) {
  return {
    all: rows.length,
    online: rows.filter(({ online }) => online).length,
    done: rows.filter((row) => isDone(row, columns)).length,
    stuck: rows.filter((row) => stuckFor(row, columns, now) > 0).length,
    hands: rows.filter(({ handSince }) => handSince !== undefined).length,
  };
}

/** Which of the numbers, or reasons, the list is narrowed to. */
export type Filter =
  | { kind: 'online' }
  | { kind: 'done' }
  | { kind: 'stuck' }
  | { kind: 'hands' }
  | { kind: 'reason'; key: string };

/** The rows that a filter and the words typed leave. */
export function sifted(
  rows: readonly Row[],
  columns: readonly Column[],
  now: number,
  { filter, text }: { filter: Filter | null; text: string },
): Row[] {
  const words = text.trim().toLowerCase();
  return rows.filter((row) => {
    if (words !== '' && !`${row.studentNo ?? ''} ${row.name ?? ''}`.toLowerCase().includes(words)) return false;
    if (!filter) return true;
    if (filter.kind === 'online') return row.online;
    if (filter.kind === 'done') return isDone(row, columns);
    if (filter.kind === 'stuck') return stuckFor(row, columns, now) > 0;
    if (filter.kind === 'hands') return row.handSince !== undefined;
    const { key } = filter;
    return columns.some(({ id }) => `${id}/${row.marks[id]?.fact?.id}` === key);
  });
}
