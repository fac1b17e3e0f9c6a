import type { Fact } from '../../content/check.ts';
import type { CheckpointResult } from '../protocol.ts';
import { failureKey } from '../score.ts';
import type { LoggedVerdict } from '../store/verdicts.ts';
import type { CheckpointGrade, LabGrade, Learner } from './grade.ts';
import { learnerWords, momentWords, oneLine, spanWords, standings } from './words.ts';

/** What an explanation rests on. */
export interface Evidence {
  grade: LabGrade;
  checkpoint: CheckpointGrade;
  log: readonly LoggedVerdict[];
  /** When hints of this checkpoint were opened, Unix ms. */
  hintsAt: readonly number[];
  /** The last verdict, which need not have been new enough to be logged. */
  last: { status: CheckpointResult['status']; facts: Fact[] };
  /** The version of the check and text as it is today. */
  version: string;
}

const VERDICTS: Record<LoggedVerdict['status'], string> = { passed: '通过', failed: '未通过', unknown: '没能检查' };

/** Tells in Chinese how a checkpoint came by its points: every entry of its log, with the facts that decided. */
export function explain(evidence: Evidence): string[] {
  const { grade, checkpoint, log } = evidence;
  return [
    whoWords(grade.learner),
    `实验 ${grade.lab.id}：${grade.lab.title}`,
    `检查点 ${checkpoint.id}：${checkpoint.title}`,
    '',
    `得分 ${checkpoint.score} / ${checkpoint.points}：${whyWords(evidence)}`,
    countWords(checkpoint),
    '',
    log.length === 0 ? '没有判定的记录。' : `判定的记录，共 ${log.length} 条（时间是北京时间）：`,
    ...log.flatMap((verdict, index) => entryWords(verdict, index + 1, evidence)),
    ...lastWords(evidence),
  ];
}

/** The present state, where it differs from the last entry: small changes soon after one another are not all logged. */
function lastWords({ last, log, checkpoint }: Evidence): string[] {
  const logged = log.at(-1);
  if (!logged || last.status === 'pending') return [];
  if (logged.status === last.status && failureKey(logged.facts) === failureKey(last.facts)) return [];
  const when = checkpoint.judgedAt === undefined ? '' : `${momentWords(checkpoint.judgedAt)}　`;
  return [`最近一次　${when}${VERDICTS[last.status]}`, ...last.facts.map(factWords)];
}

function whoWords(learner: Learner): string {
  const named = learner.studentNo !== undefined || learner.name !== undefined;
  return named ? `${oneLine(learnerWords(learner))}（编号 ${learner.person}）` : learnerWords(learner);
}

/** What decides the points of a checkpoint. */
export type Deciding = Pick<Evidence, 'checkpoint' | 'log'>;

/** The place in a log of the verdict that came closest. */
export function bestOf(log: readonly LoggedVerdict[]): number {
  return log.reduce((top, each, index) => ((each.share ?? 0) > (log[top]?.share ?? 0) ? index : top), 0);
}

/** Why a checkpoint has its points, in a sentence. */
export function whyWords({ checkpoint, log }: Deciding): string {
  const { standing, passedAt, points, score } = checkpoint;
  if (passedAt !== undefined) {
    const first = `${momentWords(passedAt)} 第一次通过，得全部 ${points} 分`;
    const late = checkpoint.late ? '（已过截止时间，记为迟交）' : '';
    return standing === 'lapsed' ? `${first}${late}；后来不再成立（已失效），分数保留。` : `${first}${late}。`;
  }
  if (standing === 'untouched') return '没有判定过。';
  if (standing === 'skipped') return '跳过：所在的步骤是平台照课文做好的，不计分。';
  if (score === 0) return `还没有通过（${standings[standing]}），也没有可以给分的事实。`;
  const best = bestOf(log);
  return `还没有通过；按成立得最多的一次给部分分，就是第 ${best + 1} 条（${percent(log[best]?.share ?? 0)}）。`;
}

function countWords({ attempts, checks, hints, tookMs, passedAt }: CheckpointGrade): string {
  const until = passedAt === undefined ? '到现在' : '到第一次通过';
  const took = tookMs === undefined ? '' : `；从开始实验起用了 ${spanWords(tookMs)}`;
  return `${until}，评测 ${attempts} 次，其中学员自己检查 ${checks} 次；看过 ${hints} 条提示${took}。`;
}

function entryWords(verdict: LoggedVerdict, number: number, { version, hintsAt }: Evidence): string[] {
  const { status, facts, judgedAt, takenAt, byHand, share } = verdict;
  const hints = hintsAt.filter((at) => at <= judgedAt).length;
  const how = [
    byHand === undefined ? undefined : byHand ? '学员自己检查' : '自动判定',
    takenAt === undefined ? undefined : `快照取于 ${momentWords(takenAt).slice(-8)}`,
    verdict.version === undefined
      ? '版本没有记录'
      : `版本 ${verdict.version}${verdict.version === version ? '' : '（和现在的不同）'}`,
    verdict.skipped ? '平台代做，不计分' : undefined,
    status === 'failed' && share !== undefined ? `成立 ${percent(share)}` : undefined,
    `之前看过 ${hints} 条提示`,
  ];
  return [
    `${number}. ${momentWords(judgedAt)}　${VERDICTS[status]}（${how.filter(Boolean).join('，')}）`,
    ...facts.map(factWords),
  ];
}

function factWords({ ok, title, expected, actual }: Fact): string {
  return `   ${ok ? '✓' : '✕'} ${oneLine(title)}　期望 ${oneLine(expected)}　实际 ${oneLine(actual)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
