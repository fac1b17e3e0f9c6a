import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeeping } from './keeping.ts';
import type { CheckpointResult } from './protocol.ts';

/** Longer than between two tries. */
const LATER_MS = 4_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const state: { error: Error | undefined } = { error: undefined };
  const full = () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  const saved: [string, CheckpointResult][] = [];
  const write = async () => {
    if (state.error) throw state.error;
  };
  const fault = vi.fn();
  const changed = vi.fn();
  const keeping = createKeeping({
    record: {
      started: write,
      finished: write,
      openHint: write,
      setTerminals: write,
      setStanding: write,
      async save(checkpoint, result) {
        await write();
        saved.push([checkpoint, result]);
      },
    },
    tryWriting: write,
    changed,
    fault,
  });
  const result = (status: 'passed' | 'failed', passedAt?: number): CheckpointResult => ({
    status,
    facts: [],
    passedAt,
  });
  return { state, full, saved, fault, changed, keeping, result };
}

describe('results', () => {
  it('wait while the store is full, say so, and are stored in order when it is not', async () => {
    const { state, full, saved, fault, changed, keeping, result } = open();
    state.error = full();
    await keeping.record.save('links', result('failed'));
    await keeping.record.save('links', result('passed', 1));
    await keeping.record.save('ping', result('failed'));
    expect(keeping.trouble()).toContain('磁盘满了');
    expect(changed).toHaveBeenCalledOnce();
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(3 * LATER_MS);
    expect(fault).toHaveBeenCalledOnce();
    state.error = undefined;
    await vi.advanceTimersByTimeAsync(LATER_MS);
    expect(saved.map(([checkpoint, { status }]) => `${checkpoint} ${status}`)).toEqual([
      'links failed',
      'links passed',
      'ping failed',
    ]);
    expect(keeping.trouble()).toBeUndefined();
    await keeping.record.save('ping', result('passed', 2));
    expect(saved).toHaveLength(4);
    keeping.close();
  });

  it('wait in bounds, and the first passing is among what is kept', async () => {
    const { state, full, saved, keeping, result } = open();
    state.error = full();
    for (let at = 1; at < 500; at++)
      await keeping.record.save('links', result(at % 2 ? 'failed' : 'passed', at > 100 ? 100 : undefined));
    await keeping.record.save('links', result('failed', 100));
    state.error = undefined;
    await vi.advanceTimersByTimeAsync(LATER_MS);
    expect(saved.length).toBeLessThan(5);
    expect(saved[0]?.[1].passedAt).toBe(100);
    expect(saved.at(-1)?.[1]).toMatchObject({ status: 'failed', passedAt: 100 });
    keeping.close();
  });

  it('do not hide what is none of the store', async () => {
    const { state, keeping, result } = open();
    state.error = new Error('a mistake of ours');
    await expect(keeping.record.save('links', result('passed', 1))).rejects.toThrow('a mistake of ours');
    expect(keeping.trouble()).toBeUndefined();
    keeping.close();
  });
});

it('what else cannot be written rejects, and is told until something can be written', async () => {
  const { state, full, keeping } = open();
  state.error = full();
  await expect(keeping.record.setStanding({ jumps: {} })).rejects.toMatchObject({ code: 'SQLITE_FULL' });
  expect(keeping.trouble()).toContain('磁盘满了');
  state.error = undefined;
  await vi.advanceTimersByTimeAsync(LATER_MS);
  expect(keeping.trouble()).toBeUndefined();
  keeping.close();
});
