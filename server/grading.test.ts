import { describe, expect, it } from 'vitest';
import type { Check, Fact } from '../content/check.ts';
import type { Question } from '../content/schema.ts';
import { judgeAnswers, nextResult, readFacts, verdictOf } from './grading.ts';
import type { NetworkSnapshot } from './network/snapshot.ts';
import type { CheckpointResult } from './protocol.ts';

const snapshot: NetworkSnapshot = { takenAt: 0, tookMs: 0, nodes: {} };
const fact = (ok: boolean, title = 'x'): Fact => ({ id: title, ok, title, expected: 'a', actual: 'b', advice: '' });
const questions: Question[] = [
  { id: 'ttl', ask: 'TTL 是多少', kind: 'number', hint: '看 vxlan100' },
  { id: 'mac', ask: '内层目的 MAC', kind: 'mac' },
];

describe('what is judged from a snapshot', () => {
  const probing = (judge: boolean, evidence: boolean): Check => ({
    judge: () => [fact(judge, 'state')],
    evidence: () => [fact(evidence, 'evidence')],
    probe: () => ({ node: 'node-1', namespace: null, to: '172.18.0.2', count: 1 }),
  });

  it('never probes while the state is wrong', () => {
    expect(readFacts(probing(false, true), snapshot, true, false).probe).toBe(false);
  });
  it('does not do the learner’s work unasked', () => {
    const reading = readFacts(probing(true, false), snapshot, false, false);
    expect(reading.probe).toBe(false);
    expect(verdictOf(reading.facts)).toBe('failed');
  });
  it('probes when asked by hand, or when the learner has tried', () => {
    expect(readFacts(probing(true, false), snapshot, true, false)).toEqual({
      facts: [fact(true, 'state')],
      probe: true,
    });
    expect(readFacts(probing(true, true), snapshot, false, false).probe).toBe(true);
  });
  it('passes nothing that has no facts', () => {
    expect(verdictOf([])).toBe('failed');
  });
});

describe('answers', () => {
  it('are compared by meaning, not by spelling', () => {
    const given = { ttl: ' ６３ ', mac: 'AA-BB-CC-00-11-22' };
    const facts = judgeAnswers(questions, given, { ttl: '63', mac: 'aa:bb:cc:00:11:22' });
    expect(facts.map((each) => each.ok)).toEqual([true, true]);
  });

  it('say what is wrong with what cannot be an answer', () => {
    const [, mac] = judgeAnswers(questions, { mac: 'aa:bb' }, { ttl: '63', mac: 'aa:bb:cc:00:11:22' });
    expect(mac).toMatchObject({ ok: false, actual: 'aa:bb' });
    expect(mac?.advice).toContain('12 位十六进制数');
  });

  it('tell each question by itself, and never the right answer', () => {
    const facts = judgeAnswers(questions, { ttl: '62' }, { ttl: '63', mac: 'aa:bb:cc:00:11:22' });
    expect(facts.map((each) => [each.title, each.ok, each.actual])).toEqual([
      ['TTL 是多少', false, '62'],
      ['内层目的 MAC', false, '还没有作答'],
    ]);
    expect(JSON.stringify(facts)).not.toContain('63');
    expect(JSON.stringify(facts)).not.toContain('aa:bb:cc');
  });

  it('are not called wrong when the platform saw no packet', () => {
    const [ttl] = judgeAnswers(questions, { ttl: '63' }, {});
    expect(ttl?.ok).toBe(false);
    expect(ttl?.advice).toContain('平台这次抓包没有看到');
  });
});

describe('results', () => {
  const AT = { now: 1, tookMs: 1, byHand: false, share: 0, skips: false };
  const failed = (...titles: string[]) => ({
    status: 'failed' as const,
    facts: titles.map((each) => fact(false, each)),
  });
  const passed = { status: 'passed' as const, facts: [fact(true)] };
  const unknown = { status: 'unknown' as const, facts: [], trouble: 'check' as const };

  it('keep the first time of passing when they fail later', () => {
    const first = nextResult(
      { status: 'pending', facts: [] },
      { status: 'passed', facts: [fact(true)] },
      { ...AT, now: 5, tookMs: 1.6 },
    );
    expect(first).toMatchObject({ status: 'passed', passedAt: 5, judgedAt: 5, tookMs: 2 });
    const later = nextResult(first, { status: 'failed', facts: [fact(false)] }, { ...AT, now: 9 });
    expect(later).toMatchObject({ status: 'failed', passedAt: 5, judgedAt: 9 });
    expect(nextResult(later, { status: 'passed', facts: [fact(true)] }, { ...AT, now: 12 }).passedAt).toBe(5);
  });

  it('count a verdict when it says something new, until it passed first', () => {
    let result: CheckpointResult = { status: 'pending', facts: [] };
    const counts: number[] = [];
    for (const verdict of [failed('a', 'b'), failed('a', 'b'), failed('b'), passed, failed('a'), passed]) {
      result = nextResult(result, verdict, AT);
      counts.push(result.attempts ?? -1);
    }
    expect(counts).toEqual([1, 1, 2, 3, 3, 3]);
  });

  it('count another wrong value as another attempt', () => {
    const wrong = (actual: string) => ({ status: 'failed' as const, facts: [{ ...fact(false), actual }] });
    const first = nextResult({ status: 'pending', facts: [] }, wrong('VNI 200'), AT);
    expect(nextResult(first, wrong('VNI 300'), AT).attempts).toBe(2);
  });

  it('never count what could not be checked', () => {
    const first = nextResult({ status: 'pending', facts: [] }, failed('a'), AT);
    const broken = nextResult(first, unknown, { ...AT, byHand: true, share: 1 });
    expect(broken).toMatchObject({ attempts: 1, checks: 0, share: 0 });
    expect(nextResult(broken, failed('a'), AT).attempts).toBe(1);
  });

  it('count what was asked for by hand by itself, until it passed first', () => {
    let result: CheckpointResult = { status: 'pending', facts: [] };
    for (const verdict of [failed('a'), failed('a'), passed, passed]) {
      result = nextResult(result, verdict, { ...AT, byHand: true });
    }
    expect(result).toMatchObject({ attempts: 2, checks: 3 });
  });

  it('keep the best share', () => {
    let result: CheckpointResult = { status: 'pending', facts: [] };
    for (const share of [0.25, 0.75, 0.5]) result = nextResult(result, failed('a'), { ...AT, share });
    expect(result.share).toBe(0.75);
  });

  it('do not pass for the first time on nodes that were brought past their step, and do on others', () => {
    const first = nextResult({ status: 'pending', facts: [] }, passed, { ...AT, now: 5, skips: true });
    expect(first).toMatchObject({ status: 'passed', skipped: true });
    expect(first.passedAt).toBeUndefined();
    const later = nextResult(first, passed, { ...AT, now: 9, skips: false });
    expect(later).toMatchObject({ status: 'passed', passedAt: 9 });
    expect(later.skipped).toBeUndefined();
    expect(nextResult(later, passed, { ...AT, now: 12, skips: true })).toMatchObject({ passedAt: 9 });
  });
});
