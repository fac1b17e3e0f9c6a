import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** People and the browsers they use. Tokens and codes come here hashed. */
export interface PeopleTable {
  /** Somebody new; without a token nobody has come as them yet. */
  create(person: string, tokenHash: string | undefined, now: number): Promise<void>;
  /** Who a browser is and when it was last seen, unless that was before `since`. */
  byToken(hash: string, since: number): Promise<{ person: string; seenAt: number } | undefined>;
  touchToken(hash: string, now: number): Promise<void>;
  addToken(person: string, hash: string, now: number): Promise<void>;
  removeToken(hash: string): Promise<void>;
  /** Removes all browsers of these people, or all but one. */
  removeTokens(people: string[], except?: string): Promise<void>;
  addTransfer(person: string, hash: string, expiresAt: number): Promise<void>;
  /** The person of a code that is still good; the code is used up by this. */
  takeTransfer(hash: string, now: number): Promise<string | undefined>;
  /** Whether this is nobody in particular: without an account, and in no class. */
  isGuest(person: string): Promise<boolean>;
  /** Forgets a person and everything that is theirs. What was done to them stays known as done, and no longer to whom. */
  erase(person: string): Promise<void>;
}

/** People over the store's database. */
export function createPeopleTable(db: Kysely<Tables>): PeopleTable {
  return {
    create: (person, tokenHash, now) =>
      db.transaction().execute(async (tx) => {
        await tx.insertInto('person').values({ id: person, created_at: now }).execute();
        if (tokenHash === undefined) return;
        await tx.insertInto('token').values({ hash: tokenHash, person, created_at: now, seen_at: now }).execute();
      }),
    async byToken(hash, since) {
      const row = await db
        .selectFrom('token')
        .select(['person', 'seen_at'])
        .where('hash', '=', hash)
        .where('seen_at', '>=', since)
        .executeTakeFirst();
      return row && { person: row.person, seenAt: row.seen_at };
    },
    async touchToken(hash, now) {
      await db.updateTable('token').set({ seen_at: now }).where('hash', '=', hash).execute();
    },
    async addToken(person, hash, now) {
      await db.insertInto('token').values({ hash, person, created_at: now, seen_at: now }).execute();
    },
    async removeToken(hash) {
      await db.deleteFrom('token').where('hash', '=', hash).execute();
    },
    async removeTokens(people, except) {
      if (people.length === 0) return;
      await db
        .deleteFrom('token')
        .where('person', 'in', people)
        .where('hash', '!=', except ?? '')
        .execute();
      // A code that is on its way to another browser would be one more.
      await db.deleteFrom('transfer').where('person', 'in', people).execute();
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
    async isGuest(person) {
      const account = await db.selectFrom('account').select('person').where('person', '=', person).executeTakeFirst();
      const member = await db.selectFrom('member').select('person').where('person', '=', person).executeTakeFirst();
      return account === undefined && member === undefined;
    },
    erase: (person) =>
      db.transaction().execute(async (tx) => {
        await tx.updateTable('audit').set({ detail: '{}' }).where('subject', '=', person).execute();
        await tx.deleteFrom('message').where('sender', '=', person).execute();
        // The rest goes with the person (`on delete cascade`).
        await tx.deleteFrom('person').where('id', '=', person).execute();
      }),
  };
}
