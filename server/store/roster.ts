import type { Kysely, Transaction } from 'kysely';
import { mergePeople } from './merge.ts';
import type { Tables } from './tables.ts';

/** Learners of one class: sixty in a room, some hundreds in a lecture. */
export const CLASS_MAX = 500;

/** A learner as the roster has them. */
export interface Learner {
  person: string;
  studentNo?: string;
  name?: string;
  /** When somebody first came as them, Unix ms. */
  claimedAt?: number;
  hasPassword: boolean;
}

/** A line that is to be on the roster. `person` is used if it is new. */
export interface RosterLine {
  person: string;
  studentNo: string;
  name: string;
}

/** What stands on a class's roster. Each change is made whole or not at all. */
export interface RosterTable {
  list(id: string): Promise<Learner[]>;
  /** A learner by 学号, with what their password was made into. */
  byNumber(id: string, studentNo: string): Promise<(Learner & { password?: string }) | undefined>;
  /** Adds the lines whose 学号 are new and changes the names of the others. */
  put(id: string, lines: RosterLine[], now: number): Promise<{ added: number; changed: number } | 'full' | 'taken'>;
  /** Changes a line that is still as it `was`. */
  change(
    id: string,
    person: string,
    was: { studentNo?: string; name?: string },
    line: { studentNo: string; name: string },
  ): Promise<'done' | 'changed' | 'taken'>;
  /** Takes learners off; whom nobody has come as, and who stands nowhere else, is forgotten. Hands back who was there. */
  remove(id: string, people: string[]): Promise<Learner[]>;
  /** Answers whose password was set: those who are still there. */
  setPasswords(id: string, passwords: Map<string, string>): Promise<string[]>;
  /** A person comes in by themselves, with a 学号 that is not on the roster; false when it is by now, or there is no room. */
  join(id: string, line: RosterLine, now: number): Promise<boolean>;
  /** A person becomes the one who stands on the roster and whom nobody has come as; false when somebody has by now. */
  claim(id: string, entry: string, person: string, now: number): Promise<boolean>;
  /** The first time that somebody comes as this learner. */
  come(id: string, person: string, now: number): Promise<void>;
  /** Makes two people one; false when either is gone. */
  merge(people: { from: string; into: string; browsers: boolean }): Promise<boolean>;
  /** Whether a person has an account, or is in a class besides this one. */
  isElsewhere(id: string, person: string): Promise<boolean>;
}

type Tx = Kysely<Tables> | Transaction<Tables>;

function learnersOf(tx: Tx, id: string) {
  return tx.selectFrom('member').selectAll().where('class', '=', id).where('role', '=', 'learner');
}

function learnerOf(row: Tables['member']): Learner & { password?: string } {
  return {
    person: row.person,
    studentNo: row.student_no ?? undefined,
    name: row.name ?? undefined,
    claimedAt: row.claimed_at ?? undefined,
    hasPassword: row.password !== null,
    password: row.password ?? undefined,
  };
}

function withoutPassword({ password: _, ...learner }: Learner & { password?: string }): Learner {
  return learner;
}

async function insert(tx: Tx, id: string, line: RosterLine, now: number, claimed: boolean): Promise<void> {
  await tx
    .insertInto('member')
    .values({
      ...{ class: id, person: line.person, role: 'learner', student_no: line.studentNo, name: line.name },
      ...{ password: null, joined_at: now, claimed_at: claimed ? now : null },
    })
    .execute();
}

/** Rosters over the store's database. */
export function createRosterTable(db: Kysely<Tables>): RosterTable {
  return {
    async list(id) {
      const rows = await learnersOf(db, id).orderBy('student_no').orderBy('joined_at').orderBy('person').execute();
      return rows.map((row) => withoutPassword(learnerOf(row)));
    },
    async byNumber(id, studentNo) {
      const row = await learnersOf(db, id).where('student_no', '=', studentNo).executeTakeFirst();
      return row && learnerOf(row);
    },
    put: (id, lines, now) =>
      db.transaction().execute(async (tx) => {
        const there = await tx.selectFrom('member').selectAll().where('class', '=', id).execute();
        const numbers = new Map(there.map((row) => [row.student_no, row]));
        const fresh = lines.filter(({ studentNo }) => !numbers.has(studentNo));
        if (there.length + fresh.length > CLASS_MAX) return 'full';
        let changed = 0;
        for (const line of lines) {
          const row = numbers.get(line.studentNo);
          // Somebody who teaches has this number.
          if (row && row.role !== 'learner') return 'taken';
          if (row && row.name !== line.name) {
            const at = tx.updateTable('member').set({ name: line.name }).where('class', '=', id);
            await at.where('person', '=', row.person).execute();
            changed += 1;
          }
        }
        for (const line of fresh) {
          await tx.insertInto('person').values({ id: line.person, created_at: now }).execute();
          await insert(tx, id, line, now, false);
        }
        return { added: fresh.length, changed };
      }),
    change: (id, person, was, { studentNo, name }) =>
      db.transaction().execute(async (tx) => {
        const row = await learnersOf(tx, id).where('person', '=', person).executeTakeFirst();
        const same = (row?.student_no ?? undefined) === was.studentNo && (row?.name ?? undefined) === was.name;
        if (!row || !same) return 'changed';
        const holder = await tx
          .selectFrom('member')
          .select('person')
          .where('class', '=', id)
          .where('student_no', '=', studentNo)
          .where('person', '!=', person)
          .executeTakeFirst();
        if (holder) return 'taken';
        const at = tx.updateTable('member').set({ student_no: studentNo, name }).where('class', '=', id);
        await at.where('person', '=', person).execute();
        return 'done';
      }),
    remove: (id, people) =>
      db.transaction().execute(async (tx) => {
        const rows = await learnersOf(tx, id).where('person', 'in', people).execute();
        for (const { person, claimed_at: claimedAt } of rows) {
          await tx.deleteFrom('member').where('class', '=', id).where('person', '=', person).execute();
          await tx.deleteFrom('extension').where('class', '=', id).where('person', '=', person).execute();
          if (claimedAt === null) await tx.deleteFrom('person').where('id', '=', person).execute();
        }
        return rows.map((row) => withoutPassword(learnerOf(row)));
      }),
    setPasswords: (id, passwords) =>
      db.transaction().execute(async (tx) => {
        const done: string[] = [];
        for (const [person, password] of passwords) {
          const changed = await tx
            .updateTable('member')
            .set({ password })
            .where('class', '=', id)
            .where('person', '=', person)
            .where('role', '=', 'learner')
            .where('student_no', 'is not', null)
            .returning('person')
            .executeTakeFirst();
          if (changed) done.push(person);
        }
        return done;
      }),
    join: (id, line, now) =>
      db.transaction().execute(async (tx) => {
        const there = await tx.selectFrom('member').selectAll().where('class', '=', id).execute();
        const clash = there.some((row) => row.student_no === line.studentNo || row.person === line.person);
        if (clash || there.length >= CLASS_MAX) return false;
        await insert(tx, id, line, now, true);
        return true;
      }),
    claim: (id, entry, person, now) =>
      db.transaction().execute(async (tx) => {
        const row = await learnersOf(tx, id).where('person', '=', entry).executeTakeFirst();
        if (row?.claimed_at !== null) return false;
        await mergePeople(tx, { from: entry, into: person, browsers: false });
        const at = tx.updateTable('member').set({ claimed_at: now }).where('class', '=', id);
        await at.where('person', '=', person).execute();
        return true;
      }),
    async come(id, person, now) {
      await db
        .updateTable('member')
        .set({ claimed_at: now })
        .where('class', '=', id)
        .where('person', '=', person)
        .where('claimed_at', 'is', null)
        .execute();
    },
    merge: ({ from, into, browsers }) =>
      db.transaction().execute(async (tx) => {
        const both = await tx.selectFrom('person').select('id').where('id', 'in', [from, into]).execute();
        if (both.length < 2) return false;
        await mergePeople(tx, { from, into, browsers });
        return true;
      }),
    async isElsewhere(id, person) {
      const account = await db.selectFrom('account').select('person').where('person', '=', person).executeTakeFirst();
      const member = await db
        .selectFrom('member')
        .select('class')
        .where('person', '=', person)
        .where('class', '!=', id)
        .executeTakeFirst();
      return account !== undefined || member !== undefined;
    },
  };
}
