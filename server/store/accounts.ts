import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Somebody who teaches. `password` is what server/passwords.ts made of it. */
export interface Account {
  person: string;
  login: string;
  name: string;
  password: string;
}

/** Accounts of those who teach. A login is compared as it is given. */
export interface AccountTable {
  of(person: string): Promise<Account | undefined>;
  byLogin(login: string): Promise<Account | undefined>;
  /** Changes a password that is still `was`; false when it was changed meanwhile. */
  setPassword(person: string, was: string, password: string): Promise<boolean>;
  any(): Promise<boolean>;
}

/** Accounts over the store's database. */
export function createAccountTable(db: Kysely<Tables>): AccountTable {
  const all = db.selectFrom('account').select(['person', 'login', 'name', 'password']);
  return {
    of: (person) => all.where('person', '=', person).executeTakeFirst(),
    byLogin: (login) => all.where('login', '=', login).executeTakeFirst(),
    async setPassword(person, was, password) {
      const changed = await db
        .updateTable('account')
        .set({ password })
        .where('person', '=', person)
        .where('password', '=', was)
        .returning('person')
        .executeTakeFirst();
      return changed !== undefined;
    },
    any: async () => (await all.limit(1).executeTakeFirst()) !== undefined,
  };
}
