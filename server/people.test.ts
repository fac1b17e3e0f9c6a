import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClassroom } from './classroom.ts';
import type { Browser } from './identity.ts';
import { createPeople, type People } from './people.ts';
import { hashOf, newId, newToken } from './secrets.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { openStore, type Store } from './store/store.ts';
import { createFakeLabd, createTestLab, type FakeLabd } from './testbed.ts';

const ADDRESS = '10.0.0.1';
const LINE = { code: 'abc-234', studentNo: '20260001', name: '王 小明', password: '' };
const at = { now: 1_000_000 };
let store: Store;
let labd: FakeLabd;
let sessions: Sessions;
let people: People;
const dismissed: string[] = [];
const faults: unknown[] = [];

async function guest(): Promise<Browser> {
  const browser = { person: newId(), token: newToken() };
  await store.people.create(browser.person, hashOf(browser.token), at.now);
  return browser;
}

const from = (browser: Browser | undefined) => ({ address: ADDRESS, browser });

async function passed(person: string, checkpoint: string, passedAt: number): Promise<void> {
  const result = { status: 'passed' as const, facts: [], judgedAt: passedAt, passedAt, share: 1 };
  const circumstances = { takenAt: passedAt, byHand: false, version: 'v1', share: 1 };
  await store.progress.start(person, 'test', passedAt);
  await store.progress.save({ person, lab: 'test', session: newId() }, checkpoint, result, circumstances);
}

beforeEach(async () => {
  store = await openStore(':memory:');
  labd = createFakeLabd();
  dismissed.length = 0;
  const { source } = createTestLab();
  sessions = createSessions({
    store,
    labd,
    source: (lab) => (lab === 'test' ? source : undefined),
    sessionsMax: 10,
    idleMs: 60_000,
    now: () => at.now,
    changed: () => undefined,
    passed: () => undefined,
    fault: (error) => faults.push(error),
  });
  people = createPeople({
    store,
    sessions,
    dismiss: () => void dismissed.push('somebody'),
    erase: async () => undefined,
    now: () => at.now,
  });
  await store.people.create('teacher', undefined, 0);
  await store.classes.found({ id: 'net', name: '网络', code: 'ABC234', admin: 'teacher', adminName: '李老师' }, 0);
});

afterEach(async () => {
  sessions.close();
  await store.close();
  expect(faults.splice(0)).toEqual([]);
});

describe('joining an open class', () => {
  it('makes the guest a member, with everything they have done', async () => {
    const browser = await guest();
    await passed(browser.person, 'links', 5);
    expect(await people.joining.join(from(browser), LINE)).toEqual({});
    expect(await store.classes.member('net', browser.person)).toMatchObject({ studentNo: '20260001', name: '王 小明' });
    expect((await store.progress.read(browser.person, 'test')).results.links?.passedAt).toBe(5);
  });

  it('claims what stands on the roster, when the name agrees', async () => {
    const entry = newId();
    await store.roster.put('net', [{ person: entry, studentNo: '20260001', name: '王小明' }], 0);
    const browser = await guest();
    expect(await people.joining.join(from(browser), { ...LINE, name: '王小名' })).toEqual({ trouble: 'names' });
    expect(await people.joining.join(from(browser), LINE)).toEqual({});
    const roster = await store.roster.list('net');
    expect(roster).toHaveLength(1);
    expect(roster[0]).toMatchObject({ person: browser.person, name: '王小明', claimedAt: at.now });
  });

  it('refuses a used 学号, and a second 学号 of the same person, and loses nothing', async () => {
    const [ann, ben] = [await guest(), await guest()];
    await people.joining.join(from(ann), LINE);
    expect(await people.joining.join(from(ben), LINE)).toEqual({ trouble: 'used' });
    expect(await people.joining.join(from(ann), { ...LINE, studentNo: '2' })).toEqual({ trouble: 'already' });
    expect(await people.joining.join(from(ann), LINE)).toEqual({});
    expect(await store.people.isGuest(ben.person)).toBe(true);
  });

  it('says what is wrong with what was typed', async () => {
    const browser = await guest();
    const trouble = async (typed: Partial<typeof LINE>) => people.joining.join(from(browser), { ...LINE, ...typed });
    expect(await trouble({ code: 'AAA-AAA' })).toEqual({ trouble: 'code' });
    expect(await trouble({ studentNo: '学号' })).toEqual({ trouble: 'number' });
    expect(await trouble({ name: ' ' })).toEqual({ trouble: 'name' });
    await store.classes.change('net', { joining: 'closed' });
    expect(await trouble({})).toEqual({ trouble: 'closed' });
    await store.classes.change('net', { joining: 'roster' });
    expect(await trouble({})).toEqual({ trouble: 'password' });
  });

  it('lets a class behind one address in, and nobody who guesses codes', async () => {
    for (let number = 0; number < 60; number += 1) {
      const joined = await people.joining.join(from(await guest()), { ...LINE, studentNo: `s${number}` });
      expect(joined).toEqual({});
    }
    const browser = await guest();
    let last: object = {};
    for (let tries = 0; tries < 301; tries += 1) {
      last = await people.joining.join(from(browser), { ...LINE, code: 'AAA-AAA' });
    }
    expect(last).toEqual({ trouble: 'fast' });
  });
});

describe('signing in with an initial password', () => {
  async function withPassword(claimed: boolean): Promise<string> {
    const person = newId();
    await store.roster.put('net', [{ person, studentNo: '20260001', name: '王小明' }], 0);
    const { passwords } = await people.desk['roster:passwords'](
      { class: 'net', learners: [person] },
      // Who asks is all that is read of it.
      { data: { person: 'teacher' } } as never,
    );
    if (claimed) await store.roster.come('net', person, 1);
    return passwords[0]?.password ?? '';
  }

  it('is needed once it was given out, and wrong ones are counted', async () => {
    const password = await withPassword(false);
    const browser = await guest();
    expect(await people.joining.join(from(browser), LINE)).toEqual({ trouble: 'password' });
    expect(await people.joining.join(from(browser), { ...LINE, password: 'wrong' })).toEqual({ trouble: 'wrong' });
    expect(await people.joining.join(from(browser), { ...LINE, password })).toEqual({});
    for (let tries = 0; tries < 10; tries += 1) {
      await people.joining.join(from(await guest()), { ...LINE, password: 'wrong' });
    }
    expect(await people.joining.join(from(await guest()), { ...LINE, password })).toEqual({ trouble: 'fast' });
    // Another of the class is not kept waiting.
    const other = { ...LINE, studentNo: '20260002', password: 'wrong' };
    expect(await people.joining.join(from(await guest()), other)).toEqual({ trouble: 'wrong' });
  });

  it('brings what the guest did, and running nodes, over to who has come before', async () => {
    const password = await withPassword(true);
    const [entry] = await store.roster.list('net');
    const person = entry?.person ?? '';
    await passed(person, 'links', 3);
    const browser = await guest();
    await passed(browser.person, 'links', 9);
    await passed(browser.person, 'ping', 10);
    const owned = await sessions.of(browser.person, 'test');
    await sessions.start(owned);
    const { id } = owned.session;
    const joined = await people.joining.join(from(browser), { ...LINE, password });
    expect(joined).toMatchObject({ token: expect.any(String) });
    const classroom = createClassroom(store, () => at.now);
    const token = 'token' in joined ? (joined.token ?? '') : '';
    expect(await classroom.personOf(token)).toBe(person);
    expect(await classroom.personOf(browser.token)).toBeUndefined();
    expect(dismissed.length).toBeGreaterThan(0);
    const { results } = await store.progress.read(person, 'test');
    expect([results.links?.passedAt, results.ping?.passedAt]).toEqual([3, 10]);
    // Both ways to it are in the log.
    const log = await store.verdicts.list(person, 'test', 'links');
    expect(log.filter((each) => each.status === 'passed')).toHaveLength(2);
    const moved = await sessions.of(person, 'test');
    expect([moved.session.id, moved.session.status()]).toEqual([id, 'ready']);
    expect(moved.session.terminals()).toHaveLength(2);
    expect(labd.calls).not.toContain('destroy');
    expect((await sessions.of(browser.person, 'test')).session.status()).toBe('none');
  });

  it('ends the guest’s nodes where the other has some in the same lab', async () => {
    const password = await withPassword(true);
    const [entry] = await store.roster.list('net');
    const person = entry?.person ?? '';
    const browser = await guest();
    const kept = await sessions.of(person, 'test');
    await sessions.start(kept);
    await sessions.start(await sessions.of(browser.person, 'test'));
    await people.joining.join(from(browser), { ...LINE, password });
    expect((await sessions.of(person, 'test')).session.id).toBe(kept.session.id);
    expect(labd.calls.filter((call) => call === 'destroy')).toHaveLength(1);
    expect(await store.sessions.active()).toMatchObject([{ id: kept.session.id, person }]);
  });

  it('waits with it while nodes are being made', async () => {
    const password = await withPassword(true);
    const browser = await guest();
    const release = labd.hold('create');
    const owned = await sessions.of(browser.person, 'test');
    const started = sessions.start(owned);
    await vi.waitFor(() => expect(labd.calls).toContain('create'));
    await expect(people.joining.join(from(browser), { ...LINE, password })).rejects.toThrow('busy');
    release();
    await started;
    expect(await store.people.byToken(hashOf(browser.token), 0)).toMatchObject({ person: browser.person });
  });
});

describe('accounts', () => {
  const given = { name: '李老师', login: 'Li.Wei', password: '四个 不相干 的词语' };

  it('are made once by the first link, which is gone then', async () => {
    const secret = newToken();
    expect(await people.accounts.offerFirst(secret)).toBe(true);
    const browser = await guest();
    const trouble = async (more: Partial<typeof given>) =>
      people.accounts.setUp(from(browser), secret, { ...given, ...more });
    expect(await trouble({ password: '123456789' })).toEqual({ trouble: 'short' });
    expect(await trouble({ password: '1111111111' })).toEqual({ trouble: 'guessable' });
    expect(await trouble({ login: '李' })).toEqual({ trouble: 'login' });
    expect(await trouble({ name: '' })).toEqual({ trouble: 'name' });
    expect(await trouble({})).toMatchObject({ token: expect.any(String) });
    expect(await trouble({ login: 'other' })).toEqual({ trouble: 'gone' });
    expect(await people.accounts.offerFirst(newToken())).toBe(false);
    const signedIn = await people.accounts.signIn(from(undefined), ' LI.wei ', given.password);
    expect(signedIn).toMatchObject({ token: expect.any(String) });
    expect(await people.accounts.signIn(from(undefined), 'li.wei', 'wrong')).toEqual({ trouble: 'wrong' });
    expect(await people.accounts.signIn(from(undefined), 'nobody', 'wrong')).toEqual({ trouble: 'wrong' });
  });

  it('are added to a class by a link, and an old one is kept with a link of less', async () => {
    const first = await people.accounts.invite({ role: 'admin' });
    const secretOf = (path: string) => path.replace('/setup/', '');
    const browser = await guest();
    const made = await people.accounts.setUp(from(browser), secretOf(first.path), given);
    const token = 'token' in made ? (made.token ?? '') : '';
    const mine = { person: browser.person, token };
    for (const [role, becomes] of [
      ['instructor', 'instructor'],
      ['assistant', 'instructor'],
      ['admin', 'admin'],
    ] as const) {
      const { path } = await people.accounts.invite({ class: 'net', role });
      expect(await people.accounts.setUp(from(mine), secretOf(path), undefined)).toEqual({ class: 'net' });
      expect((await store.classes.member('net', browser.person))?.role).toBe(becomes);
    }
    const { path } = await people.accounts.invite({ class: 'net', role: 'admin' });
    expect(await people.accounts.setUp(from(await guest()), secretOf(path), undefined)).toEqual({ trouble: 'guest' });
    at.now += 24 * 3_600_000 + 1;
    expect(await people.accounts.setUp(from(mine), secretOf(path), undefined)).toEqual({ trouble: 'gone' });
  });

  it('sign other browsers out when the password is changed', async () => {
    const { path } = await people.accounts.invite({ role: 'admin' });
    const browser = await guest();
    const made = await people.accounts.setUp(from(browser), path.replace('/setup/', ''), given);
    const mine = { person: browser.person, token: 'token' in made ? (made.token ?? '') : '' };
    const elsewhere = await people.accounts.signIn(from(undefined), given.login, given.password);
    const other = 'token' in elsewhere ? elsewhere.token : '';
    const change = (was: string, next: string) => people.accounts.changePassword(from(mine), was, next);
    expect(await change('wrong', 'another long one')).toEqual({ trouble: 'wrong' });
    expect(await change(given.password, 'another long one')).toEqual({});
    const classroom = createClassroom(store, () => at.now);
    expect(await classroom.personOf(mine.token)).toBe(mine.person);
    expect(await classroom.personOf(other)).toBeUndefined();
  });
});

it('lets a browser go that was not seen for 90 days, and keeps one that was', async () => {
  const classroom = createClassroom(store, () => at.now);
  const token = await classroom.welcome();
  const day = 24 * 3_600_000;
  at.now += 80 * day;
  expect(await classroom.personOf(token)).toBeDefined();
  at.now += 80 * day;
  expect(await classroom.personOf(token)).toBeDefined();
  at.now += 91 * day;
  expect(await classroom.personOf(token)).toBeUndefined();
});
