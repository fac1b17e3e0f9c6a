import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Who let others watch, in which lab; at most one invitation each. Codes come here hashed. */
export interface InvitationTable {
  /** Replaces the former invitation. */
  put(person: string, lab: string, hash: string, expiresAt: number): Promise<void>;
  remove(person: string, lab: string): Promise<void>;
  /** Whom a code that is still good lets one watch. */
  byCode(hash: string, now: number): Promise<{ person: string; lab: string } | undefined>;
}

/** Invitations over the store's database. */
export function createInvitationTable(db: Kysely<Tables>): InvitationTable {
  return {
    async put(person, lab, hash, expiresAt) {
      const row = { hash, expires_at: expiresAt };
      await db
        .insertInto('invitation')
        .values({ person, lab, ...row })
        .onConflict((conflict) => conflict.columns(['person', 'lab']).doUpdateSet(row))
        .execute();
    },
    async remove(person, lab) {
      await db.deleteFrom('invitation').where('person', '=', person).where('lab', '=', lab).execute();
    },
    byCode: (hash, now) =>
      db
        .selectFrom('invitation')
        .select(['person', 'lab'])
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .executeTakeFirst(),
  };
}
