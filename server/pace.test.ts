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
  const pace = createPace(() => done.push(now() - began), now);
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
  const pace = createPace(() => {
    done += 1;
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

it('does nothing after its end', async () => {
  const job = vi.fn();
  const pace = createPace(job, now);
  pace.hurry();
  pace.close();
  await vi.runAllTimersAsync();
  expect(job).not.toHaveBeenCalled();
});
