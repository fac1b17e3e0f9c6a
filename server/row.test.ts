import { describe, expect, it } from 'vitest';
import type { Alarm } from './network/alarm.ts';
import { markOf, type RowResult, rowOf, rowSession } from './row.ts';

const fact = (id: string, ok: boolean) => ({ id, ok, title: `title of ${id}` });

function result(more: Partial<RowResult>): RowResult {
  return { status: 'failed', facts: [], judgedAt: 900, ...more };
}

describe('a mark', () => {
  it('is none where nothing was judged', () => {
    expect(markOf(undefined, undefined)).toBeUndefined();
    expect(markOf(result({ status: 'pending' }), undefined)).toBeUndefined();
  });

  it('names the first fact that fails, since when, and how many failures there were', () => {
    const failed = result({ facts: [fact('a', true), fact('b', false), fact('c', false)], since: 500, attempts: 3 });
    expect(markOf(failed, undefined)).toEqual({
      state: 'failed',
      since: 500,
      fact: { id: 'b', title: 'title of b' },
      fails: 3,
    });
  });

  it('passed when it passed first, and does not count that as a failure', () => {
    const passed = result({ status: 'passed', facts: [fact('a', true)], since: 600, passedAt: 400, attempts: 2 });
    expect(markOf(passed, undefined)).toEqual({ state: 'passed', since: 400, fails: 1 });
    expect(markOf({ ...passed, attempts: 1 }, undefined)).toEqual({ state: 'passed', since: 400 });
  });

  it('lapses where it holds no more, and does not because it cannot be looked at', () => {
    const lapsed = result({ facts: [fact('a', false)], passedAt: 400, since: 700 });
    expect(markOf(lapsed, undefined)).toMatchObject({ state: 'lapsed', since: 700, fact: { id: 'a' } });
    expect(markOf({ ...lapsed, status: 'unknown' }, undefined)).toMatchObject({ state: 'passed', since: 400 });
    expect(markOf({ ...lapsed, status: 'pending' }, undefined)).toMatchObject({ state: 'passed' });
  });

  it('tells what could not be judged from what is wrong, and the platform’s work from the learner’s', () => {
    expect(markOf(result({ status: 'unknown' }), undefined)?.state).toBe('unknown');
    expect(markOf(result({ status: 'passed', skipped: true }), undefined)?.state).toBe('skipped');
    expect(markOf(result({ skipped: true, facts: [fact('a', false)] }), undefined)?.state).toBe('failed');
  });

  it('is late by the first passing only', () => {
    const passed = result({ status: 'passed', passedAt: 1_000 });
    expect(markOf(passed, 1_000)).not.toHaveProperty('late');
    expect(markOf(passed, 999)).toMatchObject({ late: true });
    expect(markOf(result({}), 999)).not.toHaveProperty('late');
  });
});

describe('a session in a row', () => {
  it('carries how far the way to a step is, and that it stopped', () => {
    const there = { terminals: [], expiresAt: 9 };
    const playing = { step: 2, nodes: ['node-1'], done: 1, total: 4 };
    expect(rowSession({ status: 'resetting', since: 1, nodes: ['node-1'], to: 3, playing, ...there })).toEqual({
      status: 'resetting',
      since: 1,
      to: 3,
      playing: { step: 2, done: 1, total: 4 },
    });
    const stopped = { step: 2, node: 'node-1', why: 'exit', text: '', output: '', to: 3 } as const;
    expect(rowSession({ status: 'ready', since: 1, stopped, ...there })).toEqual({
      status: 'ready',
      since: 1,
      to: 3,
      stopped: true,
    });
    expect(rowSession({ status: 'none' })).toEqual({ status: 'none' });
  });

  it('carries what the watchdog found last, or halted', () => {
    const alarm = (node: string, did: 'cut' | 'halted'): Alarm => ({
      node,
      found: 'storm',
      did,
      links: ['br0'],
      at: 1,
    });
    const at = (alarms: ReturnType<typeof alarm>[]) =>
      rowSession({ status: 'ready', since: 1, terminals: [], expiresAt: 9, alarms }).alarm;
    expect(at([alarm('node-1', 'cut'), alarm('node-2', 'cut')])).toEqual({
      node: 'node-2',
      found: 'storm',
      did: 'cut',
    });
    expect(at([alarm('node-1', 'halted'), alarm('node-2', 'cut')])?.node).toBe('node-1');
    expect(at([])).toBeUndefined();
  });
});

describe('a row', () => {
  const checkpoints = ['a', 'b'].map((id) => ({ id, points: 10, partial: true }));

  it('sums points, and tells when the learner last got further', () => {
    const row = rowOf({
      learner: 'l',
      online: true,
      checkpoints,
      results: { a: result({ status: 'passed', passedAt: 2_000 }), b: result({ share: 0.25 }) },
      state: { status: 'ready', since: 1_500, terminals: [], expiresAt: 0 },
      startedAt: 1_000,
    });
    expect(row).toMatchObject({ points: 12.5, progressAt: 2_000, startedAt: 1_000 });
    expect(Object.keys(row.marks)).toEqual(['a', 'b']);
  });

  it('counts new nodes as getting further: who comes back the next day is not stuck since yesterday', () => {
    const row = rowOf({
      ...{ learner: 'l', online: true, checkpoints, startedAt: 1_000 },
      results: { a: result({ status: 'passed', passedAt: 2_000 }) },
      state: { status: 'ready', since: 90_000, terminals: [], expiresAt: 0 },
    });
    expect(row.progressAt).toBe(90_000);
  });

  it('is empty for who never came', () => {
    const row = rowOf({ learner: 'l', online: false, checkpoints, results: {}, state: { status: 'none' } });
    expect(row).toMatchObject({ marks: {}, points: 0, session: { status: 'none' } });
    expect(row.progressAt).toBeUndefined();
  });
});
