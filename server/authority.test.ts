import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from './authority.ts';
import type { RequestName } from './protocol.ts';
import { newId } from './secrets.ts';
import type { Role } from './store/tables.ts';
import { faults, openTestDoor, type TestBrowser, type TestDoor } from './testdoor.ts';
import { samples } from './testrequests.ts';

/** Who asks: nobody in particular, learners of another and of this class, and those who teach this one or another. */
const ASKERS = ['stranger', 'otherLearner', 'learner', 'assistant', 'instructor', 'admin', 'otherAdmin'] as const;
type Asker = (typeof ASKERS)[number];

const ALL: Asker[] = [...ASKERS];
const STAFF: Asker[] = ['assistant', 'instructor', 'admin'];
const RUN: Asker[] = ['instructor', 'admin'];
const OWN: Asker[] = ['admin'];
const ACCOUNTS: Asker[] = ['assistant', 'instructor', 'admin', 'otherAdmin'];

/** Who is let through, request by request: written out, so that a new request does not compile without one. */
const expected: Record<RequestName, Asker[]> = {
  'lab:enter': ALL,
  'lab:start': ALL,
  'lab:reset': ALL,
  'lab:end': ALL,
  'checkpoint:check': ALL,
  'question:answer': ALL,
  'hint:open': ALL,
  'terminal:open': ALL,
  'terminal:close': ALL,
  'terminal:attach': ALL,
  'terminal:detach': ALL,
  'terminal:input': ALL,
  'terminal:resize': ALL,
  'terminal:ack': ALL,
  'terminal:ssh': ALL,
  'history:list': ALL,
  'history:clear': ALL,
  'lab:invite': ALL,
  'lab:uninvite': ALL,
  'lab:watch': ALL,
  'me:code': ALL,
  'me:who': ALL,
  'invite:look': ALL,
  'class:create': ACCOUNTS,
  'class:look': STAFF,
  'class:change': RUN,
  'class:code': RUN,
  'roster:list': STAFF,
  'roster:preview': RUN,
  'roster:import': RUN,
  'roster:add': RUN,
  'roster:change': RUN,
  'roster:remove': RUN,
  'roster:merge': RUN,
  'roster:passwords': RUN,
  'learner:erase': RUN,
  'staff:list': STAFF,
  'staff:invite': OWN,
  'staff:change': OWN,
  'staff:remove': OWN,
  'audit:list': RUN,
  'class:enter': STAFF,
  'class:leave': ALL,
  'class:watch': STAFF,
  'class:unwatch': ALL,
  'class:commands': STAFF,
  'class:message': STAFF,
  'class:lower': STAFF,
  'class:highlight': STAFF,
  'class:reset': STAFF,
  'class:extend': RUN,
  'class:assign': RUN,
  'help:ask': STAFF,
  'help:stop': STAFF,
  'help:answer': ALL,
  'hand:raise': ALL,
  'lab:keep': ALL,
  'grades:read': RUN,
  'report:read': RUN,
  'report:mine': ALL,
  'recording:list': STAFF,
  'recording:open': STAFF,
};

const names = Object.keys(needs) as RequestName[];
let door: TestDoor;
const browsers = new Map<Asker, TestBrowser>();
const people = new Map<Asker, string>();

async function member(classId: string, person: string, role: Role): Promise<void> {
  const hash = newId();
  await door.store.invites.put(hash, { class: classId, role, expiresAt: Date.now() + 60_000 });
  const account =
    role === 'learner' ? undefined : { login: person.slice(0, 12), name: role, password: 'no password matches this' };
  expect(await door.store.invites.take(hash, { person, account }, Date.now())).toEqual({ class: classId, role });
}

beforeAll(async () => {
  door = await openTestDoor();
  for (const id of ['mine', 'theirs']) await door.store.classes.create(id, id, Date.now());
  for (const asker of ASKERS) {
    const cookie = await door.newCookie();
    const token = cookie.split('=')[1] ?? '';
    browsers.set(asker, await door.connect(cookie));
    people.set(asker, (await door.classroom.personOf(token)) ?? '');
  }
  const put = (asker: Asker, id: string, role: Role) => member(id, people.get(asker) ?? '', role);
  await put('otherLearner', 'theirs', 'learner');
  await put('learner', 'mine', 'learner');
  await put('assistant', 'mine', 'assistant');
  await put('instructor', 'mine', 'instructor');
  await put('admin', 'mine', 'admin');
  await put('otherAdmin', 'theirs', 'admin');
});

afterAll(async () => {
  await door.close();
  expect(faults).toEqual([]);
});

/** The sample, about this class and learners of it that nobody needs afterwards. */
async function sample(name: RequestName): Promise<object> {
  const request = samples[name]('0'.repeat(16)) as Record<string, unknown>;
  const about: Record<string, unknown> = { ...request };
  if ('class' in request) about.class = 'mine';
  for (const key of ['learner', 'duplicate', 'person']) if (key in request) about[key] = await someLearner();
  if ('learners' in request) about.learners = [await someLearner()];
  return about;
}

async function someLearner(): Promise<string> {
  const line = { person: newId(), studentNo: newId().slice(0, 12), name: '某人' };
  await door.store.roster.put('mine', [line], Date.now());
  return line.person;
}

it.each(names)('%s: is let through for those who may, and for nobody else', async (name) => {
  for (const asker of ASKERS) {
    const answer = await browsers.get(asker)?.ask(name, (await sample(name)) as never);
    const isRefused = answer?.ok === false && answer.code === 'not-yours';
    // A terminal that nobody has is nobody's, whoever asks.
    const isOfTerminal = name.startsWith('terminal:') && needs[name] === 'self';
    if (!isOfTerminal) expect({ asker, isRefused }).toEqual({ asker, isRefused: !expected[name].includes(asker) });
    expect(answer).not.toMatchObject({ code: 'bad-request' });
    expect(answer).not.toMatchObject({ code: 'internal' });
  }
});

it('nobody reaches a learner of another class through their own', async () => {
  const learner = people.get('learner') ?? '';
  const admin = browsers.get('otherAdmin');
  const about = { class: 'theirs', learner };
  expect(await admin?.ask('learner:erase', about)).toEqual({ ok: false, code: 'not-found' });
  const change = { ...about, was: {}, studentNo: '1', name: 'x' };
  expect(await admin?.ask('roster:change', change)).toEqual({ ok: false, code: 'not-found' });
  const removed = { class: 'theirs', learners: [people.get('otherLearner') ?? '', learner] };
  expect(await admin?.ask('roster:remove', removed)).toEqual({ ok: false, code: 'not-found' });
  const merged = { ...about, learner: people.get('otherLearner') ?? '', duplicate: learner };
  expect(await admin?.ask('roster:merge', merged)).toEqual({ ok: false, code: 'not-found' });
  expect((await door.store.classes.member('mine', learner))?.role).toBe('learner');
});
