import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SessionPart } from './lab-session.ts';
import { AWAY_MAX_MS } from './queue.ts';
import { createSessions, type Owned } from './sessions.ts';
import { openStore, type Store } from './store/store.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

const IDLE_MS = 60_000;
const LAB = 'test';
const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function newStore(...people: string[]): Promise<Store> {
  const store = await openStore(':memory:');
  closing.push(() => store.close());
  for (const person of people) await store.people.create(person, `token of ${person}`, 0);
  return store;
}

function open(store: Store, existing: { session: string; alive: boolean }[] = [], sessionsMax = 2) {
  const away = new Set<string>();
  const labd = createFakeLabd(existing);
  const { source, truth } = createTestLab();
  const at = { now: 1_000_000 };
  const states: SessionPart[] = [];
  const passed: string[] = [];
  const fault = vi.fn();
  const sessions = createSessions({
    store,
    labd,
    source: (lab) => (lab === LAB ? source : undefined),
    sessionsMax,
    idleMs: IDLE_MS,
    now: () => at.now,
    isHere: ({ person }) => !away.has(person),
    steady: () => at.now,
    changed: (_owned, state) => states.push(state),
    passed: (_owned, title) => passed.push(title),
    fault,
  });
  closing.push(() => sessions.close());
  return { sessions, labd, truth, at, away, states, passed, fault };
}

async function begin(sessions: ReturnType<typeof open>['sessions'], person: string): Promise<Owned> {
  const owned = await sessions.of(person, LAB);
  await sessions.start(owned);
  return owned;
}

const nobody = { watched: () => false, used: () => false };

describe('the queue for nodes', () => {
  /** Ann has the only nodes there may be, the others wait in this order. */
  async function full(...others: string[]) {
    const store = await newStore('ann', ...others);
    const opened = open(store, [], 1);
    const ann = await begin(opened.sessions, 'ann');
    const waiting: Owned[] = [];
    for (const person of others) {
      opened.at.now += 1;
      waiting.push(await begin(opened.sessions, person));
    }
    const shown = () => waiting.map(({ session }) => session.state().session);
    return { ...opened, store, ann, waiting, shown };
  }

  it('says how many come before, and that moves', async () => {
    const { sessions, ann, waiting, shown } = await full('ben', 'eva', 'joe');
    expect(shown()).toMatchObject([
      { status: 'queued', ahead: 0 },
      { status: 'queued', ahead: 1 },
      { status: 'queued', ahead: 2 },
    ]);
    const [ben, eva, joe] = waiting as [Owned, Owned, Owned];
    // Asking again keeps the place.
    await sessions.start(ben);
    await sessions.end(eva, 'ended');
    expect(shown()).toMatchObject([{ ahead: 0 }, { status: 'none' }, { ahead: 1 }]);
    await sessions.end(ann, 'ended');
    await vi.waitFor(() => expect(ben.session.status()).toBe('ready'));
    expect(joe.session.state().session).toMatchObject({ status: 'queued', ahead: 0 });
  });

  it('brings nodes to the step that was wished for', async () => {
    const { sessions, ann, waiting, labd } = await full('ben');
    const [ben] = waiting as [Owned];
    await sessions.start(ben, '02-ping');
    await sessions.end(ann, 'ended');
    await vi.waitFor(() => expect(ben.session.status()).toBe('ready'));
    expect(labd.calls).toContain('exec node-1');
  });

  it('passes over whoever is away, who keeps the place for a while', async () => {
    const { sessions, at, away, ann, waiting } = await full('ben', 'eva', 'joe');
    const [ben, eva, joe] = waiting as [Owned, Owned, Owned];
    away.add('ben');
    await sessions.end(ann, 'ended');
    await vi.waitFor(() => expect(eva.session.status()).toBe('ready'));
    at.now += AWAY_MAX_MS - 1_000;
    sessions.touch(eva);
    await sessions.sweep(nobody);
    expect(ben.session.state().session).toMatchObject({ status: 'queued', ahead: 0 });
    at.now += 2_000;
    await sessions.sweep(nobody);
    expect(ben.session.state().session).toMatchObject({ status: 'gone', reason: 'away' });
    expect(joe.session.state().session).toMatchObject({ status: 'queued', ahead: 0 });
  });

  it('serves who comes back as soon as they do, before those who come now', async () => {
    const { sessions, away, ann, waiting } = await full('ben', 'joe');
    const [ben, joe] = waiting as [Owned, Owned];
    for (const person of ['ben', 'joe']) away.add(person);
    await sessions.end(ann, 'ended');
    away.clear();
    await sessions.start(ann);
    await vi.waitFor(() => expect(ben.session.status()).toBe('ready'));
    expect(joe.session.state().session).toMatchObject({ ahead: 0 });
    expect(ann.session.state().session).toMatchObject({ status: 'queued', ahead: 1 });
  });

  it('outlives web, in its order', async () => {
    const { store, ann } = await full('ben', 'joe');
    const next = open(store, [{ session: ann.session.id, alive: true }], 1);
    next.at.now += 10_000;
    await next.sessions.adopt([]);
    const [ben, joe] = [await next.sessions.of('ben', LAB), await next.sessions.of('joe', LAB)];
    expect(ben.session.state().session).toMatchObject({ status: 'queued', ahead: 0 });
    expect(joe.session.state().session).toMatchObject({ status: 'queued', ahead: 1 });
    await next.sessions.end(await next.sessions.of('ann', LAB), 'ended');
    await vi.waitFor(() => expect(ben.session.status()).toBe('ready'));
    expect((await store.sessions.queued()).map(({ person }) => person)).toEqual(['joe']);
  });

  it('goes over to whom a person becomes', async () => {
    const { sessions, store, waiting } = await full('ben', 'joe');
    await store.people.create('eva', 'token of eva', 0);
    await sessions.move('ben', 'eva', async () => undefined);
    const eva = await sessions.of('eva', LAB);
    expect(eva.session.state().session).toMatchObject({ status: 'queued', ahead: 0 });
    expect(waiting[1]?.session.state().session).toMatchObject({ ahead: 1 });
    await sessions.drop('eva');
    expect((await store.sessions.queued()).map(({ person }) => person)).toEqual(['joe']);
  });

  it('shortens the life of nodes that nobody uses, and no longer once nobody waits', async () => {
    const { sessions, at, ann, waiting } = await full('ben');
    const expiresAt = () => {
      const { session } = ann.session.state();
      return session.status === 'ready' ? session.expiresAt : 0;
    };
    const usual = expiresAt();
    at.now += IDLE_MS / 2;
    await sessions.sweep(nobody);
    expect(expiresAt()).toBeLessThan(usual);
    await sessions.end(waiting[0] as Owned, 'ended');
    await sessions.sweep(nobody);
    expect(expiresAt()).toBe(usual);
  });
});

describe('sessions', () => {
  it('give a person one session in a lab, also when it is asked for twice at once', async () => {
    const { sessions } = open(await newStore('ann'));
    const [first, second] = await Promise.all([sessions.of('ann', LAB), sessions.of('ann', LAB)]);
    expect(second).toBe(first);
    expect(await sessions.of('ann', LAB)).toBe(first);
    await expect(sessions.of('ann', 'no-such-lab')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('never have more nodes than there may be, also when the last place is asked for at once', async () => {
    const { sessions, labd } = open(await newStore('ann', 'ben', 'eva'));
    const all = await Promise.all(['ann', 'ben', 'eva'].map((person) => begin(sessions, person)));
    expect(all.map(({ session }) => session.status())).toEqual(['ready', 'ready', 'queued']);
    expect(labd.calls.filter((call) => call === 'create')).toHaveLength(2);
  });

  it('start a broken session anew', async () => {
    const { sessions, labd } = open(await newStore('ann'));
    labd.fail('create', true);
    const owned = await begin(sessions, 'ann');
    expect(owned.session.status()).toBe('broken');
    labd.fail('create', false);
    await sessions.start(owned);
    expect(owned.session.status()).toBe('ready');
  });

  it('refuse a step that the lab does not have before there are nodes', async () => {
    const store = await newStore('ann');
    const { sessions } = open(store);
    const owned = await sessions.of('ann', LAB);
    await expect(sessions.start(owned, '99-no')).rejects.toMatchObject({ code: 'not-found' });
    expect(await store.sessions.active()).toEqual([]);
  });

  it('go on, in another web, with nodes that were on their way, and remember what was skipped', async () => {
    const store = await newStore('ann');
    const first = open(store);
    const owned = await first.sessions.of('ann', LAB);
    first.labd.hold('exec');
    void first.sessions.start(owned, '02-ping');
    await vi.waitFor(() => expect(first.labd.calls).toContain('exec node-1'));
    // The first web is never heard of again.
    const second = open(store, [{ session: owned.session.id, alive: true }]);
    second.truth.add('links');
    await second.sessions.adopt([]);
    const again = await second.sessions.of('ann', LAB);
    expect(again.session.state().session).toMatchObject({ status: 'resetting', to: 2 });
    await vi.waitFor(() => expect(again.session.status()).toBe('ready'));
    await vi.waitFor(() => expect(again.session.state().results.links?.status).toBe('passed'));
    expect((await store.sessions.active())[0]?.standing).toEqual({ jumps: { 'node-1': 2, 'node-2': 2 } });
    await vi.waitFor(async () => {
      const { results } = await store.progress.read('ann', LAB);
      expect(results.links).toMatchObject({ status: 'passed', skipped: true });
      expect(results.links?.passedAt).toBeUndefined();
    });
  });

  it('tell several changes in one turn as one state', async () => {
    const { sessions, states } = open(await newStore('ann'));
    const owned = await begin(sessions, 'ann');
    await vi.waitFor(() => expect(states.at(-1)?.session.status).toBe('ready'));
    const told = states.length;
    owned.session.setExpiry(1);
    for (const terminal of owned.session.terminals()) owned.session.terminalEnded(terminal);
    await vi.waitFor(() => expect(states).toHaveLength(told + 1));
    expect(states.at(-1)?.session).toMatchObject({ expiresAt: 1, terminals: [] });
    expect(sessions.terminals()).toEqual([]);
  });

  it('judge again by themselves when the nodes could not be read, until that is possible', async () => {
    const { sessions, labd, truth } = open(await newStore('ann'));
    truth.add('links');
    const owned = await begin(sessions, 'ann');
    owned.session.standAt('01-links');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      // Nor whether they live: a busy machine says nothing at all.
      for (const verb of ['snapshot', 'list'] as const) labd.fail(verb, true);
      const status = () => owned.session.state().results.links?.status;
      sessions.hint(owned);
      await vi.advanceTimersByTimeAsync(1);
      await vi.waitFor(() => expect(status()).toBe('unknown'));
      labd.fail('snapshot', false);
      await vi.advanceTimersByTimeAsync(2_000);
      await vi.waitFor(() => expect(status()).toBe('passed'));
    } finally {
      vi.useRealTimers();
    }
  });

  it('judge at once after a hint, and what came meanwhile once more', async () => {
    const { sessions, labd } = open(await newStore('ann'));
    const owned = await begin(sessions, 'ann');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const snapshots = () => labd.calls.filter((call) => call === 'snapshot').length;
      for (let n = 0; n < 100; n += 1) sessions.hint(owned);
      await vi.advanceTimersByTimeAsync(0);
      expect(snapshots()).toBe(1);
      for (let n = 0; n < 100; n += 1) sessions.hint(owned);
      await vi.advanceTimersByTimeAsync(99);
      expect(snapshots()).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(snapshots()).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tell of a checkpoint once, when it is passed for the first time', async () => {
    const store = await newStore('ann');
    const { sessions, truth, passed, at } = open(store);
    const { session } = await begin(sessions, 'ann');
    await session.judge(true, 'links');
    expect(passed).toEqual([]);
    truth.add('links');
    await session.judge(true, 'links');
    truth.delete('links');
    at.now += 1_000;
    await session.judge(true, 'links');
    truth.add('links');
    await session.judge(true, 'links');
    expect(passed).toEqual(['links']);
    // Nor does a later web tell of it again.
    await sessions.end(await sessions.of('ann', LAB), 'ended');
    const later = open(store);
    later.truth.add('links');
    const again = await begin(later.sessions, 'ann');
    await again.session.judge(true, 'links');
    expect(later.passed).toEqual([]);
  });

  it('end what nobody has used for too long, later forget it, and keep the results', async () => {
    const store = await newStore('ann', 'ben');
    const { sessions, labd, truth, at } = open(store);
    const [left, used] = [await begin(sessions, 'ann'), await begin(sessions, 'ben')];
    // A page that is open and untouched uses nothing.
    let isOpen = true;
    const sweep = () => sessions.sweep({ watched: () => isOpen, used: (owned) => owned === used });
    truth.add('links');
    await left.session.judge(true, 'links');
    at.now += IDLE_MS;
    await sweep();
    expect(left.session.status()).toBe('ready');
    at.now += 1;
    await sweep();
    expect(left.session.state().session).toMatchObject({ status: 'gone', reason: 'expired' });
    expect(used.session.state().session).toMatchObject({ status: 'ready', expiresAt: at.now - 1 + IDLE_MS });
    expect((await store.sessions.active()).map((each) => each.person)).toEqual(['ben']);
    await sweep();
    expect(await sessions.of('ann', LAB)).toBe(left);
    at.now += IDLE_MS + 1;
    // Nor does what is open forget why its nodes are gone.
    await sweep();
    expect(await sessions.of('ann', LAB)).toBe(left);
    isOpen = false;
    await sweep();
    const again = await sessions.of('ann', LAB);
    expect(again).not.toBe(left);
    expect(again.session.state()).toMatchObject({
      session: { status: 'none' },
      results: { links: { status: 'passed' } },
    });
    expect(labd.calls.filter((call) => call === 'destroy')).toHaveLength(1);
  });

  it('keep what is touched, and what was given time, over a restart too', async () => {
    const store = await newStore('ann', 'ben');
    const { sessions, at } = open(store);
    const [ann, ben] = [await begin(sessions, 'ann'), await begin(sessions, 'ben')];
    const sweep = () => sessions.sweep({ watched: () => false, used: () => false });
    const began = at.now;
    await sessions.keep(ben, began + 3 * IDLE_MS);
    at.now += IDLE_MS;
    sessions.touch(ann);
    at.now += 1;
    await sweep();
    expect([ann, ben].map((owned) => owned.session.status())).toEqual(['ready', 'ready']);
    expect(ann.session.state().session).toMatchObject({ expiresAt: at.now - 1 + IDLE_MS });
    expect(await store.sessions.active()).toMatchObject([
      { person: 'ann', seenAt: at.now - 1 },
      { person: 'ben', seenAt: began + 2 * IDLE_MS },
    ]);
    at.now += 2 * IDLE_MS - 1;
    await sweep();
    expect([ann, ben].map((owned) => owned.session.status())).toEqual(['gone', 'ready']);
  });

  it('end the others although one cannot be ended', async () => {
    const { sessions, labd, at, fault } = open(await newStore('ann', 'ben'));
    const both = [await begin(sessions, 'ann'), await begin(sessions, 'ben')];
    labd.fail('destroy', true);
    at.now += IDLE_MS + 1;
    await sessions.sweep({ watched: () => false, used: () => false });
    expect(both.map((owned) => owned.session.status())).toEqual(['gone', 'gone']);
    expect(fault).toHaveBeenCalledTimes(2);
  });

  it('remove the nodes of one that could not be ended, when that is possible again', async () => {
    const { sessions, labd } = open(await newStore('ann'), [{ session: 'nobodys1', alive: true }]);
    await begin(sessions, 'ann');
    await sessions.sweep({ watched: () => true, used: () => true });
    expect(labd.calls.filter((call) => call === 'destroy')).toHaveLength(1);
  });

  it('go on with what a former web left: the living, the dead, and what nobody owns', async () => {
    const store = await newStore('ann', 'ben');
    const former = open(store);
    const [ann, ben] = [await begin(former.sessions, 'ann'), await begin(former.sessions, 'ben')];
    const [kept, lost] = ann.session.terminals();
    former.sessions.close();

    const { sessions, labd } = open(store, [
      { session: ann.session.id, alive: true },
      { session: ben.session.id, alive: false },
      { session: 'nobodys1', alive: true },
    ]);
    await sessions.adopt([kept ?? '']);
    const living = await sessions.of('ann', LAB);
    expect(living.session.state().session).toMatchObject({ status: 'ready', terminals: [{ terminal: kept }] });
    expect(sessions.byTerminal(kept ?? '')).toBe(living);
    expect(sessions.byTerminal(lost ?? '')).toBeUndefined();
    const dead = await sessions.of('ben', LAB);
    expect(dead.session.state().session).toMatchObject({ status: 'broken', reason: 'nodes-died' });
    expect(labd.calls).toEqual(['list', 'list', 'destroy']);
    await sessions.start(dead);
    expect(dead.session.status()).toBe('ready');
  });
});
