import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createHistory, type History } from './history.ts';
import type { Command } from './protocol.ts';
import type { Mark } from './ptyd/contract.ts';
import { createSessions, type Owned } from './sessions.ts';
import { openStore, type Store } from './store/store.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

const LAB = 'test';
const at = { now: 1_000_000 };
const fault = vi.fn();
const closing: (() => void | Promise<void>)[] = [];
let store: Store;
let history: History;
let ann: Owned;
let terminals: string[];

beforeEach(async () => {
  fault.mockClear();
  store = await openStore(':memory:');
  await store.people.create('ann', 'token', 0);
  const sessions = createSessions({
    store,
    labd: createFakeLabd(),
    source: () => createTestLab().source,
    sessionsMax: 1,
    idleMs: 60_000,
    now: () => at.now,
    changed: () => {},
    passed: () => {},
    fault,
  });
  closing.push(() => store.close());
  ann = await sessions.of('ann', LAB);
  await sessions.start(ann);
  terminals = ann.session.terminals();
  history = restart();
});

afterEach(async () => {
  expect(fault).not.toHaveBeenCalled();
  for (const close of closing.splice(0).reverse()) await close();
});

/** The history of a web that has just been started. */
function restart(): History {
  return createHistory({ store, now: () => at.now, fault });
}

function mark(kind: Mark['kind'], told: Partial<Mark> = {}, terminal = terminals[0] ?? ''): void {
  history.mark(ann, terminal, { kind, code: null, command: null, ...told });
}

/** The list, once it is as told; without ids. */
function listed(...wanted: Partial<Command>[]): Promise<void> {
  return vi.waitFor(async () => expect(await history.list('ann', LAB)).toMatchObject(wanted));
}

it('keeps a command from when it begins to when it ends', async () => {
  mark('C', { command: 'ping -c 1 10.0.0.2' });
  await listed({ node: 'node-1', text: 'ping -c 1 10.0.0.2', at: at.now, code: null, tookMs: null });
  at.now += 1_200;
  mark('D', { code: 1 });
  await listed({ code: 1, tookMs: 1_200 });
});

it('takes the text when it comes after the beginning, and the beginning for the time', async () => {
  const began = at.now;
  mark('C');
  at.now += 900;
  mark('C', { command: '(sleep 0.9)' });
  mark('D', { code: 0 });
  await listed({ text: '(sleep 0.9)', at: began, code: 0, tookMs: 900 });
});

it('keeps each command of a pasted block, of which only the last has a known end', async () => {
  for (const command of ['one', 'two']) {
    mark('C');
    mark('C', { command });
    at.now += 10;
  }
  mark('D', { code: 2 });
  await listed({ text: 'two', code: 2, tookMs: 10 }, { text: 'one', code: null, tookMs: 10 });
});

it('keeps nothing of a command whose text is not told, nor of marks that end nothing', async () => {
  mark('D', { code: 0 });
  mark('C');
  mark('D', { code: 7 });
  mark('C', { command: 'told' });
  await listed({ text: 'told', code: null });
});

it('tells the terminals of a session apart', async () => {
  mark('C', { command: 'tcpdump' }, terminals[1]);
  at.now += 5;
  mark('C', { command: 'ls' });
  mark('D', { code: 0 });
  await listed({ node: 'node-1', text: 'ls', code: 0 }, { node: 'node-2', text: 'tcpdump', code: null });
});

it('hears of the end after web was restarted, but not of an end that was told before', async () => {
  mark('C', { command: 'sleep 5' });
  await listed({ text: 'sleep 5' });
  history = restart();
  at.now += 5_000;
  mark('D', { code: 0 });
  await listed({ code: 0, tookMs: 5_000 });
  history = restart();
  mark('D', { code: 1 });
  await listed({ code: 0, tookMs: 5_000 });
});

it('ends the last command with its shell', async () => {
  mark('C', { command: 'exit 3' });
  history.ended(terminals[0] ?? '', 3);
  await listed({ text: 'exit 3', code: 3 });
});

it('makes plain what a node tells, and keeps few of a flood', async () => {
  mark('C', { command: `\x1b]0;x\x07 a\n\x9bb\r${'网'.repeat(600)} ` });
  mark('D');
  await listed({ text: `]0;x  a\n b ${'网'.repeat(489)}` });
  for (let index = 0; index < 40; index++) mark('C', { command: `flood ${index}` });
  await vi.waitFor(async () => expect(await history.list('ann', LAB)).toHaveLength(5));
  history.mark({ ...ann, person: 'nobody' }, 'not-a-terminal', { kind: 'C', code: null, command: 'no' });
  mark('D', { code: 0 });
  expect(await history.list('ann', LAB)).toHaveLength(5);
});

it('forgets the oldest when there are too many, and all when it is told to', async () => {
  const begun = { person: 'ann', lab: LAB, session: 's', node: 'node-1', terminal: 't' };
  for (let index = 1; index <= 1_003; index++) await store.commands.begin({ ...begun, text: `${index}`, at: index });
  await store.commands.begin({ ...begun, lab: 'other', text: 'other', at: 0 });
  const all = await store.commands.list('ann', LAB, 2_000);
  expect(all).toHaveLength(1_000);
  expect([all[0]?.text, all.at(-1)?.text]).toEqual(['1003', '4']);
  await history.clear('ann', LAB);
  expect(await history.list('ann', LAB)).toEqual([]);
  expect(await history.list('ann', 'other')).toHaveLength(1);
});
