import { describe, expect, it } from 'vitest';
import type { GradeRow, Standing } from '../../../../server/record-protocol.ts';
import { chosen, linesOf, passedOf, sumsOf } from './table.ts';

const labs = ['one', 'two'].map((id) => ({
  id,
  title: id,
  checkpoints: [1, 2].map((step) => ({ id: `c${step}`, title: `c${step}`, step, points: 10 })),
}));

function row(no: string | undefined, lab: string, score: number, more: Partial<GradeRow> = {}): GradeRow {
  const standings: Standing[] = [score > 0 ? 'passed' : 'untouched', score > 10 ? 'passed' : 'failed'];
  const learner = { person: no ?? 'guest', studentNo: no, name: no && `学员${no}` };
  const begun = score > 0 ? { startedAt: 1, tookMs: score * 1_000 } : {};
  return { learner, lab, points: 20, score, passed: 0, attempts: 0, hints: 1, late: 0, standings, ...begun, ...more };
}

const lines = linesOf({
  labs,
  rows: [
    row('01', 'one', 20, { finishedAt: 5, late: 1 }),
    row('01', 'two', 20, { finishedAt: 9 }),
    row('02', 'one', 10.1),
    row('02', 'two', 0.2),
    row('03', 'one', 0),
    row('03', 'two', 0),
    row(undefined, 'one', 20, { finishedAt: 3 }),
    row(undefined, 'two', 0),
  ],
});
const all = { filter: 'all', search: '', sort: { key: 'no', descending: false } } as const;
const numbers = (choice: Parameters<typeof chosen>[1]) => chosen(lines, choice).map(({ learner }) => learner.studentNo);

describe('the grade table', () => {
  it('adds up the labs of a learner, and is finished when every one is', () => {
    expect(lines).toMatchObject([
      { score: 40, points: 40, progress: 'finished', late: 1, finishedAt: 9, tookMs: 40_000 },
      { score: 10.3, progress: 'unfinished', finishedAt: undefined },
      { score: 0, progress: 'untouched', tookMs: undefined },
      { score: 20, progress: 'unfinished', finishedAt: undefined },
    ]);
  });

  it('finds by number and by name, and by how far somebody is', () => {
    expect(numbers({ ...all, search: ' ０2 ' })).toEqual(['02']);
    expect(numbers({ ...all, search: '员03' })).toEqual(['03']);
    expect(numbers({ ...all, search: '' })).toHaveLength(4);
    expect(numbers({ ...all, filter: 'unfinished' })).toEqual(['02', undefined]);
    expect(numbers({ ...all, filter: 'late' })).toEqual(['01']);
    expect(numbers({ ...all, filter: 'late', search: '02' })).toEqual([]);
  });

  it('sorts by score and by time, those without a time last', () => {
    expect(numbers({ ...all, sort: { key: 'score', descending: true } })).toEqual(['01', undefined, '02', '03']);
    expect(numbers({ ...all, sort: { key: 'took', descending: false } })).toEqual(['02', undefined, '01', '03']);
  });

  it('counts the whole class', () => {
    expect(sumsOf(lines)).toEqual({
      average: 17.6,
      points: 40,
      count: { all: 4, finished: 1, unfinished: 2, untouched: 1, late: 1 },
    });
    expect(sumsOf([])).toMatchObject({ average: 0, points: 0 });
    expect(passedOf(lines, 2)).toEqual([3, 3]);
  });
});
