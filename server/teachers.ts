import type { Teacher } from './lesson-protocol.ts';
import type { Store } from './store/store.ts';
import type { Role } from './store/tables.ts';

/** Who somebody is that teaches in a class, as its learners are told; a role is what they have there now. */
export async function teacherOf(
  store: Pick<Store, 'classes' | 'accounts'>,
  classId: string,
  person: string,
  role: Role,
): Promise<Teacher> {
  const member = await store.classes.member(classId, person);
  const name = member?.name ?? (await store.accounts.of(person))?.name ?? '';
  return { person, name, role };
}
