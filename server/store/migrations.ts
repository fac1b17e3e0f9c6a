import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Tables } from './tables.ts';

/** The store's history, oldest first. They are run in the order of their names. A migration that has been released is never edited. */
export const migrations: Record<string, Migration> = {
  '2026-11-22-first': {
    async up(db: Kysely<Tables>) {
      await db.schema
        .createTable('person')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('token')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('transfer')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('attempt')
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('started_at', 'bigint', (column) => column.notNull())
        .addColumn('finished_at', 'bigint')
        .addPrimaryKeyConstraint('attempt_key', ['person', 'lab'])
        .execute();
      await db.schema
        .createTable('session')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('seen_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('session_active')
        .unique()
        .on('session')
        .columns(['person', 'lab'])
        .where(sql.ref('status'), '=', 'active')
        .execute();
      await db.schema
        .createTable('terminal')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('session', 'text', (column) => column.notNull().references('session.id').onDelete('cascade'))
        .addColumn('node', 'text', (column) => column.notNull())
        .addColumn('number', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('result')
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('facts', 'text', (column) => column.notNull())
        .addColumn('judged_at', 'bigint')
        .addColumn('took_ms', 'integer')
        .addColumn('passed_at', 'bigint')
        .addColumn('answers', 'text')
        .addPrimaryKeyConstraint('result_key', ['person', 'lab', 'checkpoint'])
        .execute();
      await db.schema
        .createTable('verdict')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .addColumn('session', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('facts', 'text', (column) => column.notNull())
        .addColumn('judged_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('verdict_of').on('verdict').columns(['person', 'lab', 'checkpoint']).execute();
    },
  },
  '2026-11-23-terminals': {
    async up(db: Kysely<Tables>) {
      await db.schema
        .createTable('command')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('session', 'text', (column) => column.notNull())
        .addColumn('node', 'text', (column) => column.notNull())
        .addColumn('terminal', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('code', 'integer')
        .addColumn('took_ms', 'bigint')
        .execute();
      await db.schema.createIndex('command_of').on('command').columns(['person', 'lab', 'id']).execute();
      await db.schema.createIndex('command_in').on('command').columns(['terminal', 'id']).execute();
      await db.schema
        .createTable('invitation')
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull().unique())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('invitation_key', ['person', 'lab'])
        .execute();
    },
  },
  '2026-11-25-hints': {
    async up(db: Kysely<Tables>) {
      await db.schema
        .createTable('hint')
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .addColumn('fact', 'text', (column) => column.notNull())
        .addColumn('level', 'text', (column) => column.notNull())
        .addColumn('opened_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('hint_key', ['person', 'lab', 'checkpoint', 'fact', 'level'])
        .execute();
      // Facts had no ids, and their advice was hint and repair in one, told at once. The log of verdicts stays as it was.
      for (const { person, lab, checkpoint, facts } of await db.selectFrom('result').selectAll().execute()) {
        await db
          .updateTable('result')
          .set({ facts: JSON.stringify(JSON.parse(facts).map(withId)) })
          .where('person', '=', person)
          .where('lab', '=', lab)
          .where('checkpoint', '=', checkpoint)
          .execute();
      }
    },
  },
  '2026-11-25-scores': {
    async up(db: Kysely<Tables>) {
      await db.schema.alterTable('result').addColumn('share', 'real').execute();
      for (const counter of ['attempts', 'checks']) {
        await db.schema
          .alterTable('result')
          .addColumn(counter, 'integer', (column) => column.notNull().defaultTo(0))
          .execute();
      }
      await db.schema.alterTable('verdict').addColumn('taken_at', 'bigint').execute();
      await db.schema.alterTable('verdict').addColumn('by_hand', 'integer').execute();
      await db.schema.alterTable('verdict').addColumn('version', 'text').execute();
      await db.schema.alterTable('verdict').addColumn('share', 'real').execute();
      await db.schema
        .createTable('class')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('member')
        .addColumn('class', 'text', (column) => column.notNull().references('class.id').onDelete('cascade'))
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('student_no', 'text')
        .addColumn('name', 'text')
        .addColumn('joined_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('member_key', ['class', 'person'])
        .execute();
      // NULLs are distinct: any number of people may have no number.
      await db.schema.createIndex('member_number').unique().on('member').columns(['class', 'student_no']).execute();
      await db.schema.createIndex('member_is').on('member').column('person').execute();
    },
  },
  '2026-11-25-travel': {
    async up(db: Kysely<Tables>) {
      await db.schema.alterTable('session').addColumn('standing', 'text').execute();
      for (const table of ['result', 'verdict'] as const) {
        await db.schema
          .alterTable(table)
          .addColumn('skipped', 'integer', (column) => column.notNull().defaultTo(0))
          .execute();
      }
    },
  },
  '2026-11-26-classroom': {
    async up(db: Kysely<Tables>) {
      await db.schema
        .createTable('account')
        .addColumn('person', 'text', (column) => column.primaryKey().references('person.id').onDelete('cascade'))
        .addColumn('login', 'text', (column) => column.notNull().unique())
        .addColumn('password', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.alterTable('result').addColumn('since', 'bigint').execute();
      await db.schema.alterTable('class').addColumn('code', 'text').execute();
      await db.schema.createIndex('class_code').unique().on('class').column('code').execute();
      await db.schema
        .alterTable('class')
        .addColumn('joining', 'text', (column) => column.notNull().defaultTo('open'))
        .execute();
      await db.schema
        .alterTable('class')
        .addColumn('recording', 'integer', (column) => column.notNull().defaultTo(1))
        .execute();
      // Until now every terminal was recorded, where any was.
      await db.schema
        .alterTable('terminal')
        .addColumn('recorded', 'integer', (column) => column.notNull().defaultTo(1))
        .execute();
      await db.schema
        .createTable('invite')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('class', 'text', (column) => column.references('class.id').onDelete('cascade'))
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('made_by', 'text', (column) => column.references('person.id').onDelete('cascade'))
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema
        .alterTable('member')
        .addColumn('role', 'text', (column) => column.notNull().defaultTo('learner'))
        .execute();
      await db.schema.alterTable('member').addColumn('password', 'text').execute();
      await db.schema.alterTable('member').addColumn('claimed_at', 'bigint').execute();
      // Until now only people who had come could be members.
      await db
        .updateTable('member')
        .set((query) => ({ claimed_at: query.ref('joined_at') }))
        .execute();
      await db.schema
        .createTable('assignment')
        .addColumn('class', 'text', (column) => column.notNull().references('class.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('gate', 'text', (column) => column.notNull())
        .addColumn('deadline', 'bigint')
        .addColumn('highlight', 'text')
        .addPrimaryKeyConstraint('assignment_key', ['class', 'lab'])
        .execute();
      await db.schema
        .createTable('extension')
        .addColumn('class', 'text', (column) => column.notNull().references('class.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('deadline', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('extension_key', ['class', 'lab', 'person'])
        .execute();
      await db.schema
        .createTable('hand')
        .addColumn('person', 'text', (column) => column.notNull().references('person.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('raised_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('hand_key', ['person', 'lab'])
        .execute();
      await db.schema
        .createTable('message')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('class', 'text', (column) => column.notNull().references('class.id').onDelete('cascade'))
        .addColumn('lab', 'text', (column) => column.notNull())
        .addColumn('sender', 'text', (column) => column.notNull())
        .addColumn('recipient', 'text', (column) => column.references('person.id').onDelete('cascade'))
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('message_of').on('message').columns(['class', 'lab']).execute();
      // Without references to people: an entry outlives whom it is about.
      await db.schema
        .createTable('audit')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('class', 'text', (column) => column.notNull())
        .addColumn('actor', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('subject', 'text')
        .addColumn('detail', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('audit_of').on('audit').columns(['class', 'id']).execute();
    },
  },
};

/** A fact of before ids, as facts are now: the next judgement puts its own in its place. */
function withId(fact: { ok: boolean; advice: string }, place: number): object {
  const parts = fact.ok ? {} : { advice: '', repair: fact.advice };
  return { id: `fact-${place + 1}`, ...fact, ...parts };
}
