import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Until when a class, and who was given more time, is in time with a lab. */
export interface LabDeadline {
  lab: string;
  deadline: number | null;
  /** Learners with a deadline of their own. */
  own: Map<string, number>;
}

/** The deadlines of classes, as grades go by them. */
export interface DeadlineTable {
  /** Of each lab that a class was given. */
  list(classId: string): Promise<LabDeadline[]>;
}

/** Deadlines over the store's database. */
export function createDeadlineTable(db: Kysely<Tables>): DeadlineTable {
  return {
    async list(classId) {
      const labs = await db.selectFrom('assignment').select(['lab', 'deadline']).where('class', '=', classId).execute();
      const extensions = await db
        .selectFrom('extension')
        .select(['lab', 'person', 'deadline'])
        .where('class', '=', classId)
        .execute();
      const byLab = Map.groupBy(extensions, ({ lab }) => lab);
      return labs.map(({ lab, deadline }) => ({
        lab,
        deadline,
        own: new Map(byLab.get(lab)?.map(({ person, deadline: own }) => [person, own])),
      }));
    },
  };
}
