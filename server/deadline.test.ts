import { describe, expect, it } from 'vitest';
import { deadlineOf, isLate } from './deadline.ts';

describe('a deadline', () => {
  it('is the class’s, or one’s own where that is later', () => {
    expect(deadlineOf(1_000, undefined)).toBe(1_000);
    expect(deadlineOf(1_000, 2_000)).toBe(2_000);
    // The class was given more time than one learner had got before.
    expect(deadlineOf(3_000, 2_000)).toBe(3_000);
  });

  it('is none where the class has none, whatever somebody had got', () => {
    expect(deadlineOf(null, 2_000)).toBeUndefined();
  });

  it('is kept to the last millisecond', () => {
    expect(isLate(1_000, 1_000)).toBe(false);
    expect(isLate(1_001, 1_000)).toBe(true);
  });

  it('makes nothing late that was not passed, or has no deadline', () => {
    expect(isLate(undefined, 1_000)).toBe(false);
    expect(isLate(1_001, undefined)).toBe(false);
  });
});
