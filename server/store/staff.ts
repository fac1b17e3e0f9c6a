import type { Kysely } from 'kysely';
import type { Role, Tables } from './tables.ts';

/** Somebody who teaches a class. */
export interface StaffMember {
  person: string;
  name: string;
  login: string;
  role: Exclude<Role, 'learner'>;
}

/** Those who teach a class. There is always one who is its admin. */
export interface StaffTable {
  list(id: string): Promise<StaffMember[]>;
  /** What a member of the staff is from now on; undefined takes them off. */
  set(id: string, person: string, role: StaffMember['role'] | undefined): Promise<'done' | 'not-found' | 'last-admin'>;
}

/** Staff over the store's database. */
export function createStaffTable(db: Kysely<Tables>): StaffTable {
  return {
    async list(id) {
      const rows = await db
        .selectFrom('member')
        .leftJoin('account', 'account.person', 'member.person')
        .select(['member.person', 'member.name as called', 'account.name', 'account.login', 'role'])
        .where('class', '=', id)
        .where('role', '!=', 'learner')
        .orderBy('joined_at')
        .execute();
      return rows.map(({ person, called, name, login, role }) => ({
        person,
        name: name ?? called ?? '',
        login: login ?? '',
        // The query leaves learners out.
        role: role as StaffMember['role'],
      }));
    },
    set: (id, person, role) =>
      db.transaction().execute(async (tx) => {
        const staff = await tx
          .selectFrom('member')
          .select(['person', 'role'])
          .where('class', '=', id)
          .where('role', '!=', 'learner')
          .execute();
        if (!staff.some((each) => each.person === person)) return 'not-found';
        const admins = staff.filter((each) => each.role === 'admin' && each.person !== person);
        if (role !== 'admin' && admins.length === 0) return 'last-admin';
        const at = { class: id, person };
        if (role) {
          await tx
            .updateTable('member')
            .set({ role })
            .where('class', '=', at.class)
            .where('person', '=', at.person)
            .execute();
        } else await tx.deleteFrom('member').where('class', '=', at.class).where('person', '=', at.person).execute();
        return 'done';
      }),
  };
}
