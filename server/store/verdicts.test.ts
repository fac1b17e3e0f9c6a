import { afterEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../content/check.ts';
import type { CheckpointResult } from '../protocol.ts';
import { openStore, type Store } from './store.ts';
import { isWorthLogging, type LogSoFar } from './verdicts.ts';

const SECOND = 1_000;
let store: Store;
afterEach(() => store?.close());

const fact = (ok: boolean, id: string): Fact => ({ id, ok, title: id, expected: 'a', actual: 'b', advice: '' });

async function open(): Promise<Store> {
  store = await openStore(':memory:');
  await store.people.create('ann', 'token', 0);
  return store;
}

/** Saves one verdict after the other, so many ms apart; the answer is the log as `status:failing facts`. */
async function logOf(verdicts: [string, number?][], gap: number): Promise<string[]> {
  const key = { person: 'ann', lab: 'lab', session: 's' };
  let at = 0;
  for (const [text, share = 0] of verdicts) {
    at += gap;
    const failing = text.split(' ').filter((each) => each.startsWith('-'));
    const status = text === 'unknown' ? 'unknown' : failing.length > 0 ? 'failed' : 'passed';
    const facts = failing.map((each) => fact(false, each.slice(1)));
    const result: CheckpointResult = { status, facts, judgedAt: at };
    await store.progress.save(key, 'cp', result, { takenAt: at - 1, byHand: true, version: 'v1', share });
  }
  const log = await store.verdicts.list('ann', 'lab', 'cp');
  return log.map(({ status, facts }) => [status, ...facts.map(({ title }) => title)].join(':'));
}

describe('the log of verdicts', () => {
  it('says each new thing once', async () => {
    await open();
    const log = await logOf([['-a -b'], ['-a -b'], ['-b'], ['unknown'], ['+'], ['+'], ['-a'], ['+']], 10 * SECOND);
    expect(log).toEqual(['failed:a:b', 'failed:b', 'unknown', 'passed', 'failed:a', 'passed']);
  });

  it('leaves out what quickly follows, but takes it up when it stays', async () => {
    await open();
    expect(await logOf([['-a -b'], ['-b'], ['-c'], ['-c'], ['-c'], ['-c']], 2 * SECOND)).toEqual([
      'failed:a:b',
      'failed:c',
    ]);
  });

  it('always has what decided the grade: the closest so far, the first that passed', async () => {
    await open();
    const log = await logOf(
      [
        ['-a -b -c', 0],
        ['-a -b', 0.3],
        ['-a', 0.6],
        ['-a -b', 0.3],
        ['+', 1],
      ],
      1,
    );
    expect(log).toEqual(['failed:a:b:c', 'failed:a:b', 'failed:a', 'passed']);
  });

  it('keeps how each verdict came about', async () => {
    await open();
    await logOf([['-a', 0.25]], 7);
    expect(await store.verdicts.list('ann', 'lab', 'cp')).toEqual([
      {
        status: 'failed',
        skipped: false,
        facts: [fact(false, 'a')],
        judgedAt: 7,
        takenAt: 6,
        byHand: true,
        version: 'v1',
        share: 0.25,
      },
    ]);
    expect(await store.verdicts.list('ann', 'lab', 'other')).toEqual([]);
  });

  it('does not grow when answers are handed in without a judgement', async () => {
    await open();
    const result: CheckpointResult = { status: 'failed', facts: [fact(false, 'q')], judgedAt: 1, answers: { q: '1' } };
    await store.progress.save({ person: 'ann', lab: 'lab', session: 's' }, 'cp', result);
    expect(await store.verdicts.list('ann', 'lab', 'cp')).toEqual([]);
    expect((await store.progress.read('ann', 'lab')).results.cp?.answers).toEqual({ q: '1' });
  });

  it('is bounded, whatever a learner lets flap', async () => {
    await open();
    const flapping = Array.from({ length: 450 }, (_, i): [string] => [i % 2 === 0 ? '-a' : '+']);
    expect(await logOf(flapping, SECOND)).toHaveLength(400);
    expect((await store.progress.read('ann', 'lab')).results.cp?.judgedAt).toBe(450 * SECOND);
  });
});

describe('what is worth an entry', () => {
  const full: LogSoFar = {
    entries: 400,
    last: { status: 'failed', skipped: false, failure: 'x', at: 0 },
    passed: false,
    share: 0.5,
  };
  const failed = { status: 'failed', skipped: false, failure: 'y', share: 0.5, at: 60 * SECOND } as const;

  it('is nothing new when the log is full, except what decides', () => {
    expect(isWorthLogging(failed, full)).toBe(false);
    expect(isWorthLogging({ ...failed, status: 'unknown', share: 0 }, full)).toBe(false);
    expect(isWorthLogging({ ...failed, share: 0.6 }, full)).toBe(true);
    expect(isWorthLogging({ ...failed, status: 'passed', share: 1 }, { ...full, share: 1 })).toBe(true);
    // What was skipped says nothing of the learner: their own passing comes after it, and counts.
    const skipped = { ...full, last: { status: 'passed', skipped: true, failure: '[]', at: 0 } } as const;
    expect(isWorthLogging({ ...failed, status: 'passed', share: 1 }, skipped)).toBe(true);
    expect(isWorthLogging({ ...failed, status: 'passed', skipped: true, share: 0 }, full)).toBe(false);
  });

  it('is another failure only up to half of that', () => {
    expect(isWorthLogging(failed, { ...full, entries: 199 })).toBe(true);
    expect(isWorthLogging(failed, { ...full, entries: 200 })).toBe(false);
    expect(isWorthLogging({ ...failed, status: 'unknown' }, { ...full, entries: 200 })).toBe(true);
  });
});
