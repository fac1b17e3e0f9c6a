import type { Kysely } from 'kysely';
import type { CheckpointResult } from '../protocol.ts';
import type { Tables } from './tables.ts';

/** A person's work on a lab. */
export interface Attempt {
  startedAt?: number;
  finishedAt?: number;
  results: Record<string, CheckpointResult>;
}

/** Results, which outlive nodes. */
export interface ProgressTable {
  read(person: string, lab: string): Promise<Attempt>;
  start(person: string, lab: string, now: number): Promise<void>;
  finish(person: string, lab: string, now: number): Promise<void>;
  /** Keeps a result; where its status changed, the verdict is also appended to the log. */
  save(
    key: { person: string; lab: string; session: string },
    checkpoint: string,
    result: CheckpointResult,
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
      for (const row of rows) {
        results[row.checkpoint] = {
          status: row.status,
          facts: JSON.parse(row.facts),
          judgedAt: row.judged_at ?? undefined,
          tookMs: row.took_ms ?? undefined,
          passedAt: row.passed_at ?? undefined,
          answers: row.answers ? JSON.parse(row.answers) : undefined,
        };
      }
      return { startedAt: attempt?.started_at, finishedAt: attempt?.finished_at ?? undefined, results };
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
    save: ({ person, lab, session }, checkpoint, result) =>
      db.transaction().execute(async (tx) => {
        const before = await tx
          .selectFrom('result')
          .select('status')
          .where('person', '=', person)
          .where('lab', '=', lab)
          .where('checkpoint', '=', checkpoint)
          .executeTakeFirst();
        const row = {
          status: result.status,
          facts: JSON.stringify(result.facts),
          judged_at: result.judgedAt ?? null,
          took_ms: result.tookMs ?? null,
          passed_at: result.passedAt ?? null,
          answers: result.answers ? JSON.stringify(result.answers) : null,
        };
        await tx
          .insertInto('result')
          .values({ person, lab, checkpoint, ...row })
          .onConflict((conflict) => conflict.columns(['person', 'lab', 'checkpoint']).doUpdateSet(row))
          .execute();
        if (result.status === 'pending' || before?.status === result.status || !result.judgedAt) return;
        await tx
          .insertInto('verdict')
          .values({
            person,
            lab,
            checkpoint,
            session,
            status: result.status,
            facts: row.facts,
            judged_at: result.judgedAt,
          })
          .execute();
      }),
  };
}
