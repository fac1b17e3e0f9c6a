import { describe, expect, it } from 'vitest';
import type { Fact } from '../content/check.ts';
import { failureKey, scoreOf, shareOf, sumOf } from './score.ts';

const fact = (ok: boolean, id: string, actual = ''): Fact => ({ id, ok, title: id, expected: '', actual, advice: '' });
/** `+a -b`: the fact a holds, b fails. */
const facts = (text: string) => text.split(' ').map((each) => fact(each.startsWith('+'), each.slice(1)));

describe('the share of a verdict', () => {
  it('is the part of the facts that hold, and all only when all do', () => {
    expect(shareOf(facts('+a -b +c +d'))).toBe(0.75);
    expect(shareOf(facts('+a +b'))).toBe(1);
    expect(shareOf(facts('-a'))).toBe(0);
    expect(shareOf([])).toBe(0);
  });

  it('is at most half where the list may have been cut short', () => {
    expect(shareOf(facts('+a +b +c -d'))).toBe(0.5);
    expect(shareOf(facts('+a -b -c -d'))).toBe(0.25);
  });

  it('counts over all facts that earn, named or hidden behind one that fails', () => {
    const earns = ['device', 'port', 'local', 'route'];
    expect(shareOf(facts('-device'), earns)).toBe(0);
    expect(shareOf(facts('+given +also-given -device'), earns)).toBe(0);
    expect(shareOf(facts('+given +device -port'), earns)).toBe(0.25);
    expect(shareOf(facts('+given +device +port +local -route'), earns)).toBe(0.75);
    expect(shareOf(facts('+given +device +port +local +route'), earns)).toBe(1);
  });

  it('is less than all when something beside what earns fails', () => {
    expect(shareOf(facts('+a +b +c -rival'), ['a', 'b', 'c'])).toBe(0.75);
    expect(shareOf(facts('-gate'), ['a', 'b', 'c'])).toBe(0);
  });

  it('is all of a passed verdict even if the check names a fact that it does not have', () => {
    expect(shareOf(facts('+a'), ['a', 'b'])).toBe(1);
  });
});

describe('the score of a checkpoint', () => {
  const ten = { points: 10, partial: true };

  it('is full once passed, whatever happened later', () => {
    expect(scoreOf(ten, { passedAt: 5, share: 1 })).toBe(10);
    expect(scoreOf({ points: 10, partial: false }, { passedAt: 5, share: 0 })).toBe(10);
  });

  it('is the best share in tenths of a point, and never full while open', () => {
    expect(scoreOf(ten, { share: 0.65 })).toBe(6.5);
    expect(scoreOf(ten, { share: 1 / 3 })).toBe(3.3);
    expect(scoreOf(ten, { share: 0.999 })).toBe(9.9);
    expect(scoreOf({ points: 1, partial: true }, { share: 0.99 })).toBe(0.9);
  });

  it('is nothing without a verdict, without points, or where the author wants all or nothing', () => {
    expect(scoreOf(ten, undefined)).toBe(0);
    expect(scoreOf(ten, {})).toBe(0);
    expect(scoreOf({ points: 0, partial: true }, { share: 0.5 })).toBe(0);
    expect(scoreOf({ points: 10, partial: false }, { share: 0.9 })).toBe(0);
  });

  it('sums without the crumbs of binary fractions', () => {
    expect(sumOf([0.1, 0.2, 6.6])).toBe(6.9);
  });
});

describe('what identifies a failure', () => {
  it('is which facts fail and how, not which hold', () => {
    expect(failureKey(facts('+a -b'))).toBe(failureKey(facts('-b')));
    expect(failureKey([fact(false, 'b', 'x')])).not.toBe(failureKey([fact(false, 'b', 'y')]));
    expect(failureKey(facts('-a -b'))).not.toBe(failureKey(facts('-a')));
  });
});
