import type { Lab } from '../../content/load.ts';
import type { JUnitCase, JUnitSuite } from '../junit.ts';
import { causesOf, failing } from './expectation.ts';
import type { Report } from './run.ts';
import type { Outcome } from './trial.ts';

/** How many set-ups, and facts of the solved lab, came out as they must and how many did not. */
export function countOf({ outcomes, coverage }: Report): { passed: number; failed: number } {
  const wrong = outcomes.filter(({ complaints }) => complaints.length > 0).length;
  const blind = coverage?.complaints.length ?? 0;
  const whole = coverage && blind === 0 ? 1 : 0;
  return { passed: outcomes.length - wrong + whole, failed: wrong + blind };
}

/** The same as a suite of JUnit's: a case per set-up, and one for the facts that none broke. */
export function suiteOf(lab: Lab, { outcomes, coverage }: Report): JUnitSuite {
  const cases = outcomes.map(({ setUp, complaints, verdicts, seconds }): JUnitCase => {
    const [message = '', ...rest] = complaints;
    const details = [...rest, ...detailsOf({ complaints: [], place: setUp.place, verdicts })].join('\n');
    const failed = { kind: 'failed' as const, message, details };
    const group = `${lab.id}.${setUp.expect.kind === 'green' ? 'right' : 'broken'}`;
    return { group, name: setUp.name, seconds, outcome: message ? failed : { kind: 'passed' } };
  });
  if (coverage) {
    const [message = '', ...rest] = coverage.complaints;
    const failed = { kind: 'failed' as const, message, details: rest.join('\n') };
    const outcome: JUnitCase['outcome'] = message ? failed : { kind: 'passed' };
    cases.push({ group: `${lab.id}.coverage`, name: '每条事实都弄坏过', seconds: 0, outcome });
  }
  return { name: `${lab.id} --mutate`, at: Date.now(), cases };
}

/** A set-up in a line; what does not fit below it. */
export function linesOf({ setUp, complaints, verdicts, rounds, seconds }: Outcome, progress: string): string[] {
  const { name, place, expect } = setUp;
  const how =
    expect.kind === 'green' ? '全绿' : `${causesOf(verdicts).join('、')}${rounds ? `；照提示 ${rounds} 轮修好` : ''}`;
  const time = `${seconds.toFixed(1)} 秒`;
  if (complaints.length === 0) return [`✓ ${name}　${how}　${time}　${progress}`];
  return [
    `✕ ${name}　${time}　${progress}`,
    ...detailsOf({ complaints, place, verdicts }).map((line) => `    ${line}`),
  ];
}

function detailsOf({
  complaints,
  place,
  verdicts,
}: Pick<Outcome, 'complaints' | 'verdicts'> & Pick<Outcome['setUp'], 'place'>) {
  const where = place ? [`${place.file}:${place.line}:${place.column}`] : [];
  const said = causesOf(verdicts).flatMap((checkpoint) =>
    failing(verdicts, checkpoint).map(
      ({ id, title, expected, actual, advice, repair = '' }) =>
        `${checkpoint} ${id}：${title}　期望 ${expected}　实际 ${actual}　${advice}${repair}`,
    ),
  );
  return [
    ...complaints.flatMap((text) => text.split('\n')),
    ...where,
    ...(said.length > 0 ? ['判定说的是：', ...said] : []),
  ];
}

/** What is known not to be repaired by its advice, a line each. */
export function excusesOf({ outcomes }: Report): string[] {
  return outcomes.flatMap(({ setUp: { name, expect } }) =>
    expect.kind === 'red' && expect.unrepaired ? [`照提示修不好，作者知道：${name}：${expect.unrepaired}`] : [],
  );
}

/** The facts that nothing broke, a line each. */
export function coverageLines({ complaints, facts }: NonNullable<Report['coverage']>): string[] {
  if (complaints.length === 0) return [`✓ 做完的实验里 ${facts} 条事实，除写明弄不坏的以外，每一条都弄坏过`];
  return complaints.map((text) => `✕ ${text}`);
}
