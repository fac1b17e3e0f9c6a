import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPace } from './pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => Date.now();

it('does it at once, and what is wished meanwhile once more, a little later', async () => {
  const done: number[] = [];
  const began = now();
  const pace = createPace(async () => done.push(now() - began) > 0, now);
  pace.hurry();
  await vi.advanceTimersByTimeAsync(5);
  for (let n = 0; n < 50; n += 1) pace.hurry();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(done).toEqual([0, 100]);
  pace.hurry();
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual([0, 100, 1_005]);
});

it('does it twice a second however long it is wished, and quickly again after a rest', async () => {
  let done = 0;
  const pace = createPace(async () => {
    done += 1;
    return true;
  }, now);
  for (let n = 0; n < 2_000; n += 1) {
    pace.hurry();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(done).toBeGreaterThan(40);
  expect(done).toBeLessThan(60);
  await vi.advanceTimersByTimeAsync(30_000);
  const before = done;
  for (let n = 0; n < 50; n += 1) {
    pace.hurry();
    await vi.advanceTimersByTimeAsync(10);
  }
  // In half a second, at its two ends or not.
  expect(done - before).toBeGreaterThanOrEqual(5);
  expect(done - before).toBeLessThanOrEqual(6);
});

it('tries again what could not be done, more and more rarely, until it is done', async () => {
  const tried: number[] = [];
  const began = now();
  const pace = createPace(async () => tried.push(Math.floor((now() - began) / 1_000)) > 3, now);
  pace.hurry();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tried).toEqual([0, 2, 6, 14]);
});

it('does nothing after its end', async () => {
  const job = vi.fn(async () => false);
  const pace = createPace(job, now);
  pace.hurry();
  pace.close();
  await vi.runAllTimersAsync();
  expect(job).not.toHaveBeenCalled();
  const other = createPace(job, now);
  other.hurry();
  await vi.advanceTimersByTimeAsync(1);
  other.close();
  await vi.runAllTimersAsync();
  expect(job).toHaveBeenCalledTimes(1);
});
