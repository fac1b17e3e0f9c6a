import { describe, expect, it, vi } from 'vitest';
import type { Standing } from './jumps.ts';
import type { Labd } from './labd/contract.ts';
import type { Alarm } from './network/alarm.ts';
import type { SessionState, TerminalInfo } from './protocol.ts';
import { createLabSession } from './session.ts';
import type { OpenedHint } from './store/hints.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

function setUp(adopted?: { since: number; terminals: TerminalInfo[]; standing: Standing }) {
  const existing: Awaited<ReturnType<Labd['list']>> = [];
  const labd = createFakeLabd(existing);
  const { source, truth } = createTestLab();
  const record = {
    started: vi.fn(async () => undefined),
    finished: vi.fn(async () => undefined),
    save: vi.fn(async () => undefined),
    openHint: vi.fn(async (_hint: OpenedHint) => undefined),
    setTerminals: vi.fn(async (_terminals: TerminalInfo[]) => undefined),
    setStanding: vi.fn(async (_standing: Standing) => undefined),
  };
  const fault = vi.fn();
  let names = 0;
  const session = createLabSession({
    id: 'session1',
    source,
    labd,
    record,
    now: () => 1_000,
    expiresAt: 5_000,
    results: {},
    opened: [],
    times: {},
    adopted,
    newTerminalId: () => `terminal${++names}`,
    tryWriting: async () => undefined,
    changed: () => undefined,
    fault,
  });
  const told = () => session.state().session;
  const listed = () => {
    const state: SessionState = told();
    return 'terminals' in state ? state.terminals : [];
  };
  const on = (node: string) => listed().find((each) => each.node === node)?.terminal;
  return { session, labd, existing, truth, record, fault, told, listed, on };
}

describe('a lab session', () => {
  it('makes nodes once, however often it is asked, with a terminal on each', async () => {
    const { session, labd, record, told, listed } = setUp();
    const release = labd.hold('create');
    const made = [session.start(), session.start()];
    expect(told()).toMatchObject({ status: 'creating' });
    await expect(session.reset()).rejects.toMatchObject({ code: 'busy' });
    await expect(session.openTerminal('node-1')).rejects.toMatchObject({ code: 'not-ready' });
    session.progress('starting', 'node-2');
    expect(told()).toMatchObject({ stage: 'starting', node: 'node-2' });
    release();
    await Promise.all(made);
    expect(labd.calls).toEqual(['create', 'openTerminal node-1', 'openTerminal node-2']);
    expect(told()).toMatchObject({ status: 'ready', expiresAt: 5_000 });
    expect(listed().map(({ node, number }) => [node, number])).toEqual([
      ['node-1', 1],
      ['node-2', 1],
    ]);
    expect(record.started).toHaveBeenCalledOnce();
    expect(record.setTerminals).toHaveBeenLastCalledWith(listed());
  });

  it('resets one node and leaves the other its terminals', async () => {
    const { session, labd, on, told } = setUp();
    await session.start();
    const [first, second] = [on('node-1'), on('node-2')];
    const release = labd.hold('reset');
    const reset = session.reset({ node: 'node-1' });
    await expect(session.reset()).rejects.toMatchObject({ code: 'busy' });
    await vi.waitFor(() => expect(labd.calls).toContain('reset node-1'));
    expect(told()).toMatchObject({ status: 'resetting', nodes: ['node-1'] });
    release();
    await reset;
    expect(on('node-2')).toBe(second);
    expect(on('node-1')).not.toBe(first);
    expect([...labd.terminals.keys()]).toEqual(expect.arrayContaining([on('node-1'), on('node-2')]));
    expect(labd.terminals.size).toBe(2);
  });

  it('does not bring back a terminal that ended while the other node was reset', async () => {
    const { session, labd, on } = setUp();
    await session.start();
    const release = labd.hold('reset');
    const reset = session.reset({ node: 'node-1' });
    session.terminalEnded(on('node-2') ?? '');
    release();
    await reset;
    expect(on('node-2')).toBeUndefined();
    expect(on('node-1')).toBeDefined();
  });

  it('ends a terminal that was being opened when the reset of its node began', async () => {
    const { session, labd, listed } = setUp();
    await session.start();
    const release = labd.hold('openTerminal');
    const opening = session.openTerminal('node-1');
    await vi.waitFor(() => expect(labd.calls.filter((call) => call === 'openTerminal node-1')).toHaveLength(2));
    const reset = session.reset({ node: 'node-1' });
    release();
    await Promise.all([opening, reset]);
    expect(listed()).toHaveLength(2);
    expect([...labd.terminals.keys()].sort()).toEqual(
      listed()
        .map((each) => each.terminal)
        .sort(),
    );
  });

  it('numbers terminals one after the other and refuses more than a few', async () => {
    const { session, listed } = setUp();
    await session.start();
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => session.openTerminal('node-1')));
    expect(asked.map((each) => each.status)).toEqual([...Array(7).fill('fulfilled'), 'rejected']);
    expect(asked.at(-1)).toMatchObject({ reason: { code: 'too-many' } });
    const numbers = listed().flatMap((each) => (each.node === 'node-1' ? [each.number] : []));
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is broken when nodes cannot be made, and starts again from nothing', async () => {
    const { session, labd, told, fault, listed } = setUp();
    labd.fail('create', true);
    await session.start();
    expect(told()).toEqual({ status: 'broken', since: 1_000, reason: 'nodes-failed' });
    expect(fault).toHaveBeenCalledOnce();
    labd.fail('create', false);
    await session.reset({ node: 'node-1' });
    expect(told()).toMatchObject({ status: 'ready' });
    expect(listed()).toHaveLength(2);
    expect(labd.calls).toContain('destroy');
  });

  it('tells that its nodes died when they cannot be read and labd knows nothing of them', async () => {
    const { session, labd, told } = setUp();
    await session.start();
    labd.fail('snapshot', true);
    await session.judge(true, 'links');
    await vi.waitFor(() => expect(told()).toMatchObject({ status: 'broken', reason: 'nodes-died' }));
  });

  it('tells what labd had to stop, and is not broken for a node that was halted', async () => {
    const { session, labd, existing, told } = setUp();
    await session.start();
    expect(told()).not.toHaveProperty('alarms');
    const alarm: Alarm = { node: 'node-1', found: 'storm', did: 'halted', links: [], at: 1 };
    session.alarmed([alarm]);
    expect(told()).toMatchObject({ status: 'ready', alarms: [alarm] });
    existing.push({ session: 'session1', alive: false, alarms: [alarm] });
    labd.fail('snapshot', true);
    await session.judge(true, 'links');
    await vi.waitFor(() => expect(labd.calls).toContain('list'));
    expect(told()).toMatchObject({ status: 'ready' });
    await session.reset({ node: 'node-1' });
    session.alarmed([]);
    expect(labd.calls).toContain('reset node-1');
    expect(told()).not.toHaveProperty('alarms');
  });

  it('is broken when the nodes of a former web are dead, and gone nodes can be made again', async () => {
    const { session, labd, told } = setUp({
      since: 1,
      terminals: [{ terminal: 'former1', node: 'node-1', number: 1 }],
      standing: { jumps: {} },
    });
    session.died();
    expect(told()).toMatchObject({ status: 'broken', reason: 'nodes-died' });
    await session.reset();
    expect(session.terminals()).not.toContain('former1');
    await session.end('ended');
    expect(told()).toMatchObject({ status: 'gone', reason: 'ended' });
    await session.start();
    expect(told()).toMatchObject({ status: 'ready' });
    expect(labd.calls.filter((call) => call === 'create')).toHaveLength(2);
  });

  it('ends after the nodes have been made, and stays gone', async () => {
    const { session, labd, told } = setUp();
    const release = labd.hold('create');
    const [made, ended] = [session.start(), session.end('expired')];
    release();
    await Promise.all([made, ended]);
    expect(told()).toMatchObject({ status: 'gone', reason: 'expired' });
    expect(labd.calls.indexOf('destroy')).toBeGreaterThan(labd.calls.lastIndexOf('openTerminal node-2'));
    expect(labd.terminals.size).toBe(0);
  });

  it('goes on with a reset when a judgement before it could not be kept', async () => {
    const { session, labd, record, told } = setUp();
    await session.start();
    record.save.mockRejectedValueOnce(new Error('the disk is full')).mockRejectedValueOnce(new Error('still'));
    const release = labd.hold('snapshot');
    const judged = expect(session.judge(true, 'links')).rejects.toThrow();
    const reset = session.reset();
    release();
    await Promise.all([judged, reset]);
    expect(told()).toMatchObject({ status: 'ready' });
  });

  it('looks again after a reset at what was true of the former nodes', async () => {
    const { session, truth } = setUp();
    await session.start();
    session.standAt('01-links');
    truth.add('links');
    await session.judge(false);
    expect(session.state().results.links?.status).toBe('passed');
    truth.delete('links');
    await session.reset();
    await vi.waitFor(() => expect(session.state().results.links?.status).toBe('failed'));
    expect(session.state().results.links?.passedAt).toBe(1_000);
    expect(session.state().scores).toEqual({ links: 10, ping: 0, asked: 0 });
  });

  it('notes when the last checkpoint has been passed', async () => {
    const { session, truth, record } = setUp();
    await session.start();
    session.standAt('02-ping');
    for (const each of ['links', 'tried', 'state'] as const) truth.add(each);
    await session.judge(true, 'links');
    await session.judge(false);
    expect(record.finished).not.toHaveBeenCalled();
    await session.answer('asked', { ttl: '0x40', other: 'dropped' });
    expect(session.state().results.asked).toMatchObject({ status: 'passed', answers: { ttl: '0x40' } });
    expect(record.finished).toHaveBeenCalledExactlyOnceWith(1_000);
    expect(session.state().finishedAt).toBe(1_000);
  });

  it('plays on new nodes what the text does before a step, tells how far it is, and opens terminals last', async () => {
    const { session, labd, told, listed, record } = setUp();
    await session.start();
    labd.calls.splice(0);
    const release = labd.hold('exec');
    const reset = session.reset({ step: '02-ping' });
    await vi.waitFor(() => expect(labd.calls).toContain('exec node-1'));
    const playing = { step: 1, nodes: ['node-1', 'node-2'], done: 0, total: 3 };
    expect(told()).toMatchObject({ status: 'resetting', to: 2, playing });
    expect(record.setStanding).toHaveBeenLastCalledWith({ jumps: { 'node-1': 2, 'node-2': 2 }, travel: { step: 2 } });
    await expect(session.reset()).rejects.toMatchObject({ code: 'busy' });
    await expect(session.openTerminal('node-1')).rejects.toMatchObject({ code: 'not-ready' });
    release();
    await reset;
    const work = labd.calls.filter((call) => !call.startsWith('closeTerminal') && call !== 'snapshot');
    expect(work).toEqual([
      'destroy',
      'create',
      'exec node-1',
      'exec node-2',
      'exec node-2',
      'exec node-1',
      'openTerminal node-1',
      'openTerminal node-2',
    ]);
    expect(listed()).toHaveLength(2);
    expect(record.setStanding).toHaveBeenLastCalledWith({ jumps: { 'node-1': 2, 'node-2': 2 }, travel: undefined });
    await expect(session.reset({ step: '99-no' })).rejects.toMatchObject({ code: 'not-found' });
    expect(told()).toMatchObject({ status: 'ready' });
  });

  it('begins at a later step also without nodes', async () => {
    const { session, labd, told } = setUp();
    await session.start('02-ping');
    expect(told()).toMatchObject({ status: 'ready' });
    expect(labd.calls.filter((call) => call.startsWith('exec'))).toHaveLength(4);
  });

  it('gives nothing for what it did itself, until the learner has done it on nodes of their own', async () => {
    const { session, truth, record } = setUp();
    truth.add('links');
    await session.start('02-ping');
    session.standAt('02-ping');
    for (const each of ['tried', 'state'] as const) truth.add(each);
    await vi.waitFor(() => expect(session.state().results.links).toMatchObject({ status: 'passed', skipped: true }));
    await session.judge(true, 'links');
    await session.judge(false);
    await session.answer('asked', { ttl: '64' });
    expect(session.state().results.links?.passedAt).toBeUndefined();
    expect(session.state().results.ping).toMatchObject({ status: 'passed', passedAt: 1_000 });
    expect(record.finished).not.toHaveBeenCalled();
    // One node alone is not enough: the other one is still where it was brought.
    await session.reset({ node: 'node-1' });
    await session.judge(true, 'links');
    expect(session.state().results.links?.skipped).toBe(true);
    await session.reset();
    await session.judge(true, 'links');
    expect(session.state().results.links).toMatchObject({ status: 'passed', passedAt: 1_000 });
    expect(session.state().results.links?.skipped).toBeUndefined();
    expect(record.finished).toHaveBeenCalledOnce();
    session.close();
  });

  it('finishes what a former web was doing to the nodes, and leaves it to the next one when it closes', async () => {
    const standing = { jumps: { 'node-1': 2 }, travel: { step: 2, node: 'node-1' } };
    const { session, labd, told, record } = setUp({ since: 1, terminals: [], standing });
    const release = labd.hold('exec');
    const resumed = session.resume();
    expect(told()).toMatchObject({ status: 'resetting', nodes: ['node-1'], to: 2 });
    session.died();
    expect(told()).toMatchObject({ status: 'resetting' });
    await vi.waitFor(() => expect(labd.calls).toContain('exec node-1'));
    session.close();
    release();
    await resumed;
    expect(labd.calls).not.toContain('openTerminal node-1');
    expect(record.setStanding).toHaveBeenLastCalledWith(
      expect.objectContaining({ travel: { step: 2, node: 'node-1' } }),
    );
  });

  it('leaves usable nodes and says so when a block could not be played', async () => {
    const { session, labd, told, listed, fault } = setUp();
    labd.fail('exec', true);
    await session.start('02-ping');
    const stopped = { to: 2, step: 1, node: 'node-1', why: 'unavailable', text: 'make a link' };
    expect(told()).toMatchObject({ status: 'ready', stopped });
    expect(listed()).toHaveLength(2);
    expect(fault).toHaveBeenCalled();
    labd.fail('exec', false);
    await session.reset({ step: '02-ping' });
    expect(told()).not.toHaveProperty('stopped', expect.anything());
  });
});
