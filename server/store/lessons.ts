import type { Kysely } from 'kysely';
import type { Gate, Tables } from './tables.ts';

/** What a class may do with a lab, until when, and the step shown to all. */
export interface Assignment {
  gate: Gate;
  deadline: number | null;
  highlight: string | null;
}

/** What a class says of a lab that it was never given: everything may be done, for ever. */
export const UNASSIGNED: Assignment = { gate: 'open', deadline: null, highlight: null };

/** A class that somebody learns in, and what it says of one lab. */
export interface Learning {
  class: string;
  /** Undefined where the class was not given the lab. */
  assignment?: Assignment;
  /** Their own deadline. */
  extension?: number;
}

/** Until when a class, and who was given more time, is in time with a lab. */
export interface LabDeadline {
  lab: string;
  deadline: number | null;
  /** Learners with a deadline of their own. */
  own: Map<string, number>;
}

/** Classes at work on labs: what they may do, who was given more time, whose hand is up. */
export interface LessonTable {
  assignment(id: string, lab: string): Promise<Assignment | undefined>;
  /** The labs that a class was given. */
  labs(id: string): Promise<string[]>;
  assign(id: string, lab: string, change: Partial<Assignment>): Promise<void>;
  /** The classes that somebody learns in. */
  of(person: string, lab: string): Promise<Learning[]>;
  extend(id: string, lab: string, person: string, deadline: number): Promise<void>;
  /** Own deadlines, by person. */
  extensions(id: string, lab: string): Promise<Map<string, number>>;
  /** Until when each lab that a class was given is in time, as grades go by it. */
  deadlines(id: string): Promise<LabDeadline[]>;
  /** Raises a hand; one that is up stays up since it was. */
  raise(person: string, lab: string, now: number): Promise<void>;
  lower(person: string, lab: string): Promise<void>;
  /** Since when somebody's hand is up. */
  hand(person: string, lab: string): Promise<number | undefined>;
  /** Since when hands are up in a lab, by person. */
  hands(lab: string): Promise<Map<string, number>>;
}

/** Lessons over the store's database. */
export function createLessonTable(db: Kysely<Tables>): LessonTable {
  return {
    assignment: (id, lab) =>
      db
        .selectFrom('assignment')
        .select(['gate', 'deadline', 'highlight'])
        .where('class', '=', id)
        .where('lab', '=', lab)
        .executeTakeFirst(),
    async labs(id) {
      const rows = await db.selectFrom('assignment').select('lab').where('class', '=', id).orderBy('lab').execute();
      return rows.map(({ lab }) => lab);
    },
    async assign(id, lab, change) {
      await db
        .insertInto('assignment')
        .values({ class: id, lab, ...UNASSIGNED, ...change })
        .onConflict((conflict) => conflict.columns(['class', 'lab']).doUpdateSet(change))
        .execute();
    },
    async of(person, lab) {
      const rows = await db
        .selectFrom('member')
        .leftJoin('assignment', (join) =>
          join.onRef('assignment.class', '=', 'member.class').on('assignment.lab', '=', lab),
        )
        .leftJoin('extension', (join) =>
          join
            .onRef('extension.class', '=', 'member.class')
            .onRef('extension.person', '=', 'member.person')
            .on('extension.lab', '=', lab),
        )
        .select(['member.class', 'gate', 'assignment.deadline', 'highlight', 'extension.deadline as own'])
        .where('member.person', '=', person)
        .where('member.role', '=', 'learner')
        .orderBy('member.joined_at')
        .execute();
      return rows.map(({ class: id, gate, deadline, highlight, own }) => ({
        class: id,
        assignment: gate === null ? undefined : { gate, deadline, highlight },
        extension: own ?? undefined,
      }));
    },
    async extend(id, lab, person, deadline) {
      await db
        .insertInto('extension')
        .values({ class: id, lab, person, deadline })
        .onConflict((conflict) => conflict.columns(['class', 'lab', 'person']).doUpdateSet({ deadline }))
        .execute();
    },
    async extensions(id, lab) {
      const rows = await db
        .selectFrom('extension')
        .select(['person', 'deadline'])
        .where('class', '=', id)
        .where('lab', '=', lab)
        .execute();
      return new Map(rows.map(({ person, deadline }) => [person, deadline]));
    },
    async deadlines(id) {
      const labs = await db.selectFrom('assignment').select(['lab', 'deadline']).where('class', '=', id).execute();
      const extensions = await db
        .selectFrom('extension')
        .select(['lab', 'person', 'deadline'])
        .where('class', '=', id)
        .execute();
      const byLab = Map.groupBy(extensions, ({ lab }) => lab);
      return labs.map(({ lab, deadline }) => ({
        lab,
        deadline,
        own: new Map(byLab.get(lab)?.map(({ person, deadline: own }) => [person, own])),
      }));
    },
    async raise(person, lab, now) {
      await db
        .insertInto('hand')
        .values({ person, lab, raised_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async lower(person, lab) {
      await db.deleteFrom('hand').where('person', '=', person).where('lab', '=', lab).execute();
    },
    hand: async (person, lab) =>
      (
        await db
          .selectFrom('hand')
          .select('raised_at')
          .where('person', '=', person)
          .where('lab', '=', lab)
          .executeTakeFirst()
      )?.raised_at,
    async hands(lab) {
      const rows = await db.selectFrom('hand').select(['person', 'raised_at']).where('lab', '=', lab).execute();
      return new Map(rows.map((row) => [row.person, row.raised_at]));
    },
  };
}
