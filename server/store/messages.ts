import type { Kysely } from 'kysely';
import type { Role, Tables } from './tables.ts';

/** Messages kept of a class in one lab: every learner of a large one is written to some times. */
const MESSAGES_MAX = 2_000;

/** What somebody who teaches said to a learner, or to all of a class where `recipient` is null. */
export interface Message {
  id: number;
  class: string;
  sender: string;
  recipient: string | null;
  text: string;
  at: number;
}

/** A message with who said it, as the class knows them. */
export interface SaidMessage extends Message {
  name: string;
  role: Role;
}

/** What was said in classes. */
export interface MessageTable {
  /** Keeps one message per recipient, or one to all. */
  send(message: Omit<Message, 'id' | 'recipient'> & { lab: string }, recipients: string[] | null): Promise<void>;
  /** What was said to a learner of these classes, themselves or all, newest first. */
  list(person: string, lab: string, classes: string[], limit: number): Promise<SaidMessage[]>;
}

/** Messages over the store's database. */
export function createMessageTable(db: Kysely<Tables>): MessageTable {
  return {
    send: ({ class: id, lab, sender, text, at }, recipients) =>
      db.transaction().execute(async (tx) => {
        const rows = (recipients ?? [null]).map((recipient) => ({ class: id, lab, sender, recipient, text, at }));
        await tx.insertInto('message').values(rows).execute();
        await tx
          .deleteFrom('message')
          .where('class', '=', id)
          .where('lab', '=', lab)
          .where('id', '<=', (query) =>
            query
              .selectFrom('message')
              .select('id')
              .where('class', '=', id)
              .where('lab', '=', lab)
              .orderBy('id', 'desc')
              .offset(MESSAGES_MAX)
              .limit(1),
          )
          .execute();
      }),
    async list(person, lab, classes, limit) {
      if (classes.length === 0) return [];
      const rows = await db
        .selectFrom('message')
        .leftJoin('member', (join) =>
          join.onRef('member.class', '=', 'message.class').onRef('member.person', '=', 'message.sender'),
        )
        .leftJoin('account', 'account.person', 'message.sender')
        .select(['id', 'message.class', 'sender', 'recipient', 'text', 'at', 'role'])
        .select(['member.name as called', 'account.name as own'])
        .where('message.class', 'in', classes)
        .where('lab', '=', lab)
        .where((where) => where.or([where('recipient', 'is', null), where('recipient', '=', person)]))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      // Who wrote may have left the class since.
      return rows.map(({ called, own, role, ...row }) => ({
        ...row,
        name: called ?? own ?? '',
        role: role ?? 'instructor',
      }));
    },
  };
}
