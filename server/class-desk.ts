import { randomBytes } from 'node:crypto';
import { Refusal } from './answer.ts';
import type { Handlers } from './handlers.ts';
import type { PeopleParts } from './people-desk.ts';
import { nameText } from './roster-text.ts';
import { newCode, shownCode } from './secrets.ts';

/** 31^6 ≈ 2^29.7 codes; they stand on a board and are no secret. */
const CODE_LENGTH = 6;
/** A code that is another class's already is drawn again. */
const DRAWS_MAX = 8;
/** Classes that one person may have founded or be in. */
const CLASSES_PER_PERSON = 50;

/** Letters of a new class's id, bytes. */
const ID_BYTES = 5;

/** Classes, and who teaches them. */
export function createClassDesk({
  store,
  accounts,
  now,
}: PeopleParts): Pick<
  Handlers,
  | 'class:create'
  | 'class:look'
  | 'class:change'
  | 'class:code'
  | 'staff:list'
  | 'staff:invite'
  | 'staff:change'
  | 'staff:remove'
> {
  const { classes, staff, audit } = store;

  async function drawn(use: (code: string) => Promise<boolean>): Promise<string> {
    for (let draws = 0; draws < DRAWS_MAX; draws += 1) {
      const code = newCode(CODE_LENGTH);
      if (await use(code)) return code;
    }
    throw new Error('no code is free');
  }

  return {
    async 'class:create'({ name: given }, client) {
      const { person } = client.data;
      const account = await store.accounts.of(person);
      const name = nameText(given);
      if (!account) throw new Refusal('not-yours');
      if (name === '') throw new Refusal('bad-request');
      if ((await classes.of(person)).length >= CLASSES_PER_PERSON) throw new Refusal('too-many');
      const id = `c${randomBytes(ID_BYTES).toString('hex')}`;
      await drawn((code) => classes.found({ id, name, code, admin: person, adminName: account.name }, now()));
      await audit.note({ class: id, actor: person, action: 'class:create', detail: { name }, at: now() });
      return { class: id };
    },
    async 'class:look'({ class: id }) {
      const found = await classes.find(id);
      if (!found) throw new Refusal('not-found');
      const { name, code, joining, recording } = found;
      return { class: id, name, code: code === undefined ? undefined : shownCode(code), joining, recording };
    },
    async 'class:change'({ class: id, name: given, ...rest }, client) {
      const name = given === undefined ? undefined : nameText(given);
      if (name === '') throw new Refusal('bad-request');
      const change = { ...(name !== undefined && { name }), ...rest };
      await classes.change(id, change);
      await audit.note({ class: id, actor: client.data.person, action: 'class:change', detail: change, at: now() });
      return null;
    },
    async 'class:code'({ class: id }, client) {
      const code = await drawn((each) => classes.change(id, { code: each }));
      await audit.note({ class: id, actor: client.data.person, action: 'class:code', detail: {}, at: now() });
      return { code: shownCode(code) };
    },
    'staff:list': async ({ class: id }) => ({ staff: await staff.list(id) }),
    async 'staff:invite'({ class: id, role }, client) {
      const actor = client.data.person;
      const made = await accounts.invite({ class: id, role, madeBy: actor });
      await audit.note({ class: id, actor, action: 'staff:invite', detail: { role }, at: now() });
      return made;
    },
    async 'staff:change'({ class: id, person, role }, client) {
      const done = await staff.set(id, person, role);
      if (done !== 'done') throw new Refusal(done);
      const entry = { class: id, actor: client.data.person, subject: person, at: now() };
      await audit.note({ ...entry, action: 'staff:change', detail: { role } });
      return null;
    },
    async 'staff:remove'({ class: id, person }, client) {
      const named = (await staff.list(id)).find((each) => each.person === person);
      const done = await staff.set(id, person, undefined);
      if (done !== 'done') throw new Refusal(done);
      const entry = { class: id, actor: client.data.person, subject: person, at: now() };
      await audit.note({ ...entry, action: 'staff:remove', detail: { name: named?.name } });
      return null;
    },
  };
}
