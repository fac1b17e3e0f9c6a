import { describe, expect, it } from 'vitest';
import type { Mark, Row } from '../../../server/lesson-protocol.ts';
import { type Column, countsOf, currentOf, reasonsOf, sifted, sorted, standingOf } from './rows.ts';
import { sessionText } from './words.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const columns: Column[] = ['a', 'b'].map((id, index) => ({ id, title: id, short: id, step: `0${index + 1}-s` }));

function row(learner: string, more: Partial<Row> = {}): Row {
  return {
    ...{ learner, studentNo: learner, online: true, marks: {}, points: 0, startedAt: NOW - 60 * MINUTE },
    ...{ session: { status: 'ready', since: NOW - 60 * MINUTE }, progressAt: NOW - MINUTE, activeAt: NOW },
    ...more,
  };
}

const failed = (fact: string, fails = 1): Mark => ({
  state: 'failed',
  fact: { id: fact, title: `title ${fact}` },
  fails,
});
const passed: Mark = { state: 'passed', since: 1 };
const standing = (one: Row) => standingOf(one, columns, NOW);

describe('a learner’s standing', () => {
  it('is stuck after five minutes without getting further, while they are there', () => {
    expect(standing(row('1', { progressAt: NOW - 5 * MINUTE + 1 })).what).toBe('working');
    expect(standing(row('1', { progressAt: NOW - 12 * MINUTE }))).toEqual({ what: 'stuck', minutes: 12 });
    expect(standing(row('1', { progressAt: NOW - 12 * MINUTE, online: false, activeAt: NOW - 6 * MINUTE }))).toEqual({
      what: 'away',
      minutes: 6,
    });
  });

  it('is not stuck without nodes, nor when all is done, nor before beginning', () => {
    const long = NOW - 60 * MINUTE;
    expect(standing(row('1', { progressAt: long, session: { status: 'gone' } })).what).toBe('new');
    expect(standing(row('1', { progressAt: long, marks: { a: passed, b: { state: 'lapsed' } } })).what).toBe('done');
    expect(standing(row('1', { online: false, startedAt: undefined, activeAt: undefined } as never)).what).toBe(
      'absent',
    );
  });

  it('is idle when nothing was typed for a while, and failing when it keeps failing', () => {
    expect(standing(row('1', { activeAt: NOW - 4 * MINUTE }))).toEqual({ what: 'idle', minutes: 4 });
    expect(standing(row('1', { marks: { a: failed('x', 3) } })).what).toBe('failing');
    expect(standing(row('1', { marks: { a: { ...failed('x', 9), state: 'lapsed' } } })).what).toBe('working');
  });
});

describe('a node that the watchdog halted', () => {
  it('puts its learner among those who need help, a loop that was cut does not', () => {
    const session = (did: 'cut' | 'halted') =>
      ({ status: 'ready', since: NOW - MINUTE, alarm: { node: 'node-1', found: 'storm', did } }) as const;
    expect(standing(row('1', { session: session('halted') }))).toEqual({ what: 'broken', minutes: 1 });
    expect(standing(row('1', { session: session('cut') })).what).toBe('working');
    expect(sessionText(row('1', { session: session('halted') }))).toBe('node-1 出现环路，已停下，等待重置');
    expect(sessionText(row('1', { session: session('cut') }))).toBe('node-1 出现环路，已断开');
  });
});

describe('rows', () => {
  it('come in the order of who needs help', () => {
    const rows = [
      row('07', { marks: { a: passed, b: passed } }),
      row('06', { online: false }),
      row('05'),
      row('04', { marks: { a: failed('x', 4) } }),
      row('03', { progressAt: NOW - 6 * MINUTE }),
      row('02', { progressAt: NOW - 20 * MINUTE }),
      row('01', { handSince: NOW - MINUTE }),
      row('00', { handSince: NOW - 2 * MINUTE, marks: { a: passed, b: passed } }),
    ];
    const order = (by: 'need' | 'number') => sorted(rows, columns, NOW, by).map(({ learner }) => learner);
    expect(order('need')).toEqual(['00', '01', '02', '03', '04', '05', '06', '07']);
    expect(order('number')).toEqual(['00', '01', '02', '03', '04', '05', '06', '07']);
  });

  it('compare 学号 as numbers, and stay where they are among equals', () => {
    const rows = ['100', '20', '3'].map((number) => row(number));
    expect(sorted(rows, columns, NOW, 'need').map(({ learner }) => learner)).toEqual(['3', '20', '100']);
  });

  it('are counted and narrowed by the same rules', () => {
    const rows = [
      row('1', { name: '王一', handSince: 1 }),
      row('2', { name: '李二', progressAt: NOW - 9 * MINUTE, marks: { a: failed('x') } }),
      row('3', { online: false, marks: { a: passed, b: passed } }),
    ];
    expect(countsOf(rows, columns, NOW)).toEqual({ all: 3, online: 2, done: 1, stuck: 1, hands: 1 });
    const left = (filter: Parameters<typeof sifted>[3]['filter'], text = '') =>
      sifted(rows, columns, NOW, { filter, text }).map(({ learner }) => learner);
    expect(left({ kind: 'online' })).toEqual(['1', '2']);
    expect(left({ kind: 'stuck' })).toEqual(['2']);
    expect(left({ kind: 'done' })).toEqual(['3']);
    expect(left({ kind: 'hands' })).toEqual(['1']);
    expect(left({ kind: 'reason', key: 'a/x' })).toEqual(['2']);
    expect(left(null, ' 李')).toEqual(['2']);
    expect(left({ kind: 'online' }, '3')).toEqual([]);
  });
});

describe('reasons', () => {
  it('are grouped by checkpoint and fact, the most frequent first', () => {
    const rows = [
      row('1', { marks: { a: failed('x') } }),
      row('2', { marks: { a: failed('y'), b: failed('x') } }),
      row('3', { marks: { b: { ...failed('x'), state: 'lapsed' } } }),
      row('4', { marks: { a: { state: 'unknown' } } }),
    ];
    expect(reasonsOf(rows, columns)).toEqual([
      { key: 'b/x', checkpoint: 'b', title: 'title x', learners: ['2', '3'], lapsed: false },
      { key: 'a/x', checkpoint: 'a', title: 'title x', learners: ['1'], lapsed: false },
      { key: 'a/y', checkpoint: 'a', title: 'title y', learners: ['2'], lapsed: false },
    ]);
  });
});

describe('the checkpoint somebody is at', () => {
  it('is the first open one of the step they read, else the first of all', () => {
    expect(currentOf(row('1', { step: '02-s' }), columns)).toBe('b');
    expect(currentOf(row('1', { step: '02-s', marks: { b: passed } }), columns)).toBe('a');
    expect(currentOf(row('1'), columns)).toBe('a');
    expect(currentOf(row('1', { marks: { a: passed, b: { state: 'skipped' } } }), columns)).toBeUndefined();
  });
});
