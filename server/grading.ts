import { answerFact, readAnswer } from '../content/answer.ts';
import type { Answers, Check, Fact, LiveValue } from '../content/check.ts';
import { factId, type Question } from '../content/schema.ts';
import type { NetworkSnapshot } from './network/snapshot.ts';
import type { ProbeTrace } from './network/trace.ts';
import type { CheckpointResult } from './protocol.ts';
import { failureKey } from './score.ts';

/** What the snapshot alone says of a checkpoint: its facts, and whether a probe should go on from there. */
export interface Reading {
  facts: Fact[];
  probe: boolean;
}

function holds(facts: Fact[]): boolean {
  return facts.every((fact) => fact.ok);
}

/**
 * Judges what can be judged without sending anything. `byHand`: the learner asked for this verdict, so a probe may be
 * sent without evidence that they tried it themselves.
 */
export function readFacts(check: Check, snapshot: NetworkSnapshot, byHand: boolean, unanswered: boolean): Reading {
  const facts = check.judge(snapshot);
  if (!holds(facts) || !check.probe || unanswered) return { facts, probe: false };
  if (byHand || !check.evidence) return { facts, probe: true };
  const evidence = check.evidence(snapshot);
  return holds(evidence) ? { facts, probe: true } : { facts: [...facts, ...evidence], probe: false };
}

/**
 * The facts of one verdict as they are, once their ids are known to be distinct: hints and grades go by them. Throws
 * otherwise, for the lab's author; a learner is told that it could not be checked.
 */
export function identified(checkpoint: string, facts: Fact[]): Fact[] {
  const seen = new Set<string>();
  for (const { id, title } of facts) {
    const where = `检查点 ${checkpoint} 的事实「${title}」的 id`;
    if (!factId.safeParse(id).success) throw new Error(`${where} 要用小写字母、数字、点和连字符；写的是 ${String(id)}`);
    if (seen.has(id)) throw new Error(`${where} 是 ${id}，和前面的一条重复了；同一个检查点里不能相同`);
    seen.add(id);
  }
  return facts;
}

/** One fact per question, with the question as its title. The right answer is never told. */
export function judgeAnswers(questions: Question[], given: Answers | undefined, truth: Answers | undefined): Fact[] {
  return questions.map((question) => {
    const fact = (ok: boolean, actual: string, advice: string): Fact => ({
      id: answerFact(question.id),
      ok,
      title: question.ask,
      expected: '与你自己的流量一致',
      actual,
      advice,
    });
    const text = given?.[question.id]?.trim() ?? '';
    if (text === '') return fact(false, '还没有作答', question.hint ?? '');
    const answer = readAnswer(question.kind, text);
    if ('mistake' in answer) return fact(false, text, `${answer.mistake}。`);
    const right = truth?.[question.id];
    if (right === undefined)
      return fact(false, text, '平台这次抓包没有看到对应的包，请先确认跨节点的 ping 是通的，再提交一次。');
    const truly = readAnswer(question.kind, right);
    if ('value' in truly && truly.value === answer.value) return fact(true, text, '');
    return fact(false, text, `和平台刚刚抓到的包对不上。${question.hint ?? ''}`);
  });
}

/** Whether any question has been answered. */
export function isAnswered(questions: Question[], given: Answers | undefined): boolean {
  return questions.some((question) => (given?.[question.id] ?? '').trim() !== '');
}

/** The live values as a snapshot has them, by key. */
export function readValues(
  values: Record<string, LiveValue>,
  snapshot: NetworkSnapshot,
): Record<string, string | null> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.read(snapshot)]));
}

/** The facts of a finished probe. */
export function traceFacts(check: Check, trace: ProbeTrace, snapshot: NetworkSnapshot): Fact[] {
  return check.judgeTrace?.(trace, snapshot) ?? [];
}

/** The verdict of a list of facts. A checkpoint with no facts says nothing and passes nothing. */
export function verdictOf(facts: Fact[]): 'passed' | 'failed' {
  return facts.length > 0 && holds(facts) ? 'passed' : 'failed';
}

/**
 * The next result of a checkpoint: the first time of passing stays, and so do the answers and the best share. `skips`: the
 * nodes were brought past its step, so that it cannot pass for the first time now, and nothing of it counts.
 */
export function nextResult(
  before: CheckpointResult,
  verdict: Pick<CheckpointResult, 'status' | 'facts' | 'trouble'>,
  at: { now: number; tookMs: number; byHand: boolean; share: number; skips: boolean },
): CheckpointResult {
  const skipped = at.skips && before.passedAt === undefined;
  const judged = !skipped && (verdict.status === 'passed' || verdict.status === 'failed');
  const counts = judged && before.passedAt === undefined;
  return {
    ...verdict,
    judgedAt: at.now,
    tookMs: Math.round(at.tookMs),
    since: before.status === verdict.status ? (before.since ?? before.judgedAt ?? at.now) : at.now,
    passedAt: before.passedAt ?? (verdict.status === 'passed' && !skipped ? at.now : undefined),
    skipped: skipped || undefined,
    answers: before.answers,
    share: Math.max(judged ? at.share : 0, before.share ?? 0),
    attempts: (before.attempts ?? 0) + (counts && isNews(before, verdict) ? 1 : 0),
    checks: (before.checks ?? 0) + (counts && at.byHand ? 1 : 0),
  };
}

/** Whether a verdict says something else than the last one: passed at last, or other facts fail, or in another way. */
function isNews(before: CheckpointResult, verdict: Pick<CheckpointResult, 'status' | 'facts'>): boolean {
  if (verdict.status === 'passed') return true;
  // After a check that went wrong nobody knows what failed before it.
  if (before.status === 'unknown' && before.facts.length === 0) return false;
  return before.status === 'pending' || failureKey(before.facts) !== failureKey(verdict.facts);
}

/** How a verdict came about, for its log. */
export interface Circumstances {
  /** When the reading was taken, Unix ms; undefined when the nodes could not be read. */
  takenAt?: number;
  byHand: boolean;
  /** Which version of the lab's check and text decided. */
  version: string;
  /** The share of the facts that this verdict found true; the result has the best so far. */
  share: number;
}
