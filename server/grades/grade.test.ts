import { describe, expect, it } from 'vitest';
import { gradeLab } from './grade.ts';
import { DEADLINE, grades, lab, MINUTE, START } from './testbed.ts';

describe('grades', () => {
  const [finished, midway, guest, absent] = grades();

  it('add up what was passed, and tell how long it took', () => {
    expect(finished).toMatchObject({
      points: 30,
      score: 30,
      passed: 3,
      attempts: 9,
      checks: 3,
      hints: 3,
      startedAt: START,
      finishedAt: START + 95 * MINUTE,
      tookMs: 95 * MINUTE,
    });
    expect(finished?.checkpoints.map(({ standing, tookMs }) => [standing, tookMs])).toEqual([
      ['passed', 10 * MINUTE],
      ['passed', 20 * MINUTE],
      ['passed', 95 * MINUTE],
    ]);
  });

  it('keep the points of what lapsed, give part of what is half done, and nothing for what could not be checked', () => {
    expect(midway?.checkpoints.map(({ standing, score }) => [standing, score])).toEqual([
      ['lapsed', 10],
      ['failed', 6.5],
      ['unknown', 0],
    ]);
    expect(midway).toMatchObject({ score: 16.5, passed: 1, tookMs: 60 * MINUTE, finishedAt: undefined });
  });

  it('tell what came after the deadline, and that only', () => {
    expect(finished?.checkpoints.map(({ late }) => late)).toEqual([false, false, true]);
    expect(finished).toMatchObject({ deadline: DEADLINE, late: 1, score: 30 });
    // What lapsed later had been in time, and what never passed is not late.
    expect(midway).toMatchObject({ deadline: DEADLINE, late: 0 });
    expect(guest).toMatchObject({ deadline: undefined, late: 0 });
  });

  it('tell apart who began from who never came', () => {
    expect(guest?.checkpoints.map(({ standing }) => standing)).toEqual(['failed', 'untouched', 'untouched']);
    expect(absent).toMatchObject({ score: 0, points: 30, startedAt: undefined, tookMs: undefined });
  });

  it('leave alone what the lab does not have any more, and are not finished when it has something new', () => {
    const results = {
      bridge: { status: 'passed', facts: [], passedAt: START, judgedAt: START },
      gone: { status: 'passed', facts: [] },
    } as const;
    const work = { startedAt: START, finishedAt: START, results: JSON.parse(JSON.stringify(results)) };
    expect(gradeLab(lab, { person: 'p' }, work)).toMatchObject({ score: 10, passed: 1, finishedAt: undefined });
    expect(gradeLab({ ...lab, checkpoints: [] }, { person: 'p' }, work)).toMatchObject({
      points: 0,
      finishedAt: undefined,
    });
  });
});
