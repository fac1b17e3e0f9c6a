import { z } from 'zod';
import type { LabGrade } from './grade.ts';

/** A moment with its zone, as ISO 8601 has it: `2026-11-23T06:05:09.120Z`. */
const moment = z.iso.datetime().nullable();

/** One checkpoint of one learner, flat: what is said of the learner and of the lab is said on every line again. */
export const gradeRecord = z.strictObject({
  /** The number this instance gave the person; 学号 and name are null for a guest. */
  person: z.string(),
  studentNo: z.string().nullable(),
  name: z.string().nullable(),
  lab: z.string(),
  labTitle: z.string(),
  /** When the learner first had nodes in this lab. */
  startedAt: moment,
  step: z.string(),
  checkpoint: z.string(),
  title: z.string(),
  points: z.number(),
  score: z.number(),
  /** `lapsed`: passed once, keeps its points. `unknown`: could not be checked. `skipped`: the platform did it. `untouched`: never judged. */
  standing: z.enum(['passed', 'lapsed', 'failed', 'unknown', 'skipped', 'untouched']),
  attempts: z.number().int(),
  checks: z.number().int(),
  hints: z.number().int(),
  firstPassedAt: moment,
  /** Until when it was in time, null where there is no deadline; and whether it was passed after that. */
  deadline: moment,
  late: z.boolean(),
  /** From startedAt to firstPassedAt, seconds. */
  secondsToPass: z.number().nullable(),
  lastJudgedAt: moment,
  /** The titles of the facts that failed the last time. */
  failing: z.array(z.string()),
});
export type GradeRecord = z.infer<typeof gradeRecord>;

/** What `lab grade --format json` writes. */
export const gradeRecords = z.strictObject({
  format: z.literal('netloom-grades-1'),
  madeAt: z.iso.datetime(),
  class: z.strictObject({ id: z.string(), name: z.string() }),
  rows: z.array(gradeRecord),
});

/** Grades as JSON for programs, one record per line. */
export function writeRecords(group: { id: string; name: string }, grades: readonly LabGrade[], now: number): string {
  const rows = grades.flatMap(recordsOf).map((row) => JSON.stringify(row));
  const head = JSON.stringify({ format: 'netloom-grades-1', madeAt: new Date(now).toISOString(), class: group });
  return `${head.slice(0, -1)},"rows":[\n${rows.join(',\n')}\n]}\n`;
}

function recordsOf({ learner, lab, startedAt, deadline, checkpoints }: LabGrade): GradeRecord[] {
  return checkpoints.map((each) => ({
    person: learner.person,
    studentNo: learner.studentNo?.toWellFormed() ?? null,
    // Half a character is no text to most programs that read JSON.
    name: learner.name?.toWellFormed() ?? null,
    lab: lab.id,
    labTitle: lab.title,
    startedAt: iso(startedAt),
    step: each.step,
    checkpoint: each.id,
    title: each.title,
    points: each.points,
    score: each.score,
    standing: each.standing,
    attempts: each.attempts,
    checks: each.checks,
    hints: each.hints,
    firstPassedAt: iso(each.passedAt),
    deadline: iso(deadline),
    late: each.late,
    secondsToPass: each.tookMs === undefined ? null : each.tookMs / 1000,
    lastJudgedAt: iso(each.judgedAt),
    failing: each.failing.map(({ title }) => title),
  }));
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
