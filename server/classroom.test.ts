import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Classroom, createClassroom } from './classroom.ts';
import { openStore, type Store } from './store/store.ts';

const at = { now: 1_000_000 };
let store: Store;
let classroom: Classroom;

beforeEach(async () => {
  store = await openStore(':memory:');
  for (const person of ['ann', 'ben']) await store.people.create(person, `token of ${person}`, 0);
  classroom = createClassroom(store, () => at.now);
});

afterEach(() => store.close());

it('invites to watch one lab, with a code that can be read aloud', async () => {
  const { code, expiresAt } = await classroom.invite('ann', 'vxlan');
  expect(code).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/);
  expect(expiresAt).toBe(at.now + 12 * 3_600_000);
  const typed = ` ${code.toLowerCase().replace('-', ' ')} `;
  for (const each of [code, typed]) expect(await classroom.invitation(each)).toEqual({ person: 'ann', lab: 'vxlan' });
  expect(await classroom.invitation('')).toBeUndefined();
  // It is no way to become that person.
  expect(await classroom.redeem(code)).toBeUndefined();
});

it('lets an invitation go when it is made anew, taken back or too old, and no other', async () => {
  const first = await classroom.invite('ann', 'vxlan');
  const second = await classroom.invite('ann', 'vxlan');
  const other = await classroom.invite('ann', 'ipvlan');
  const bens = await classroom.invite('ben', 'vxlan');
  expect(await classroom.invitation(first.code)).toBeUndefined();
  expect(await classroom.invitation(second.code)).toBeDefined();
  await classroom.uninvite('ann', 'vxlan');
  expect(await classroom.invitation(second.code)).toBeUndefined();
  at.now = other.expiresAt - 1;
  expect(await classroom.invitation(other.code)).toEqual({ person: 'ann', lab: 'ipvlan' });
  at.now += 1;
  expect(await classroom.invitation(other.code)).toBeUndefined();
  expect(await classroom.invitation(bens.code)).toBeUndefined();
});

it('moves a person to another browser once', async () => {
  const { code } = await classroom.transferCode('ann');
  const token = (await classroom.redeem(code)) ?? '';
  expect(await classroom.personOf(token)).toBe('ann');
  expect(await classroom.redeem(code)).toBeUndefined();
  expect(await classroom.invitation(code)).toBeUndefined();
});
