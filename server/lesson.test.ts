import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RequestName } from './protocol.ts';
import { joinClass, type TestMember, workingLearner } from './testclass.ts';
import { faults, openTestDoor, type TestDoor } from './testdoor.ts';

const LAB = 'test';
let door: TestDoor;
let classes = 0;

beforeAll(async () => {
  door = await openTestDoor();
});

afterAll(async () => {
  await door.close();
  expect(faults).toEqual([]);
});

/** Waits for what is told a little later, on a machine that is busy, too. */
function soon(check: () => void): Promise<void> {
  return vi.waitFor(check, 10_000);
}

function newClass(): string {
  classes += 1;
  return `class-${classes}`;
}

async function granted<T>(answer: Promise<{ ok: true; data: T } | { ok: false; code: string }>): Promise<T> {
  const said = await answer;
  if (!said.ok) throw new Error(`refused: ${said.code}`);
  return said.data;
}

function refused(code: string) {
  return { ok: false, code };
}

async function actions(classId: string): Promise<string[]> {
  return (await door.store.audit.list(classId, undefined, 100)).map(({ action }) => action).reverse();
}

describe('a class at work', () => {
  it('is answered whole, and each learner’s row follows what they do', async () => {
    const id = newClass();
    const teacher = await joinClass(door, id, 'instructor', '王');
    const learner = await joinClass(door, id, 'learner', 'Ann');
    const state = await granted(teacher.browser.ask('class:enter', { class: id, lab: LAB }));
    expect(state).toMatchObject({
      role: 'instructor',
      frame: { class: id, lab: LAB, gate: 'open', deadline: null, highlight: null, learners: [learner.person] },
      rows: [
        { learner: learner.person, name: 'Ann', online: false, marks: {}, session: { status: 'none' }, points: 0 },
      ],
    });
    const row = () => teacher.rows.get(learner.person);

    await learner.browser.ask('lab:enter', { lab: LAB, step: '01-links' });
    await soon(() => expect(row()).toMatchObject({ online: true, step: '01-links' }));
    await learner.browser.ask('lab:start', { lab: LAB });
    await soon(() => expect(row()).toMatchObject({ session: { status: 'ready' } }));
    await learner.browser.ask('checkpoint:check', { lab: LAB, checkpoint: 'links' });
    await soon(() => expect(row()?.marks.links).toMatchObject({ state: 'failed', fact: { id: 'links' }, fails: 1 }));
    door.truth.add('links');
    await learner.browser.ask('checkpoint:check', { lab: LAB, checkpoint: 'links' });
    door.truth.delete('links');
    await soon(() => expect(row()).toMatchObject({ marks: { links: { state: 'passed' } }, points: 10 }));
    learner.browser.socket.disconnect();
    await soon(() => expect(row()?.online).toBe(false));
  });

  it('tells a row at most a few times a second, however much happens', async () => {
    const id = newClass();
    const teacher = await joinClass(door, id, 'assistant', '李');
    const learner = await workingLearner(door, id, 'Ann');
    await granted(teacher.browser.ask('class:enter', { class: id, lab: LAB }));
    let told = 0;
    teacher.browser.socket.on('class:row', () => {
      told += 1;
    });
    const began = performance.now();
    for (let turn = 0; turn < 40; turn += 1) {
      await learner.browser.ask('lab:enter', { lab: LAB, step: turn % 2 === 0 ? '02-ping' : '01-links' });
    }
    await soon(() => expect(teacher.rows.get(learner.person)?.step).toBe('01-links'));
    expect(told).toBeLessThanOrEqual(2 + (performance.now() - began) / 250);
  });

  it('has who comes into it and not who leaves it, and is over for whose role went', async () => {
    const id = newClass();
    const teacher = await joinClass(door, id, 'assistant', '李');
    await granted(teacher.browser.ask('class:enter', { class: id, lab: LAB }));
    const learner = await joinClass(door, id, 'learner', 'Ann');
    await soon(() => expect(teacher.frame()?.learners).toEqual([learner.person]));
    await soon(() => expect(teacher.rows.has(learner.person)).toBe(true));
    await door.setRole(id, teacher.person, 'learner');
    await soon(() => expect(teacher.isOver()).toBe(true));
    expect(await teacher.browser.ask('class:enter', { class: id, lab: LAB })).toEqual(refused('not-yours'));
  });
});

describe('help', () => {
  async function room(): Promise<{
    id: string;
    teacher: TestMember;
    learner: Awaited<ReturnType<typeof workingLearner>>;
  }> {
    const id = newClass();
    const teacher = await joinClass(door, id, 'instructor', '王');
    const learner = await workingLearner(door, id, 'Ann');
    return { id, teacher, learner };
  }

  function typeInto(who: TestMember, terminal: string, data: string) {
    return who.browser.ask('terminal:input', { terminal, data });
  }

  it('shows the learner who watches, and lets nobody type without their consent', async () => {
    const { id, teacher, learner } = await room();
    const about = { class: id, lab: LAB, learner: learner.person };
    const guide = () => learner.browser.state()?.guide;
    // Who does not look cannot ask.
    expect(await teacher.browser.ask('help:ask', about)).toEqual(refused('not-found'));
    const watched = await granted(teacher.browser.ask('class:watch', about));
    expect(watched.session.status).toBe('ready');
    await soon(() => expect(guide()?.watching).toMatchObject([{ name: '王', role: 'instructor' }]));
    expect(learner.browser.state()?.watchers).toBe(0);

    await granted(teacher.browser.ask('terminal:attach', { terminal: learner.terminal, after: null }));
    expect(await typeInto(teacher, learner.terminal, 'x')).toEqual(refused('not-yours'));
    expect((await teacher.browser.ask('help:ask', about)).ok).toBe(true);
    await soon(() => expect(guide()?.asking).toHaveLength(1));
    expect(await typeInto(teacher, learner.terminal, 'x')).toEqual(refused('not-yours'));

    const answer = { lab: LAB, helper: teacher.person };
    await granted(learner.browser.ask('help:answer', { ...answer, allow: true }));
    await soon(() => expect(guide()).toMatchObject({ asking: [], typing: [{ person: teacher.person }] }));
    expect((await typeInto(teacher, learner.terminal, 'helped\r')).ok).toBe(true);
    await soon(() => expect(teacher.browser.bytes(learner.terminal).toString()).toContain('helped'));
    // Both may type; the size stays the owner's.
    const size = { terminal: learner.terminal, cols: 50, rows: 10, take: true };
    expect(await teacher.browser.ask('terminal:resize', size)).toEqual(refused('not-yours'));

    await granted(learner.browser.ask('help:answer', { ...answer, allow: false }));
    expect(await typeInto(teacher, learner.terminal, 'x')).toEqual(refused('not-yours'));
    expect(await learner.browser.ask('help:answer', { ...answer, allow: true })).toEqual(refused('not-found'));
    expect(await actions(id)).toEqual(['lesson:watch', 'help:ask', 'help:begin', 'help:type', 'help:end']);
    const [, typed] = await door.store.audit.list(id, undefined, 2);
    expect(typed).toMatchObject({
      actor: teacher.person,
      subject: learner.person,
      detail: { node: 'node-1', text: 'helped' },
    });
  });

  it('ends when the helper looks away, and when their role goes they see nothing more', async () => {
    const { id, teacher, learner } = await room();
    const about = { class: id, lab: LAB, learner: learner.person };
    const answer = { lab: LAB, helper: teacher.person, allow: true };
    await granted(teacher.browser.ask('class:watch', about));
    await granted(teacher.browser.ask('help:ask', about));
    await granted(learner.browser.ask('help:answer', answer));
    await granted(teacher.browser.ask('class:unwatch', {}));
    await soon(() => expect(learner.browser.state()?.guide).toMatchObject({ watching: [], typing: [] }));

    await granted(teacher.browser.ask('class:watch', about));
    await granted(teacher.browser.ask('terminal:attach', { terminal: learner.terminal, after: null }));
    await granted(teacher.browser.ask('help:ask', about));
    await granted(learner.browser.ask('help:answer', answer));
    await door.setRole(id, teacher.person, 'learner');
    await soon(() => expect(teacher.browser.watched()).toBeNull());
    expect(learner.browser.state()?.guide).toMatchObject({ watching: [], typing: [] });
    expect(await typeInto(teacher, learner.terminal, 'x')).toEqual(refused('not-yours'));
    const before = teacher.browser.received(learner.terminal);
    await granted(learner.browser.ask('terminal:attach', { terminal: learner.terminal, after: null }));
    await granted(typeInto(learner, learner.terminal, 'unseen'));
    await soon(() => expect(learner.browser.bytes(learner.terminal).toString()).toContain('unseen'));
    expect(teacher.browser.received(learner.terminal)).toBe(before);
  });

  it('is not a watcher’s by invitation, and no invitation that is taken back ends it', async () => {
    const { id, teacher, learner } = await room();
    const { code } = await granted(learner.browser.ask('lab:invite', { lab: LAB }));
    const friend = await door.connect(await door.newCookie());
    await granted(friend.ask('lab:watch', { code }));
    await granted(teacher.browser.ask('class:watch', { class: id, lab: LAB, learner: learner.person }));
    await soon(() => expect(learner.browser.state()).toMatchObject({ watchers: 1, guide: { watching: [{}] } }));
    await granted(learner.browser.ask('lab:uninvite', { lab: LAB }));
    await soon(() => expect(friend.watched()).toBeNull());
    await soon(() => expect(learner.browser.state()).toMatchObject({ watchers: 0, guide: { watching: [{}] } }));
  });

  it('brings messages to one or to all, and hands up and down', async () => {
    const { id, teacher, learner } = await room();
    const other = await workingLearner(door, id, 'Ben');
    await granted(teacher.browser.ask('class:enter', { class: id, lab: LAB }));
    const to = { class: id, lab: LAB };
    expect(await granted(teacher.browser.ask('class:message', { ...to, text: ' for all ' }))).toEqual({ learners: 2 });
    const one = { ...to, learners: [learner.person], text: '<b>for one</b>' };
    await granted(teacher.browser.ask('class:message', one));
    const texts = (who: TestMember) => who.browser.state()?.guide?.messages.map(({ text }) => text);
    await soon(() => expect(texts(learner)).toEqual(['<b>for one</b>', 'for all']));
    expect(texts(other)).toEqual(['for all']);
    expect(learner.browser.state()?.guide?.messages[0]).toMatchObject({ from: { name: '王' }, toAll: false });
    for (const text of ['  ', 'x'.repeat(501)]) {
      expect(await teacher.browser.ask('class:message', { ...to, text })).toEqual(refused('bad-request'));
    }

    await granted(learner.browser.ask('hand:raise', { lab: LAB, up: true }));
    await soon(() => expect(teacher.rows.get(learner.person)?.handSince).toBeDefined());
    await granted(teacher.browser.ask('class:lower', { ...to, learner: learner.person }));
    await soon(() => expect(teacher.rows.get(learner.person)).not.toHaveProperty('handSince'));
    expect(learner.browser.state()?.guide).not.toHaveProperty('handSince');
    const stranger = await door.learner();
    expect(await stranger.browser.ask('hand:raise', { lab: LAB, up: true })).toEqual(refused('not-found'));
    expect(stranger.browser.state()?.guide).toBeNull();
  });

  it('shows all a step', async () => {
    const { id, teacher, learner } = await room();
    await granted(teacher.browser.ask('class:highlight', { class: id, lab: LAB, step: '02-ping' }));
    await soon(() => expect(learner.browser.state()?.guide?.highlight).toBe('02-ping'));
    const wrong = { class: id, lab: LAB, step: '09-nothing' };
    expect(await teacher.browser.ask('class:highlight', wrong)).toEqual(refused('not-found'));
  });
});

describe('reset and time', () => {
  it('keeps a class from what its gate says, wherever they ask, and nobody else', async () => {
    const id = newClass();
    const teacher = await joinClass(door, id, 'instructor', '王');
    const learner = await workingLearner(door, id, 'Ann');
    const { browser, terminal } = learner;
    await granted(browser.ask('terminal:attach', { terminal, after: null }));
    const assign = (gate: 'open' | 'paused' | 'closed') =>
      granted(teacher.browser.ask('class:assign', { class: id, lab: LAB, gate, deadline: null }));
    const code = async (name: RequestName, request: object) => {
      const answer = await browser.ask(name, request as never);
      return answer.ok ? 'ok' : answer.code;
    };
    const tries = async () => ({
      type: await code('terminal:input', { terminal, data: 'x' }),
      open: await code('terminal:open', { lab: LAB, node: 'node-1' }),
      reset: await code('lab:reset', { lab: LAB }),
      check: await code('checkpoint:check', { lab: LAB, checkpoint: 'links' }),
    });

    await assign('paused');
    await soon(() => expect(browser.state()?.guide?.gate).toBe('paused'));
    expect(await tries()).toEqual({ type: 'paused', open: 'paused', reset: 'paused', check: 'ok' });
    await granted(browser.ask('lab:end', { lab: LAB }));
    expect(await code('lab:start', { lab: LAB })).toBe('ok');
    await granted(browser.ask('lab:end', { lab: LAB }));
    await assign('closed');
    expect(await code('lab:start', { lab: LAB })).toBe('closed');
    // Another class of theirs has the lab open.
    const other = newClass();
    await door.store.classes.create(other, other, Date.now());
    await door.store.classes.add(other, { person: learner.person }, Date.now());
    expect(await code('lab:start', { lab: LAB })).toBe('closed');
    await door.store.lessons.assign(other, LAB, { gate: 'open' });
    expect(await code('lab:start', { lab: LAB })).toBe('ok');
    expect(await actions(id)).toEqual(['lesson:assign', 'lesson:assign']);
  });

  it('makes nodes anew for several, once each, although two ask at once; and starts those that are to be at a step', async () => {
    const id = newClass();
    const [one, two] = [await joinClass(door, id, 'instructor', '王'), await joinClass(door, id, 'assistant', '李')];
    const learners: Awaited<ReturnType<typeof workingLearner>>[] = [];
    for (const name of ['Ann', 'Ben', 'Eva']) learners.push(await workingLearner(door, id, name));
    const absent = await joinClass(door, id, 'learner', 'Tom');
    const all = [...learners.map(({ person }) => person), absent.person];
    await granted(one.browser.ask('class:enter', { class: id, lab: LAB }));
    const order = { class: id, lab: LAB, learners: all };
    const [first, second] = await Promise.all([
      granted(one.browser.ask('class:reset', order)),
      granted(two.browser.ask('class:reset', order)),
    ]);
    expect([first, second]).toEqual(
      expect.arrayContaining([
        { queued: 3, already: 0, without: 1 },
        { queued: 0, already: 3, without: 1 },
      ]),
    );
    await soon(() => {
      for (const { person, terminal, owned } of learners) {
        expect(owned.session.status()).toBe('ready');
        expect(owned.session.terminals()).not.toContain(terminal);
        expect(one.rows.get(person)).toMatchObject({ session: { status: 'ready' } });
        expect(one.rows.get(person)).not.toHaveProperty('reset');
      }
    });
    expect(await actions(id)).toEqual(['lesson:reset']);

    const start = { class: id, lab: LAB, learners: [absent.person], step: '02-ping' };
    expect(await granted(one.browser.ask('class:reset', start))).toEqual({ queued: 1, already: 0, without: 0 });
    await soon(() => expect(one.rows.get(absent.person)?.session.status).toBe('ready'));
    for (const wrong of [
      { ...order, node: 'node-9' },
      { ...order, step: '09-nothing' },
    ]) {
      expect(await one.browser.ask('class:reset', wrong)).toEqual(refused('not-found'));
    }
  });

  it('tells on the row that a learner’s own reset was in the way', async () => {
    const id = newClass();
    const teacher = await joinClass(door, id, 'instructor', '王');
    const learner = await workingLearner(door, id, 'Ann');
    await granted(teacher.browser.ask('class:enter', { class: id, lab: LAB }));
    const own = learner.owned.session.reset();
    await granted(teacher.browser.ask('class:reset', { class: id, lab: LAB, learners: [learner.person] }));
    await soon(() => expect(teacher.rows.get(learner.person)?.reset).toEqual({ failed: 'busy' }));
    await own;
  });

  it('gives more time: a deadline of one’s own, and nodes that stay', async () => {
    const id = newClass();
    const teacher = await joinClass(door, id, 'instructor', '王');
    const learner = await workingLearner(door, id, 'Ann');
    const deadline = Date.now() + 60_000;
    const to = { class: id, lab: LAB };
    await granted(teacher.browser.ask('class:enter', to));
    await granted(teacher.browser.ask('class:assign', { ...to, gate: 'open', deadline }));
    await soon(() => expect(teacher.rows.get(learner.person)?.deadline).toBe(deadline));
    await granted(teacher.browser.ask('class:extend', { ...to, learners: [learner.person], minutes: 30 }));
    await soon(() => expect(teacher.rows.get(learner.person)?.deadline).toBe(deadline + 30 * 60_000));
    await soon(() =>
      expect(learner.browser.state()).toMatchObject({
        guide: { deadline: deadline + 30 * 60_000 },
        session: { expiresAt: deadline + 30 * 60_000 },
      }),
    );
    // Assistants help; they do not decide until when.
    const assistant = await joinClass(door, id, 'assistant', '李');
    const more = { ...to, learners: [learner.person], minutes: 30 };
    expect(await assistant.browser.ask('class:extend', more)).toEqual(refused('not-yours'));
  });
});
