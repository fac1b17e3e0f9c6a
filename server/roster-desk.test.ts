import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, Request, RequestName } from './protocol.ts';
import { newId } from './secrets.ts';
import { faults, openTestDoor, type TestBrowser, type TestDoor } from './testdoor.ts';

let door: TestDoor;
let ann: TestBrowser;
let ben: TestBrowser;
let annIs = '';

async function teacher(login: string): Promise<{ browser: TestBrowser; person: string }> {
  const cookie = await door.newCookie();
  const person = (await door.classroom.personOf(cookie.split('=')[1] ?? '')) ?? '';
  const hash = newId();
  await door.store.invites.put(hash, { class: 'net', role: 'admin', expiresAt: Date.now() + 60_000 });
  const account = { login, name: login, password: 'no password matches this' };
  await door.store.invites.take(hash, { person, account }, Date.now());
  return { browser: await door.connect(cookie), person };
}

async function learner(studentNo: string, name: string): Promise<string> {
  await ann.ask('roster:add', { class: 'net', studentNo, name });
  return (await door.store.roster.byNumber('net', studentNo))?.person ?? '';
}

function code<N extends RequestName>(answer: Answer<N>): string {
  return answer.ok ? 'ok' : answer.code;
}

async function both<N extends RequestName>(name: N, one: Request<N>, other: Request<N>): Promise<string[]> {
  const answers = await Promise.all([ann.ask(name, one), ben.ask(name, other)]);
  return answers.map(code).sort();
}

beforeAll(async () => {
  door = await openTestDoor();
  await door.store.classes.create('net', '网络', Date.now());
  const first = await teacher('ann');
  ann = first.browser;
  annIs = first.person;
  ben = (await teacher('ben')).browser;
});

afterAll(async () => {
  await door.close();
  expect(faults).toEqual([]);
});

it('imports all of a roster or nothing, and tells of each line', async () => {
  const wrong = await ann.ask('roster:import', { class: 'net', text: '1,甲\n2,乙\n1,丙' });
  expect(wrong).toMatchObject({ ok: true, data: { done: false, mistakes: [{ line: 3, why: 'twice' }] } });
  expect(await door.store.roster.list('net')).toEqual([]);
  const good = await ann.ask('roster:import', { class: 'net', text: '1,甲\n2,乙' });
  expect(good).toMatchObject({ ok: true, data: { done: true } });
  const again = await ben.ask('roster:import', { class: 'net', text: '2,乙二\n3,丁' });
  expect(again.ok && again.data.lines.map(({ what }) => what)).toEqual(['rename', 'add']);
  expect((await door.store.roster.list('net')).map(({ name }) => name)).toEqual(['甲', '乙二', '丁']);
  const many = Array.from({ length: 501 }, (_, place) => `n${place},某`).join('\n');
  const full = await ann.ask('roster:import', { class: 'net', text: many });
  expect(full.ok && full.data.mistakes.map(({ why }) => why)).toEqual(['too-many']);
});

it('lets one of two who edit the same line win, and says so to the other', async () => {
  const person = await learner('e1', '旧名');
  const line = { class: 'net', learner: person, was: { studentNo: 'e1', name: '旧名' }, studentNo: 'e1' };
  expect(await both('roster:change', { ...line, name: '新名' }, { ...line, name: '别名' })).toEqual(['changed', 'ok']);
  const other = await learner('e2', '别人');
  const taken = { class: 'net', learner: other, was: { studentNo: 'e2', name: '别人' }, studentNo: 'e1', name: '别人' };
  expect(code(await ben.ask('roster:change', taken))).toBe('taken');
});

it('adds a 学号 once, whoever is quicker', async () => {
  const line = { class: 'net', studentNo: 'a1', name: '某' };
  expect(await both('roster:add', line, line)).toEqual(['ok', 'taken']);
});

it('merges while the other erases, removes, or resets: one sentence, and nobody is left over', async () => {
  for (const name of ['learner:erase', 'roster:remove', 'roster:passwords'] as const) {
    const [one, two] = [await learner(newId().slice(0, 8), '一'), await learner(newId().slice(0, 8), '二')];
    const merged = ann.ask('roster:merge', { class: 'net', learner: one, duplicate: two });
    const about = name === 'learner:erase' ? { class: 'net', learner: two } : { class: 'net', learners: [two] };
    const answers = [await merged, await ben.ask(name, about as never)].map((each) =>
      code(each as Answer<typeof name>),
    );
    expect(answers).not.toContain('internal');
    expect(answers).toContain('ok');
    const left = (await door.store.roster.list('net')).map(({ person }) => person);
    expect(left).not.toContain(two);
  }
});

it('remembers of a learner who comes later what was done to their line', async () => {
  const [entry, twice] = [await learner('c1', '来了'), await learner('c2', '来了')];
  expect(code(await ann.ask('roster:merge', { class: 'net', learner: entry, duplicate: twice }))).toBe('ok');
  const person = newId();
  await door.store.people.create(person, undefined, Date.now());
  expect(await door.store.roster.claim('net', entry, person, Date.now())).toBe(true);
  const log = await ann.ask('audit:list', { class: 'net' });
  expect(log.ok && log.data.entries[0]).toMatchObject({ action: 'roster:merge', subject: person, subjectName: '来了' });
});

it('keeps the last admin, and somebody who is not only this class’s', async () => {
  const person = await learner('b1', '两班');
  const staff = { class: 'net', person: annIs };
  expect(code(await ben.ask('staff:change', { ...staff, role: 'assistant' }))).toBe('ok');
  expect(code(await ann.ask('staff:list', { class: 'net' }))).toBe('ok');
  const left = await door.store.staff.list('net');
  const last = left.find(({ role }) => role === 'admin')?.person ?? '';
  expect(code(await ben.ask('staff:remove', { class: 'net', person: last }))).toBe('last-admin');
  expect(code(await ben.ask('staff:change', { class: 'net', person: last, role: 'instructor' }))).toBe('last-admin');
  await door.store.classes.create('other', '别班', Date.now());
  await door.store.classes.add('other', { person }, Date.now());
  expect(code(await ben.ask('learner:erase', { class: 'net', learner: person }))).toBe('elsewhere');
});

it('erases a learner with everything that is theirs, and signs them out', async () => {
  const { cookie, browser } = await door.learner();
  const person = (await door.classroom.personOf(cookie.split('=')[1] ?? '')) ?? '';
  await door.store.roster.join('net', { person, studentNo: 'gone', name: '走了' }, Date.now());
  const closed = new Promise((resolve) => browser.socket.once('disconnect', resolve));
  await ben.ask('roster:change', {
    ...{ class: 'net', learner: person, was: { studentNo: 'gone', name: '走了' } },
    ...{ studentNo: 'gone', name: '走啦' },
  });
  expect(code(await ben.ask('learner:erase', { class: 'net', learner: person }))).toBe('ok');
  await closed;
  expect(await door.classroom.personOf(cookie.split('=')[1] ?? '')).toBeUndefined();
  expect(await door.store.sessions.active()).toEqual([]);
  expect((await door.store.progress.read(person, 'test')).startedAt).toBeUndefined();
  const log = await ben.ask('audit:list', { class: 'net' });
  expect(log.ok && log.data.entries[0]).toMatchObject({ action: 'person:erase', detail: {} });
  expect(JSON.stringify(log)).not.toMatch(/走了|走啦|gone/);
});
