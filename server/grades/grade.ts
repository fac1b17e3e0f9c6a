import type { Fact } from '../../content/check.ts';
import type { Lab } from '../../content/lab.ts';
import { isLate } from '../deadline.ts';
import { scoreOf, sumOf } from '../score.ts';
import type { Attempt } from '../store/progress.ts';

/** Somebody who is graded: plain facts, wherever they come from. Without a 学号 and a name it is a guest. */
export interface Learner {
  person: string;
  studentNo?: string;
  name?: string;
}

/** What a learner did in a lab. Hints are counted by checkpoint. */
export interface LabWork extends Attempt {
  hints?: Record<string, number>;
}

/** What is graded: of a lab no more than its names and its checkpoints. */
export type GradedLab = Pick<Lab, 'id' | 'checkpoints'> & { file: Pick<Lab['file'], 'title'> };

/**
 * `lapsed`: passed once, and keeps its points, but does not hold any more. `unknown`: never passed, and could not be
 * checked last time. `skipped`: holds on nodes that were brought past its step, which
 * is not the learner's work. `untouched`: never judged.
 */
export type CheckpointStanding = 'passed' | 'lapsed' | 'failed' | 'unknown' | 'skipped' | 'untouched';

/** One checkpoint of one learner. Times are Unix ms. */
export interface CheckpointGrade {
  id: string;
  title: string;
  step: string;
  points: number;
  score: number;
  standing: CheckpointStanding;
  /** How often its verdict changed until it passed first, that time included; and how often it was asked for by hand. */
  attempts: number;
  checks: number;
  hints: number;
  passedAt?: number;
  judgedAt?: number;
  /** From the learner's first start of the lab to the first pass, ms. */
  tookMs?: number;
  /** Passed for the first time after the deadline. */
  late: boolean;
  /** The facts that failed the last time. */
  failing: Fact[];
}

/** One learner in one lab. Times are Unix ms. */
export interface LabGrade {
  learner: Learner;
  lab: { id: string; title: string };
  points: number;
  score: number;
  passed: number;
  attempts: number;
  checks: number;
  hints: number;
  startedAt?: number;
  /** When the last of its checkpoints was passed for the first time; undefined while one is open. */
  finishedAt?: number;
  judgedAt?: number;
  /** From the first start to the end, or to the last verdict while there is no end, ms. */
  tookMs?: number;
  /** Until when it was in time, with what more this learner was given; undefined where there is no deadline. */
  deadline?: number;
  /** How many of its checkpoints were passed after that. */
  late: number;
  checkpoints: CheckpointGrade[];
}

/** Grades one learner's work on a lab; work is undefined for somebody who never came. */
export function gradeLab(
  lab: GradedLab,
  learner: Learner,
  work: LabWork = { results: {} },
  deadline?: number,
): LabGrade {
  const checkpoints = lab.checkpoints.map((checkpoint) => gradeCheckpoint(checkpoint, work, deadline));
  const sum = (count: (grade: CheckpointGrade) => number) => checkpoints.reduce((all, each) => all + count(each), 0);
  const passed = checkpoints.flatMap(({ passedAt }) => (passedAt === undefined ? [] : [passedAt]));
  const judged = checkpoints.flatMap(({ judgedAt }) => (judgedAt === undefined ? [] : [judgedAt]));
  const finishedAt = passed.length > 0 && passed.length === checkpoints.length ? Math.max(...passed) : undefined;
  const judgedAt = judged.length > 0 ? Math.max(...judged) : undefined;
  return {
    learner,
    lab: { id: lab.id, title: lab.file.title },
    points: sum(({ points }) => points),
    score: sumOf(checkpoints.map(({ score }) => score)),
    passed: passed.length,
    attempts: sum(({ attempts }) => attempts),
    checks: sum(({ checks }) => checks),
    hints: sum(({ hints }) => hints),
    startedAt: work.startedAt,
    finishedAt,
    judgedAt,
    tookMs: between(work.startedAt, finishedAt ?? judgedAt),
    deadline,
    late: sum(({ late }) => Number(late)),
    checkpoints,
  };
}

function gradeCheckpoint(
  checkpoint: Lab['checkpoints'][number],
  work: LabWork,
  deadline: number | undefined,
): CheckpointGrade {
  const { id, title, step, points } = checkpoint;
  const result = work.results[id] ?? { status: 'pending', facts: [] };
  return {
    id,
    title,
    step,
    points,
    score: scoreOf(checkpoint, result),
    standing: standingOf(result),
    attempts: result.attempts ?? 0,
    checks: result.checks ?? 0,
    hints: work.hints?.[id] ?? 0,
    passedAt: result.passedAt,
    judgedAt: result.judgedAt,
    tookMs: between(work.startedAt, result.passedAt),
    late: isLate(result.passedAt, deadline),
    failing: result.status === 'failed' ? result.facts.filter((fact) => !fact.ok) : [],
  };
}

function standingOf({ status, passedAt, skipped }: Attempt['results'][string]): CheckpointStanding {
  if (passedAt !== undefined) return status === 'failed' ? 'lapsed' : 'passed';
  if (status === 'pending') return 'untouched';
  if (status === 'passed' && skipped) return 'skipped';
  return status;
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}
