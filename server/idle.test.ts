import { describe, expect, it } from 'vitest';
import { createIdle, warningOf } from './idle.ts';

const IDLE_MS = 8 * 60_000;

function open() {
  /** `jumped`: by how much the clock of the wall was set, ms. */
  const at = { now: 1_000_000, jumped: 0 };
  const clocks = { now: () => at.now + at.jumped, steady: () => at.now };
  return { at, idle: createIdle({ idleMs: IDLE_MS, ...clocks }) };
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
    const later = createIdle({ idleMs: IDLE_MS, now: () => at.now, steady: () => at.now - 999_000 });
    later.begin('s', seenAt);
    for (const each of [idle, later]) {
      expect(each.activeAt('s')).toBe(at.now);
      expect(each.tell('s')).toBe(at.now + 2 * IDLE_MS);
      each.touch('s');
      expect(each.tell('s')).toBe(at.now + 2 * IDLE_MS);
    }
  });

  it.each([
    ['a day ahead', 24 * 60 * 60_000],
    ['an hour back', -60 * 60_000],
  ])('is as long as it was when the clock is set %s, and is told by the new one', (_words, jump) => {
    const { at, idle } = open();
    idle.begin('s', at.now);
    idle.begin('kept', at.now);
    idle.keep('kept', at.now + 3 * IDLE_MS);
    at.jumped = jump;
    expect(idle.tell('s')).toBe(at.now + jump + IDLE_MS);
    expect(idle.activeAt('s')).toBe(at.now + jump);
    at.now += IDLE_MS;
    expect(idle.isOver('s')).toBe(false);
    at.now += 1;
    expect(idle.isOver('s')).toBe(true);
    expect(idle.isOver('kept')).toBe(false);
    at.now += 2 * IDLE_MS;
    expect(idle.isOver('kept')).toBe(true);
    idle.touch('s');
    expect(idle.changed('s')).toBe(at.now + jump);
  });

  it('is at least as long as the warning when it is taken over after the clock jumped, or after a long time', () => {
    const { at, idle } = open();
    idle.begin('s', at.now - 24 * 60 * 60_000);
    expect(idle.isOver('s')).toBe(false);
    expect(idle.tell('s')).toBe(at.now + warningOf(IDLE_MS));
    at.now += warningOf(IDLE_MS) + 1;
    expect(idle.isOver('s')).toBe(true);
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

  it('is shorter for those used last the longest ago, after a warning, while others wait', () => {
    const { at, idle } = open();
    for (const id of ['promised', 'a', 'b', 'c']) {
      idle.begin(id, at.now);
      at.now += 1_000;
    }
    idle.keep('promised', at.now + 10 * IDLE_MS);
    const all = ['c', 'b', 'a', 'promised'];
    at.now += IDLE_MS / 4;
    expect(idle.hasten(all, 2)).toEqual([]);
    at.now += IDLE_MS / 4;
    expect(idle.hasten(all, 2)).toEqual(['b', 'a']);
    const end = at.now + warningOf(IDLE_MS);
    expect(idle.tell('a')).toBe(end);
    at.now += 1_000;
    // It is not put off by looking again, and not another's when one is used.
    expect(idle.hasten(all, 2)).toEqual([]);
    expect(idle.touch('a')).toBe(true);
    expect(idle.tell('a')).toBe(at.now + IDLE_MS);
    expect(idle.hasten(all, 1)).toEqual([]);
    expect(idle.tell('b')).toBe(end);
    at.now = end + 1;
    expect(idle.isOver('b')).toBe(true);
    expect(idle.isOver('a')).toBe(false);
    expect(idle.isOver('promised')).toBe(false);
  });

  it('is as long as ever when nobody waits any more', () => {
    const { at, idle } = open();
    idle.begin('a', at.now);
    const end = idle.tell('a');
    at.now += IDLE_MS / 2;
    expect(idle.hasten(['a'], 1)).toEqual(['a']);
    expect(idle.tell('a')).toBeLessThan(end);
    expect(idle.hasten(['a'], 0)).toEqual(['a']);
    expect(idle.tell('a')).toBe(end);
  });
});
