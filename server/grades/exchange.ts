import { harmless } from './csv.ts';
import type { LabGrade, Learner } from './grade.ts';

/** As nbgrader's own export has them (nbgrader/plugins/export.py). */
const NBGRADER_HEAD =
  'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';
/** What Moodle finds people by, and then a column per grade item (Moodle docs, Grade import). */
const MOODLE_HEAD = ['username', 'idnumber', '姓名'];
/** `2026-11-23 07:35:00`, in UTC and without a zone, as nbgrader keeps times. */
const MOMENT_CHARS = 'YYYY-MM-DD hh:mm:ss'.length;

/** Grades for another program, by its own headings: no mark in front, quotes only where they are needed. */
export function writeExchange(program: 'nbgrader' | 'moodle', grades: readonly LabGrade[]): string {
  const lines = program === 'nbgrader' ? nbgraderLines(grades) : moodleLines(grades);
  return lines.map((line) => `${line}\n`).join('');
}

/** One line per learner and lab. Who never came has 0, as there. Names are not taken apart. */
function nbgraderLines(grades: readonly LabGrade[]): string[] {
  return [
    NBGRADER_HEAD,
    ...grades.map(({ learner, lab, deadline, finishedAt, judgedAt, score, points }) =>
      lineOf([
        ...[lab.id, moment(deadline), moment(finishedAt ?? judgedAt)],
        ...[idOf(learner), learner.name ?? '', '', ''],
        // Late work keeps its points: what it costs is for the teacher to say.
        ...[decimal(score), decimal(0), decimal(score), decimal(points)],
      ]),
    ),
  ];
}

/** One line per learner, one column per lab; empty for who has not begun, which leaves Moodle's grade as it is. */
function moodleLines(grades: readonly LabGrade[]): string[] {
  const labs = new Map(grades.map(({ lab }) => [lab.id, lab.title]));
  const byPerson = Map.groupBy(grades, ({ learner }) => learner.person);
  return [
    lineOf([...MOODLE_HEAD, ...labs.values()]),
    ...[...byPerson.values()].map((mine) => {
      const learner: Learner = mine[0]?.learner ?? { person: '' };
      const scores = [...labs.keys()].map((id) => {
        const grade = mine.find(({ lab }) => lab.id === id);
        const begun = grade && (grade.startedAt !== undefined || grade.judgedAt !== undefined);
        return begun ? String(grade.score) : '';
      });
      return lineOf([idOf(learner), idOf(learner), learner.name ?? '', ...scores]);
    }),
  ];
}

/** Whoever has no 学号 goes by the number this instance gave them. */
function idOf({ studentNo, person }: Learner): string {
  return studentNo ?? person;
}

function lineOf(cells: readonly string[]): string {
  return cells.map(cellOf).join(',');
}

function cellOf(text: string): string {
  const plain = harmless(text);
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function moment(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().slice(0, MOMENT_CHARS).replace('T', ' ');
}

/** Python's way of writing a float. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
