import type { Kysely, Selectable } from 'kysely';
import type { Fact } from '../../content/check.ts';
import type { Circumstances } from '../grading.ts';
import type { CheckpointResult } from '../protocol.ts';
import { failureKey } from '../score.ts';
import type { Tables } from './tables.ts';

/** Entries of one person's checkpoint that only tell other failures: an afternoon of mistakes is some dozens. */
const FAILURES_MAX = 200;
/** Entries in all, changes of status among them: links that flap for an hour must not fill the disk. */
const ENTRIES_MAX = 400;
/** Between entries of the same status, ms: who types quickly is on the way from one state to the next. */
const FAILURES_GAP_MS = 5_000;

/** One entry of the log. */
export interface LoggedVerdict extends Partial<Pick<Circumstances, 'takenAt' | 'byHand' | 'version' | 'share'>> {
  status: 'passed' | 'failed' | 'unknown';
  /** Judged on nodes that had been brought past its step: it counts for nothing. */
  skipped: boolean;
  facts: Fact[];
  judgedAt: number;
}

/** The log of verdicts. It only grows: nothing here alters or removes an entry. */
export interface VerdictTable {
  /** Oldest first. */
  list(person: string, lab: string, checkpoint: string): Promise<LoggedVerdict[]>;
  /** Of all checkpoints of a lab; oldest first. */
  ofLab(person: string, lab: string): Promise<(LoggedVerdict & { checkpoint: string })[]>;
}

/** The log over the store's database. */
export function createVerdictTable(db: Kysely<Tables>): VerdictTable {
  const of = (person: string, lab: string) =>
    db.selectFrom('verdict').selectAll().where('person', '=', person).where('lab', '=', lab).orderBy('id');

  return {
    async list(person, lab, checkpoint) {
      const rows = await of(person, lab).where('checkpoint', '=', checkpoint).execute();
      return rows.map(loggedOf);
    },
    async ofLab(person, lab) {
      const rows = await of(person, lab).execute();
      return rows.map((row) => ({ ...loggedOf(row), checkpoint: row.checkpoint }));
    },
  };
}

function loggedOf(row: Selectable<Tables['verdict']>): LoggedVerdict {
  return {
    status: row.status,
    skipped: row.skipped === 1,
    facts: JSON.parse(row.facts),
    judgedAt: row.judged_at,
    takenAt: row.taken_at ?? undefined,
    byHand: row.by_hand === null ? undefined : row.by_hand === 1,
    version: row.version ?? undefined,
    share: row.share ?? undefined,
  };
}

/** What is known of a checkpoint's log when a new verdict comes. */
export interface LogSoFar {
  entries: number;
  last?: Pick<LoggedVerdict, 'status' | 'skipped'> & { failure: string; at: number };
  /** Whether any entry is one of passing by own work, and the best share of them all. */
  passed: boolean;
  share: number;
}

/**
 * Whether a verdict belongs in the log. The first one, the first passed one and each that came closer than all before it
 * always do: they decide a grade, and are few. Other changes do within bounds; the last verdict is in `result` anyway.
 */
export function isWorthLogging(
  verdict: Pick<LoggedVerdict, 'status' | 'skipped'> & { failure: string; share: number; at: number },
  { entries, last, passed, share }: LogSoFar,
): boolean {
  if (!last || (verdict.status === 'passed' && !verdict.skipped && !passed) || verdict.share > share) return true;
  if (verdict.status !== last.status || verdict.skipped !== last.skipped) return entries < ENTRIES_MAX;
  const differs = verdict.failure !== last.failure;
  return differs && entries < FAILURES_MAX && verdict.at - last.at >= FAILURES_GAP_MS;
}

/** Appends a verdict to the log where it says something new. */
export async function noteVerdict(
  tx: Kysely<Tables>,
  key: { person: string; lab: string; session: string; checkpoint: string },
  { status, facts, judgedAt, skipped }: CheckpointResult,
  { takenAt, byHand, version, share }: Circumstances,
): Promise<void> {
  if (status === 'pending' || judgedAt === undefined) return;
  const verdict = { status, skipped: skipped === true, failure: failureKey(facts), share, at: judgedAt };
  if (!isWorthLogging(verdict, await soFar(tx, key))) return;
  await tx
    .insertInto('verdict')
    .values({
      ...key,
      status,
      skipped: skipped ? 1 : 0,
      facts: JSON.stringify(facts),
      judged_at: judgedAt,
      taken_at: takenAt ?? null,
      by_hand: byHand ? 1 : 0,
      version,
      share,
    })
    .execute();
}

async function soFar(
  tx: Kysely<Tables>,
  { person, lab, checkpoint }: { person: string; lab: string; checkpoint: string },
): Promise<LogSoFar> {
  const mine = tx
    .selectFrom('verdict')
    .where('person', '=', person)
    .where('lab', '=', lab)
    .where('checkpoint', '=', checkpoint);
  const { entries, share } = await mine
    .select((query) => [query.fn.countAll<number>().as('entries'), query.fn.max('share').as('share')])
    .executeTakeFirstOrThrow();
  const last = await mine.select(['status', 'skipped', 'facts', 'judged_at']).orderBy('id', 'desc').executeTakeFirst();
  const passed = await mine.select('id').where('status', '=', 'passed').where('skipped', '=', 0).executeTakeFirst();
  return {
    entries,
    share: share ?? 0,
    passed: passed !== undefined,
    last: last && {
      status: last.status,
      skipped: last.skipped === 1,
      failure: failureKey(JSON.parse(last.facts)),
      at: last.judged_at,
    },
  };
}
