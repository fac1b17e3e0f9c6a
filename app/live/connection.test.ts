import { describe, expect, it } from 'vitest';
import { retryDelay } from './connection.ts';

describe('retryDelay', () => {
  it('grows from a quarter of a second to five seconds', () => {
    expect([0, 1, 2, 3].map((attempt) => retryDelay(attempt, 0))).toEqual([250, 375, 563, 844]);
    expect(retryDelay(50, 0)).toBe(5_000);
  });

  it('draws lots downwards only, so that a class does not return in one instant', () => {
    expect(retryDelay(50, 0.999)).toBeGreaterThan(3_400);
    expect(retryDelay(0, 0.5)).toBeLessThan(250);
  });
});
