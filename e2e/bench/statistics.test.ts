import { describe, expect, it } from 'vitest';
import { median, percentile, shuffled, spreadOf } from './statistics.ts';

describe('the arithmetic of rounds', () => {
  it('takes the middle value, or the mean of the two middle ones', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
    expect(median([-3])).toBe(-3);
  });

  it('takes percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.9, 0.99, 1, 0].map((share) => percentile(hundred, share))).toEqual([50, 90, 99, 100, 1]);
  });

  it('does not make a number out of none', () => {
    expect(() => median([])).toThrow('no values');
    expect(() => spreadOf([])).toThrow('no values');
  });

  it('tells the spread beside the median', () => {
    expect(spreadOf([3, 10, 4])).toEqual({ median: 4, min: 3, max: 10 });
  });

  it('shuffles without losing any', () => {
    const values = Array.from({ length: 50 }, (_, index) => index);
    const order = shuffled(values);
    expect(order).not.toEqual(values);
    expect(order.toSorted((a, b) => a - b)).toEqual(values);
  });
});
