import type { Kysely, Selectable } from 'kysely';
import type { Joining, Role, Tables } from './tables.ts';

/** A person in a class, as the class knows them. */
export interface Member {
  person: string;
  studentNo?: string;
  name?: string;
}

/** A class, and how it lets people in. */
export interface Class {
  id: string;
  name: string;
  code?: string;
  joining: Joining;
  recording: boolean;
}

/** Someone this instance knows, and what they are called where they are a member. */
export interface KnownPerson extends Member {
  createdAt: number;
  /** How many labs they have begun, and when a checkpoint of theirs was judged last. */
  labs: number;
  lastJudgedAt?: number;
  classes: string[];
}

/** Classes and who is in them. */
export interface ClassTable {
  list(): Promise<{ id: string; name: string; createdAt: number; members: number }[]>;
  /** False when there is one of this id already. */
  create(id: string, name: string, now: number): Promise<boolean>;
  /** Adds a member, or changes what is given of one; says whose a 学号 is already. */
  add(id: string, member: Member, now: number): Promise<{ takenBy?: string }>;
  /** Its learners. */
  members(id: string): Promise<Member[]>;
  /** All its people, whoever they are in it. */
  everyone(id: string): Promise<(Member & { role: Role })[]>;
  /** A class by its id. */
  find(id: string): Promise<Class | undefined>;
  byCode(code: string): Promise<Class | undefined>;
  /** A new class that learners may join with a code, and its admin; false when the code is another's. */
  found(
    made: { id: string; name: string; code: string; admin: string; adminName: string },
    now: number,
  ): Promise<boolean>;
  /** Changes what is given; false when the code is another's. */
  change(id: string, given: Partial<Pick<Class, 'name' | 'code' | 'joining' | 'recording'>>): Promise<boolean>;
  /** What the class knows of one person. */
  member(id: string, person: string): Promise<(Member & { role: Role }) | undefined>;
  /** Makes a member what they are to be. */
  setRole(id: string, person: string, role: Role): Promise<void>;
  /** The classes of a person, oldest first, and what they are there. */
  of(person: string): Promise<(Member & { role: Role; class: string; className: string })[]>;
  /** Everybody, with a 学号 and name from the class they joined first. */
  people(): Promise<KnownPerson[]>;
}

function classOf({ id, name, code, joining, recording }: Selectable<Tables['class']>): Class {
  return { id, name, code: code ?? undefined, joining, recording: recording === 1 };
}

/** Classes over the store's database. */
export function createClassTable(db: Kysely<Tables>): ClassTable {
  return {
    async list() {
      const rows = await db
        .selectFrom('class')
        .leftJoin('member', 'member.class', 'class.id')
        .select((query) => ['id', 'class.name', 'created_at', query.fn.count<number>('member.person').as('members')])
        .groupBy('class.id')
        .orderBy('class.id')
        .execute();
      return rows.map(({ created_at: createdAt, ...row }) => ({ ...row, createdAt }));
    },
    async create(id, name, now) {
      const made = await db
        .insertInto('class')
        .values({ id, name, created_at: now, code: null, joining: 'closed', recording: 1 })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      return made !== undefined;
    },
    add: (id, { person, studentNo, name }, now) =>
      db.transaction().execute(async (tx) => {
        if (studentNo !== undefined) {
          const holder = await tx
            .selectFrom('member')
            .select('person')
            .where('class', '=', id)
            .where('student_no', '=', studentNo)
            .where('person', '!=', person)
            .executeTakeFirst();
          if (holder) return { takenBy: holder.person };
        }
        const given = {
          ...(studentNo !== undefined && { student_no: studentNo }),
          ...(name !== undefined && { name }),
        };
        await tx
          .insertInto('member')
          .values({
            ...{ class: id, person, role: 'learner', student_no: null, name: null, password: null },
            ...{ joined_at: now, claimed_at: now },
            ...given,
          })
          .onConflict((conflict) => {
            const known = conflict.columns(['class', 'person']);
            return Object.keys(given).length > 0 ? known.doUpdateSet(given) : known.doNothing();
          })
          .execute();
        return {};
      }),
    async members(id) {
      const rows = await db
        .selectFrom('member')
        .select(['person', 'student_no', 'name'])
        .where('class', '=', id)
        .where('role', '=', 'learner')
        .orderBy('student_no')
        .orderBy('joined_at')
        .orderBy('person')
        .execute();
      return rows.map((row) => ({
        person: row.person,
        studentNo: row.student_no ?? undefined,
        name: row.name ?? undefined,
      }));
    },
    async everyone(id) {
      const rows = await db
        .selectFrom('member')
        .select(['person', 'student_no', 'name', 'role'])
        .where('class', '=', id)
        .execute();
      return rows.map(({ person, student_no, name, role }) => ({
        ...{ person, role },
        studentNo: student_no ?? undefined,
        name: name ?? undefined,
      }));
    },
    async find(id) {
      const row = await db.selectFrom('class').selectAll().where('id', '=', id).executeTakeFirst();
      return row && classOf(row);
    },
    async byCode(code) {
      const row = await db.selectFrom('class').selectAll().where('code', '=', code).executeTakeFirst();
      return row && classOf(row);
    },
    found: ({ id, name, code, admin, adminName }, now) =>
      db.transaction().execute(async (tx) => {
        const made = await tx
          .insertInto('class')
          .values({ id, name, created_at: now, code, joining: 'open', recording: 1 })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (!made) return false;
        const blank = { student_no: null, password: null };
        const times = { joined_at: now, claimed_at: now };
        await tx
          .insertInto('member')
          .values({ class: id, person: admin, role: 'admin', name: adminName, ...blank, ...times })
          .execute();
        return true;
      }),
    change: (id, { recording, ...given }) =>
      db.transaction().execute(async (tx) => {
        if (given.code !== undefined) {
          const other = await tx.selectFrom('class').select('id').where('code', '=', given.code).executeTakeFirst();
          if (other) return false;
        }
        const row = {
          ...given,
          ...(recording !== undefined && { recording: recording ? (1 as const) : (0 as const) }),
        };
        if (Object.keys(row).length > 0) await tx.updateTable('class').set(row).where('id', '=', id).execute();
        return true;
      }),
    async member(id, person) {
      const row = await db
        .selectFrom('member')
        .select(['role', 'student_no', 'name'])
        .where('class', '=', id)
        .where('person', '=', person)
        .executeTakeFirst();
      return row && { person, role: row.role, studentNo: row.student_no ?? undefined, name: row.name ?? undefined };
    },
    async setRole(id, person, role) {
      await db.updateTable('member').set({ role }).where('class', '=', id).where('person', '=', person).execute();
    },
    async of(person) {
      const rows = await db
        .selectFrom('member')
        .innerJoin('class', 'class.id', 'member.class')
        .select(['member.class', 'class.name as className', 'role', 'student_no', 'member.name'])
        .where('person', '=', person)
        .orderBy('class.created_at')
        .execute();
      return rows.map(({ student_no, name, ...row }) => ({
        ...row,
        person,
        studentNo: student_no ?? undefined,
        name: name ?? undefined,
      }));
    },
    async people() {
      const rows = await db
        .selectFrom('person')
        .select((query) => [
          'id',
          'created_at',
          query
            .selectFrom('attempt')
            .select((inner) => inner.fn.countAll<number>().as('labs'))
            .whereRef('attempt.person', '=', 'person.id')
            .as('labs'),
          query
            .selectFrom('result')
            .select((inner) => inner.fn.max('judged_at').as('last'))
            .whereRef('result.person', '=', 'person.id')
            .as('last'),
        ])
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const members = await db.selectFrom('member').selectAll().orderBy('joined_at').execute();
      const byPerson = Map.groupBy(members, (member) => member.person);
      return rows.map((row) => {
        const mine = byPerson.get(row.id) ?? [];
        return {
          person: row.id,
          studentNo: mine.find((each) => each.student_no !== null)?.student_no ?? undefined,
          name: mine.find((each) => each.name !== null)?.name ?? undefined,
          createdAt: row.created_at,
          labs: row.labs ?? 0,
          lastJudgedAt: row.last ?? undefined,
          classes: mine.map((each) => each.class),
        };
      });
    },
  };
}
