import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** People and the browsers they use. Tokens and codes come here hashed. */
export interface PeopleTable {
  create(person: string, tokenHash: string, now: number): Promise<void>;
  /** The person a browser is, or undefined. */
  byToken(hash: string): Promise<string | undefined>;
  addToken(person: string, hash: string, now: number): Promise<void>;
  addTransfer(person: string, hash: string, expiresAt: number): Promise<void>;
  /** The person of a code that is still good; the code is used up by this. */
  takeTransfer(hash: string, now: number): Promise<string | undefined>;
}

/** People over the store's database. */
export function createPeopleTable(db: Kysely<Tables>): PeopleTable {
  return {
    create: (person, tokenHash, now) =>
      db.transaction().execute(async (tx) => {
        await tx.insertInto('person').values({ id: person, created_at: now }).execute();
        await tx.insertInto('token').values({ hash: tokenHash, person, created_at: now, seen_at: now }).execute();
      }),
    byToken: async (hash) =>
      (await db.selectFrom('token').select('person').where('hash', '=', hash).executeTakeFirst())?.person,
    async addToken(person, hash, now) {
      await db.insertInto('token').values({ hash, person, created_at: now, seen_at: now }).execute();
    },
    async addTransfer(person, hash, expiresAt) {
      await db.deleteFrom('transfer').where('person', '=', person).execute();
      await db.insertInto('transfer').values({ hash, person, expires_at: expiresAt }).execute();
    },
    async takeTransfer(hash, now) {
      const row = await db
        .deleteFrom('transfer')
        .where('hash', '=', hash)
        .returning(['person', 'expires_at'])
        .executeTakeFirst();
      return row && row.expires_at > now ? row.person : undefined;
    },
  };
}
