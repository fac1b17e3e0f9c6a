import type { Kysely, Transaction } from 'kysely';
import type { Role, Tables } from './tables.ts';

/** A one-time link, by what it grants. Without a class it only makes an account. */
export interface Invite {
  class?: string;
  role: Role;
  madeBy?: string;
  expiresAt: number;
}

/** Who takes an invite up: a new account on this person, or one they have already. */
export interface Taker {
  person: string;
  account?: { login: string; password: string; name: string };
}

/** What became of an invite that somebody took up. */
export type Taken = { class?: string; role: Role } | 'gone' | 'login-taken';

/** One-time links for those who teach. Secrets come here hashed. */
export interface InviteTable {
  put(hash: string, invite: Invite): Promise<void>;
  /** One that is still good, with the name of its class. */
  look(hash: string, now: number): Promise<(Invite & { className?: string }) | undefined>;
  /** Keeps a link for the very first account, in place of earlier ones; false when there is an account already. */
  first(hash: string, expiresAt: number): Promise<boolean>;
  /** Uses an invite up, and does all that it grants or nothing. */
  take(hash: string, taker: Taker, now: number): Promise<Taken>;
}

/** From the least to the most. */
const RANKS: readonly Role[] = ['learner', 'assistant', 'instructor', 'admin'];

class LoginTaken extends Error {}

async function join(
  tx: Transaction<Tables>,
  { person, id, role, name, now }: { person: string; id: string; role: Role; name: string | null; now: number },
): Promise<void> {
  const there = await tx
    .selectFrom('member')
    .select('role')
    .where('class', '=', id)
    .where('person', '=', person)
    .executeTakeFirst();
  const blank = { student_no: null, password: null };
  const row = { class: id, person, role, name, ...blank, joined_at: now, claimed_at: now };
  if (!there) await tx.insertInto('member').values(row).execute();
  // A link never takes anything away.
  else if (RANKS.indexOf(there.role) < RANKS.indexOf(role)) {
    await tx.updateTable('member').set({ role }).where('class', '=', id).where('person', '=', person).execute();
  }
}

/** Invites over the store's database. */
export function createInviteTable(db: Kysely<Tables>): InviteTable {
  return {
    async put(hash, { class: id, role, madeBy, expiresAt }) {
      await db
        .insertInto('invite')
        .values({ hash, class: id ?? null, role, made_by: madeBy ?? null, expires_at: expiresAt })
        .execute();
    },
    async look(hash, now) {
      const row = await db
        .selectFrom('invite')
        .leftJoin('class', 'class.id', 'invite.class')
        .select(['invite.class', 'role', 'made_by', 'expires_at', 'class.name as className'])
        .where('hash', '=', hash)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return (
        row && {
          class: row.class ?? undefined,
          className: row.className ?? undefined,
          role: row.role,
          madeBy: row.made_by ?? undefined,
          expiresAt: row.expires_at,
        }
      );
    },
    first: (hash, expiresAt) =>
      db.transaction().execute(async (tx) => {
        if (await tx.selectFrom('account').select('person').limit(1).executeTakeFirst()) return false;
        await tx.deleteFrom('invite').where('class', 'is', null).where('hash', '!=', hash).execute();
        await tx
          .insertInto('invite')
          .values({ hash, class: null, role: 'admin', made_by: null, expires_at: expiresAt })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return true;
      }),
    async take(hash, { person, account }, now) {
      try {
        return await db.transaction().execute(async (tx) => {
          const invite = await tx.deleteFrom('invite').where('hash', '=', hash).returningAll().executeTakeFirst();
          if (!invite || invite.expires_at <= now) return 'gone';
          if (account) {
            const made = await tx
              .insertInto('account')
              .values({ person, ...account, created_at: now })
              .onConflict((conflict) => conflict.doNothing())
              .returning('person')
              .executeTakeFirst();
            if (!made) throw new LoginTaken();
          }
          const { class: id, role } = invite;
          if (id === null) return { role };
          const known = await tx.selectFrom('account').select('name').where('person', '=', person).executeTakeFirst();
          await join(tx, { person, id, role, name: known?.name ?? null, now });
          return { class: id, role };
        });
      } catch (error) {
        if (error instanceof LoginTaken) return 'login-taken';
        throw error;
      }
    },
  };
}
