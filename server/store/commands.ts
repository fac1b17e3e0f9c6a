import { type Kysely, sql } from 'kysely';
import type { Command } from '../protocol.ts';
import type { Tables } from './tables.ts';

/** Commands kept of one person in one lab: two hours of work are a few hundred. */
const COMMANDS_MAX = 1_000;

/** A command that begins: whose it is, and where it runs. */
export interface BegunCommand {
  person: string;
  lab: string;
  session: string;
  node: string;
  terminal: string;
  text: string;
  at: number;
}

/** What learners ran, newest first; the oldest go when there are too many. */
export interface CommandTable {
  /** Keeps a command that runs now; the answer names it. */
  begin(command: BegunCommand): Promise<number>;
  end(id: number, code: number | null, tookMs: number): Promise<void>;
  /** The newest command of a terminal, if nobody heard of its end yet. */
  running(terminal: string): Promise<{ id: number; at: number } | undefined>;
  list(person: string, lab: string, limit: number): Promise<Command[]>;
  clear(person: string, lab: string): Promise<void>;
}

/** Commands over the store's database. */
export function createCommandTable(db: Kysely<Tables>): CommandTable {
  /**
   * Writes without waiting for the disk, because a learner's output would wait too: a crash of ours loses nothing, a
   * power cut the last commands (https://sqlite.org/pragma.html#pragma_synchronous).
   */
  function lightly<T>(job: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return db.connection().execute(async (connection) => {
      await sql`pragma synchronous = normal`.execute(connection);
      try {
        return await job(connection);
      } finally {
        await sql`pragma synchronous = full`.execute(connection);
      }
    });
  }

  return {
    begin: (command) =>
      lightly(async (connection) => {
        const { id } = await connection
          .insertInto('command')
          .values({ ...command, code: null, took_ms: null })
          .returning('id')
          .executeTakeFirstOrThrow();
        const { person, lab } = command;
        await connection
          .deleteFrom('command')
          .where('person', '=', person)
          .where('lab', '=', lab)
          .where('id', '<=', (query) =>
            query
              .selectFrom('command')
              .select('id')
              .where('person', '=', person)
              .where('lab', '=', lab)
              .orderBy('id', 'desc')
              .offset(COMMANDS_MAX)
              .limit(1),
          )
          .execute();
        return id;
      }),
    end: (id, code, tookMs) =>
      lightly(async (connection) => {
        await connection.updateTable('command').set({ code, took_ms: tookMs }).where('id', '=', id).execute();
      }),
    async running(terminal) {
      const row = await db
        .selectFrom('command')
        .select(['id', 'at', 'took_ms'])
        .where('terminal', '=', terminal)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      return row?.took_ms === null ? { id: row.id, at: row.at } : undefined;
    },
    async list(person, lab, limit) {
      const rows = await db
        .selectFrom('command')
        .select(['id', 'node', 'text', 'at', 'code', 'took_ms'])
        .where('person', '=', person)
        .where('lab', '=', lab)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ took_ms: tookMs, ...row }) => ({ ...row, tookMs }));
    },
    async clear(person, lab) {
      await db.deleteFrom('command').where('person', '=', person).where('lab', '=', lab).execute();
    },
  };
}
