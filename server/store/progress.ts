import type { Kysely, Selectable } from 'kysely';
import type { Circumstances } from '../grading.ts';
import type { CheckpointResult } from '../protocol.ts';
import type { Tables } from './tables.ts';
import { noteVerdict } from './verdicts.ts';

/** A person's work on a lab. */
export interface Attempt {
  startedAt?: number;
  finishedAt?: number;
  results: Record<string, CheckpointResult>;
}

/** Results, which outlive nodes. */
export interface ProgressTable {
  read(person: string, lab: string): Promise<Attempt>;
  /** Everybody's work on a lab, by person. */
  readAll(lab: string): Promise<Map<string, Attempt>>;
  start(person: string, lab: string, now: number): Promise<void>;
  finish(person: string, lab: string, now: number): Promise<void>;
  /** Keeps a result; a verdict that says something new, or is somebody else's work, is also appended to the log. */
  save(
    key: { person: string; lab: string; session: string },
    checkpoint: string,
    result: CheckpointResult,
    circumstances?: Circumstances,
  ): Promise<void>;
}

/** Progress over the store's database. */
export function createProgressTable(db: Kysely<Tables>): ProgressTable {
  return {
    async read(person, lab) {
      const attempt = await db
        .selectFrom('attempt')
        .selectAll()
        .where('person', '=', person)
        .where('lab', '=', lab)
        .executeTakeFirst();
      const rows = await db
        .selectFrom('result')
        .selectAll()
        .where('person', '=', person)
        .where('lab', '=', lab)
        .execute();
      const results: Record<string, CheckpointResult> = {};
      for (const row of rows) results[row.checkpoint] = resultOf(row);
      return { startedAt: attempt?.started_at, finishedAt: attempt?.finished_at ?? undefined, results };
    },
    async readAll(lab) {
      const all = new Map<string, Attempt>();
      for (const row of await db.selectFrom('attempt').selectAll().where('lab', '=', lab).execute()) {
        all.set(row.person, { startedAt: row.started_at, finishedAt: row.finished_at ?? undefined, results: {} });
      }
      for (const row of await db.selectFrom('result').selectAll().where('lab', '=', lab).execute()) {
        const attempt = all.get(row.person) ?? { results: {} };
        attempt.results[row.checkpoint] = resultOf(row);
        all.set(row.person, attempt);
      }
      return all;
    },
    async start(person, lab, now) {
      await db
        .insertInto('attempt')
        .values({ person, lab, started_at: now, finished_at: null })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async finish(person, lab, now) {
      await db
        .updateTable('attempt')
        .set({ finished_at: now })
        .where('person', '=', person)
        .where('lab', '=', lab)
        .where('finished_at', 'is', null)
        .execute();
    },
    save: ({ person, lab, session }, checkpoint, result, circumstances) =>
      db.transaction().execute(async (tx) => {
        const row = {
          skipped: result.skipped ? (1 as const) : (0 as const),
          status: result.status,
          facts: JSON.stringify(result.facts),
          judged_at: result.judgedAt ?? null,
          took_ms: result.tookMs ?? null,
          since: result.since ?? null,
          passed_at: result.passedAt ?? null,
          answers: result.answers ? JSON.stringify(result.answers) : null,
          share: result.share ?? null,
          attempts: result.attempts ?? 0,
          checks: result.checks ?? 0,
        };
        await tx
          .insertInto('result')
          .values({ person, lab, checkpoint, ...row })
          .onConflict((conflict) => conflict.columns(['person', 'lab', 'checkpoint']).doUpdateSet(row))
          .execute();
        if (circumstances) await noteVerdict(tx, { person, lab, session, checkpoint }, result, circumstances);
      }),
  };
}

function resultOf(row: Selectable<Tables['result']>): CheckpointResult {
  return {
    status: row.status,
    facts: JSON.parse(row.facts),
    judgedAt: row.judged_at ?? undefined,
    tookMs: row.took_ms ?? undefined,
    since: row.since ?? undefined,
    passedAt: row.passed_at ?? undefined,
    answers: row.answers ? JSON.parse(row.answers) : undefined,
    share: row.share ?? undefined,
    attempts: row.attempts,
    checks: row.checks,
    skipped: row.skipped === 1 || undefined,
  };
}
