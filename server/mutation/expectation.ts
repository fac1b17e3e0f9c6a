import { type Fact, wholeAdvice } from '../../content/check.ts';
import type { Expectation, Verdicts } from './set-up.ts';

/** The facts of a checkpoint that do not hold. */
export function failing(verdicts: Verdicts, checkpoint: string): Fact[] {
  return verdicts.get(checkpoint)?.facts.filter(({ ok }) => !ok) ?? [];
}

/** The red checkpoints, apart from those that only wait for another one: each failing fact sends to a red one. */
export function causesOf(verdicts: Verdicts): string[] {
  const red = redOf(verdicts);
  const waits = ({ repair, advice }: Fact, self: string) =>
    repair === undefined && red.some((id) => id !== self && advice.includes(`\`${id}\``));
  return red.filter((id) => !failing(verdicts, id).every((fact) => waits(fact, id)));
}

/** What the verdicts have against an expectation, a sentence each; nothing when they are as they must be. */
export function complaintsOf(expect: Expectation, verdicts: Verdicts): string[] {
  const unjudged = [...verdicts].filter(([, { status }]) => status !== 'passed' && status !== 'failed');
  const complaints = unjudged.map(([id]) => `${id} 没能检查`);
  const red = redOf(verdicts);
  if (expect.kind === 'green') {
    return red.length === 0 ? complaints : [...complaints, `应当全绿，变红的是 ${listed(red)}`];
  }
  if (red.length === 0) return [...complaints, '没有检查点变红'];
  const causes = causesOf(verdicts);
  const facts = causes.flatMap((id) => failing(verdicts, id));
  if (expect.kind === 'some-red') {
    const named = facts.some((fact) => expect.names.some((name) => textOf(fact).includes(name)));
    return named ? complaints : [...complaints, `变红的 ${listed(causes)} 没有提到 ${expect.names.join('、')}`];
  }
  const stray = causes.filter((id) => !expect.red.includes(id));
  const missing = expect.red.filter((id) => !red.includes(id));
  if (missing.length > 0) complaints.push(`应当变红的 ${listed(missing)} 还是绿的`);
  if (stray.length > 0) complaints.push(`${listed(stray)} 不该变红`);
  const meant = facts.filter(({ id }) => id === expect.fact);
  if (meant.length === 0) {
    const instead = facts.map(({ id }) => id).join('、') || '没有';
    complaints.push(`应当不成立的事实 ${expect.fact} 没有不成立；不成立的是 ${instead}`);
  } else if (expect.says && !meant.some((fact) => expect.says?.test(textOf(fact)))) {
    complaints.push(`事实 ${expect.fact} 没有说到 ${expect.says.source}`);
  }
  return complaints;
}

/** All that a learner can read of a fact. */
export function textOf(fact: Fact): string {
  return `${fact.title} ${fact.expected} ${fact.actual} ${wholeAdvice(fact)}`;
}

function redOf(verdicts: Verdicts): string[] {
  return [...verdicts].filter(([, { status }]) => status === 'failed').map(([id]) => id);
}

function listed(ids: string[]): string {
  return ids.join('、');
}
