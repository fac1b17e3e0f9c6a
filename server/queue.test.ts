import { describe, expect, it } from 'vitest';
import { AWAY_MAX_MS, createQueue } from './queue.ts';

function open() {
  const at = { now: 1_000 };
  return { at, queue: createQueue<string>(() => at.now) };
}

describe('a queue', () => {
  it('is in the order in which they came, one place for each', () => {
    const { at, queue } = open();
    for (const owner of ['ann', 'ben', 'ann', 'eva']) {
      at.now += 1;
      queue.join(owner, { since: at.now });
    }
    expect(queue.waiting()).toEqual(['ann', 'ben', 'eva']);
    expect(queue.leave('ann')).toEqual({ since: 1_001, step: undefined });
    expect(queue.leave('ann')).toBeUndefined();
    queue.join('ann', { since: at.now + 1 });
    expect(queue.waiting()).toEqual(['ben', 'eva', 'ann']);
  });

  it('remembers the step that was asked for last', () => {
    const { queue } = open();
    queue.join('ann', { since: 1, step: '02-two' });
    queue.join('ann', { since: 2, step: '03-three' });
    expect(queue.leave('ann')).toEqual({ since: 1, step: '03-three' });
  });

  it('lets nobody lose a place who is away for a while only', () => {
    const { at, queue } = open();
    queue.join('ann', { since: 1 });
    queue.join('ben', { since: 2 });
    const here = new Set(['ann']);
    const lost = () => queue.lost((owner) => here.has(owner));
    at.now += AWAY_MAX_MS;
    expect(lost()).toEqual([]);
    here.clear();
    at.now += 1;
    expect(lost()).toEqual(['ben']);
    here.add('ben');
    expect(lost()).toEqual([]);
    at.now += AWAY_MAX_MS;
    expect(lost()).toEqual(['ann']);
  });

  it('takes those who waited in a former web before those who come now', () => {
    const { queue } = open();
    queue.join('new', { since: 500 });
    queue.join('old', { since: 100 });
    expect(queue.waiting()).toEqual(['old', 'new']);
  });
});
