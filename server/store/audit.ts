import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What can be done in a class by a right that learners have not. Each has its Chinese words in app/class/words.ts. */
export const auditActions = [
  'class:create',
  'class:change',
  'class:code',
  'staff:invite',
  'staff:join',
  'staff:change',
  'staff:remove',
  'roster:import',
  'roster:add',
  'roster:change',
  'roster:remove',
  'roster:merge',
  'roster:passwords',
  'person:erase',
  'grades:export',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What somebody did, to be kept. `subject` is the learner it was done to, where it was one. */
export interface AuditNote {
  class: string;
  actor: string;
  action: AuditAction;
  subject?: string;
  /** What of it is to be read later: counts, names of things, what it was before. Never a password. */
  detail: Record<string, unknown>;
  /** Unix ms. */
  at: number;
}

/** What was done, as it is read: with what the class calls those concerned now, where it still knows them. */
export interface AuditEntry extends AuditNote {
  id: number;
  actorName?: string;
  subjectName?: string;
}

/** The log of what was done by right. Entries are added, never altered, and outlive whom they are about. */
export interface AuditTable {
  note(entry: AuditNote): Promise<void>;
  /** Newest first; older than the entry `before` where that is given. */
  list(classId: string, before: number | undefined, limit: number): Promise<AuditEntry[]>;
}

/** The log over the store's database. */
export function createAuditTable(db: Kysely<Tables>): AuditTable {
  return {
    async note({ class: id, actor, action, subject, detail, at }) {
      await db
        .insertInto('audit')
        .values({ class: id, actor, action, subject: subject ?? null, detail: JSON.stringify(detail), at })
        .execute();
    },
    async list(classId, before, limit) {
      let wanted = db
        .selectFrom('audit')
        .leftJoin('account', 'account.person', 'audit.actor')
        .leftJoin('member as done_by', (join) =>
          join.onRef('done_by.person', '=', 'audit.actor').onRef('done_by.class', '=', 'audit.class'),
        )
        .leftJoin('member as done_to', (join) =>
          join.onRef('done_to.person', '=', 'audit.subject').onRef('done_to.class', '=', 'audit.class'),
        )
        .selectAll('audit')
        .select(['account.name as account', 'done_by.name as actorName', 'done_to.name as subjectName'])
        .where('audit.class', '=', classId);
      if (before !== undefined) wanted = wanted.where('audit.id', '<', before);
      const rows = await wanted.orderBy('audit.id', 'desc').limit(limit).execute();
      return rows.map((row) => ({
        id: row.id,
        class: row.class,
        actor: row.actor,
        // Only `note` writes here.
        action: row.action as AuditAction,
        subject: row.subject ?? undefined,
        detail: JSON.parse(row.detail),
        at: row.at,
        actorName: row.actorName ?? row.account ?? undefined,
        subjectName: row.subjectName ?? undefined,
      }));
    },
  };
}
