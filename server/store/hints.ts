import type { Kysely } from 'kysely';
import type { HintLevel } from '../protocol.ts';
import type { Tables } from './tables.ts';

/** A hint of a lab that a learner has opened. */
export interface OpenedHint {
  checkpoint: string;
  fact: string;
  level: HintLevel;
}

/** The hints that learners have opened: never closed again, whatever becomes of nodes and verdicts. */
export interface HintTable {
  /** Notes that a hint was opened; the first time counts. */
  open(key: { person: string; lab: string }, hint: OpenedHint, now: number): Promise<void>;
  /** In the order they were opened; `at` in Unix ms. */
  list(person: string, lab: string): Promise<(OpenedHint & { at: number })[]>;
  /** How many hints a person has opened in a lab, by checkpoint; one without any is absent. */
  counts(person: string, lab: string): Promise<Record<string, number>>;
}

/** Opened hints over the store's database. */
export function createHintTable(db: Kysely<Tables>): HintTable {
  const of = (person: string, lab: string) => db.selectFrom('hint').where('person', '=', person).where('lab', '=', lab);

  return {
    async open({ person, lab }, { checkpoint, fact, level }, now) {
      await db
        .insertInto('hint')
        .values({ person, lab, checkpoint, fact, level, opened_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    list: (person, lab) =>
      of(person, lab).select(['checkpoint', 'fact', 'level', 'opened_at as at']).orderBy('opened_at').execute(),
    async counts(person, lab) {
      const rows = await of(person, lab)
        .select(({ fn }) => ['checkpoint', fn.countAll<number | string>().as('count')])
        .groupBy('checkpoint')
        .execute();
      // PostgreSQL counts in 64 bits, which its driver gives as text.
      return Object.fromEntries(rows.map(({ checkpoint, count }) => [checkpoint, Number(count)]));
    },
  };
}
