import { z } from 'zod';
import type { Need } from './authority.ts';
import type { LabGrade } from './grades/grade.ts';
import type { Command } from './protocol.ts';
import { classId, lab, learner, terminal } from './shapes.ts';

/** The part of the contract that is about what was: grades, how they came about, recordings. Times are Unix ms. */

const one = { class: classId, lab, learner };

export const recordRequests = {
  /** The grades of a class, of one lab or of all. */
  'grades:read': z.strictObject({ class: classId, lab: lab.optional() }),
  /** How a learner came by the grade of a lab. */
  'report:read': z.strictObject(one),
  /** The same of oneself. */
  'report:mine': z.strictObject({ lab }),
  /** What a learner's terminals showed in a lab, newest first. */
  'recording:list': z.strictObject(one),
  /** One of them, with what was judged meanwhile; its bytes come over HTTP. */
  'recording:open': z.strictObject({ ...one, recording: terminal }),
} as const;

export type RecordRequestName = keyof typeof recordRequests;

/** What one must be to ask it. */
export const recordNeeds: Record<RecordRequestName, Need> = {
  'grades:read': 'run',
  'report:read': 'run',
  'report:mine': 'self',
  'recording:list': 'see',
  'recording:open': 'see',
};

export interface RecordAnswers {
  'grades:read': Gradebook;
  'report:read': Report;
  'report:mine': Report;
  'recording:list': { recordings: Recording[] };
  'recording:open': Replay;
}

/** As in server/grades/grade.ts. */
export type Standing = 'passed' | 'lapsed' | 'failed' | 'unknown' | 'skipped' | 'untouched';

/** Somebody who is graded; a guest has neither 学号 nor name. */
export interface Graded {
  person: string;
  studentNo?: string;
  name?: string;
}

/** A lab as a grade table has it. */
export interface GradedLab {
  id: string;
  title: string;
  /** The number of the step says where in the text it is. */
  checkpoints: { id: string; title: string; step: number; points: number }[];
  /** The class's own; a learner may have more time. */
  deadline?: number;
}

/** One learner in one lab, as a line of a table. */
export interface GradeRow extends Omit<LabGrade, 'learner' | 'lab' | 'checks' | 'checkpoints'> {
  learner: Graded;
  lab: string;
  /** In the order of the lab's checkpoints. */
  standings: Standing[];
}

/** The grades of a class: the same numbers as `lab grade` and the exports. */
export interface Gradebook {
  class: { id: string; name: string };
  labs: GradedLab[];
  /** By learner (学号), then by lab. */
  rows: GradeRow[];
  at: number;
}

/** A fact of a verdict as it is kept: what to do about it is not told here. */
export interface ReportFact {
  ok: boolean;
  title: string;
  expected: string;
  actual: string;
}

/** A verdict as it was logged. */
export interface PastVerdict {
  at: number;
  status: 'passed' | 'failed' | 'unknown';
  /** Judged on nodes that the platform had brought past its step. */
  skipped: boolean;
  byHand?: boolean;
  /** The share of its facts that held, 0 to 1. */
  share?: number;
  facts: ReportFact[];
}

/** An entry of a checkpoint's log. */
export interface ReportVerdict extends PastVerdict {
  /** 1 for the oldest. */
  number: number;
  /** It decided the points: the first pass, or the best share without one. */
  decides: boolean;
}

export interface ReportCheckpoint {
  id: string;
  title: string;
  step: { number: number; title: string };
  points: number;
  score: number;
  standing: Standing;
  attempts: number;
  checks: number;
  hints: number;
  passedAt?: number;
  judgedAt?: number;
  tookMs?: number;
  late: boolean;
  /** Why it has these points, as a sentence. */
  why: string;
  /** Oldest first; those between are left out when there are many. */
  log: ReportVerdict[];
  omitted: number;
}

/** What a learner ran, summed up. */
export interface CommandSummary {
  total: number;
  /** With an exit status other than 0. */
  failed: number;
  nodes: { node: string; total: number }[];
  /** The programs most often run. */
  programs: { name: string; total: number }[];
  /** The newest, newest first. */
  last: Command[];
}

/** How a learner came by the grade of a lab. */
export interface Report {
  class?: { id: string; name: string };
  lab: { id: string; title: string };
  grade: GradeRow;
  checkpoints: ReportCheckpoint[];
  commands: CommandSummary;
  recordings: Recording[];
  at: number;
}

/** What a terminal showed, as ptyd recorded it. */
export interface Recording {
  /** The terminal's name. */
  id: string;
  node: string;
  startedAt: number;
  /** Its length so far, seconds. */
  seconds: number;
  cols: number;
  rows: number;
  bytes: number;
  /** Its terminal is open: more may come. */
  grows: boolean;
}

/** A recording to be played, and the verdicts of its time. */
export interface Replay {
  learner: Graded;
  lab: { id: string; title: string };
  recording: Recording;
  /** `seconds`: from the beginning of the recording. */
  verdicts: (PastVerdict & { seconds: number; checkpoint: string; title: string })[];
  /** The others of this learner and lab, to go on with. */
  others: Recording[];
}
