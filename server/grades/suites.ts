import type { JUnitCase, JUnitOutcome, JUnitSuite } from '../junit.ts';
import type { CheckpointGrade, LabGrade } from './grade.ts';
import { learnerWords, oneLine, standings } from './words.ts';

/**
 * Grades as JUnit suites, one per learner and lab: a checkpoint that passed once is a passed test, one that could not be
 * checked an error, one that was never judged a skipped one.
 */
export function suitesOf(className: string, grades: readonly LabGrade[], now: number): JUnitSuite[] {
  return grades.map(({ learner, lab, checkpoints, points, score, hints, late, judgedAt }) => ({
    name: oneLine(`${learnerWords(learner)} · ${lab.title}`),
    at: judgedAt ?? now,
    properties: {
      person: learner.person,
      ...(learner.studentNo !== undefined && { studentNo: oneLine(learner.studentNo) }),
      ...(learner.name !== undefined && { name: oneLine(learner.name) }),
      class: oneLine(className),
      lab: lab.id,
      score: String(score),
      points: String(points),
      hints: String(hints),
      late: String(late),
    },
    cases: checkpoints.map((checkpoint) => caseOf(lab.id, checkpoint)),
    output: checkpoints
      .filter(({ standing }) => standing === 'lapsed')
      .map(lapsedWords)
      .join('\n'),
  }));
}

function caseOf(lab: string, checkpoint: CheckpointGrade): JUnitCase {
  return {
    group: `${lab}.${checkpoint.step}`,
    name: `${checkpoint.id} ${checkpoint.title}`,
    seconds: (checkpoint.tookMs ?? 0) / 1000,
    outcome: outcomeOf(checkpoint),
  };
}

function outcomeOf({ standing, failing, score, points }: CheckpointGrade): JUnitOutcome {
  if (standing === 'passed' || standing === 'lapsed') return { kind: 'passed' };
  if (standing === 'untouched' || standing === 'skipped') return { kind: 'skipped', message: standings[standing] };
  if (standing === 'unknown') return { kind: 'error', message: '没能检查：读不到节点，或者判定程序出错' };
  const details = failing.map(({ title, expected, actual }) => `${title}　期望 ${expected}　实际 ${actual}`);
  const titles = failing.map(({ title }) => title).join('；');
  return { kind: 'failed', message: `${score} / ${points} 分：${titles}`, details: details.join('\n') };
}

function lapsedWords({ id, title, failing }: CheckpointGrade): string {
  const why = failing.map((fact) => `${fact.title}　期望 ${fact.expected}　实际 ${fact.actual}`).join('；');
  return `${id} ${title}：通过之后又不成立了（分数保留）：${why}`;
}
