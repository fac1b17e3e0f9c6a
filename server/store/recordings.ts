import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What the store knows of recordings: whose terminals may be recorded, and whose sessions had some. */
export interface RecordingTable {
  /** Whether no class in which this person learns has switched recording off. */
  allowed(person: string): Promise<boolean>;
  /** The sessions of a person, of one lab or all, newest first: each may have a folder of recordings. */
  sessions(person: string, lab?: string): Promise<string[]>;
}

/** Recordings over the store's database. */
export function createRecordingTable(db: Kysely<Tables>): RecordingTable {
  return {
    async allowed(person) {
      const refusing = await db
        .selectFrom('member')
        .innerJoin('class', 'class.id', 'member.class')
        .select('class.id')
        .where('person', '=', person)
        .where('role', '=', 'learner')
        .where('recording', '=', 0)
        .executeTakeFirst();
      return refusing === undefined;
    },
    async sessions(person, lab) {
      const mine = db.selectFrom('session').select('id').where('person', '=', person);
      const rows = await (lab === undefined ? mine : mine.where('lab', '=', lab))
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}
