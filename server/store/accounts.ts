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
}

/** Accounts over the store's database. */
export function createAccountTable(db: Kysely<Tables>): AccountTable {
  return {
    of: (person) =>
      db
        .selectFrom('account')
        .select(['person', 'login', 'name', 'password'])
        .where('person', '=', person)
        .executeTakeFirst(),
  };
}
