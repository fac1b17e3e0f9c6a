import { describe, expect, it } from 'vitest';
import { createIdle, warningOf } from './idle.ts';

const IDLE_MS = 8 * 60_000;

function open() {
  const at = { now: 1_000_000 };
  return { at, idle: createIdle({ idleMs: IDLE_MS, now: () => at.now }) };
}

describe('an idle life', () => {
  it('begins anew with each use, and is told of only when that lies far behind', () => {
    const { at, idle } = open();
    idle.begin('s', at.now);
    at.now += 60_000;
    expect(idle.touch('s')).toBe(false);
    at.now += 1;
    expect(idle.touch('s')).toBe(true);
    expect(idle.tell('s')).toBe(at.now + IDLE_MS);
    expect(idle.touch('s')).toBe(false);
    expect(idle.activeAt('s')).toBe(at.now);
  });

  it('is over after as long without one', () => {
    const { at, idle } = open();
    idle.begin('s', at.now);
    at.now += IDLE_MS;
    expect(idle.isOver('s')).toBe(false);
    at.now += 1;
    expect(idle.isOver('s')).toBe(true);
  });

  it('is as long as it was promised, also by a web that went', () => {
    const { at, idle } = open();
    idle.begin('s', at.now);
    idle.keep('s', at.now + 2 * IDLE_MS);
    idle.keep('s', at.now + IDLE_MS);
    const seenAt = idle.changed('s') ?? 0;
    const later = createIdle({ idleMs: IDLE_MS, now: () => at.now });
    later.begin('s', seenAt);
    for (const each of [idle, later]) {
      expect(each.activeAt('s')).toBe(at.now);
      expect(each.tell('s')).toBe(at.now + 2 * IDLE_MS);
      each.touch('s');
      expect(each.tell('s')).toBe(at.now + 2 * IDLE_MS);
    }
  });

  it('is written down once for each time of use', () => {
    const { at, idle } = open();
    idle.begin('s', at.now);
    expect(idle.changed('s')).toBeUndefined();
    idle.touch('s');
    expect(idle.changed('s')).toBe(at.now);
    expect(idle.changed('s')).toBeUndefined();
  });

  it('warns ten minutes before its end, or the last third of a short one', () => {
    expect(warningOf(240 * 60_000)).toBe(10 * 60_000);
    expect(warningOf(6 * 60_000)).toBe(2 * 60_000);
  });
});
