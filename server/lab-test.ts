import type { Fact } from '../content/check.ts';
import type { Lab } from '../content/load.ts';
import type { Question } from '../content/schema.ts';
import { failureOf } from './play.ts';
import type { Rehearsal } from './rehearsal.ts';

/** One line of a lab's test. */
export interface Finding {
  ok: boolean;
  what: string;
  facts: Fact[];
}

/** An answer of the same kind that is not the right one. */
export function wrongAnswer(kind: Question['kind'], right: string): string {
  if (kind === 'number') return String(Number(right) + 1);
  if (kind === 'mac') return right.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  if (kind === 'ip') return right === '203.0.113.1' ? '203.0.113.2' : '203.0.113.1';
  return `${right}x`;
}

/** Wrong answers one by one must be refused for just that question; then the right ones must pass. */
async function* testQuestions(rehearsal: Rehearsal, id: string, questions: Question[]): AsyncGenerator<Finding> {
  const truth = await rehearsal.truth(id);
  for (const question of questions) {
    const wrong = { ...truth, [question.id]: wrongAnswer(question.kind, truth[question.id] ?? '') };
    const { status, facts } = await rehearsal.answer(id, wrong);
    const refused = facts.filter((fact) => !fact.ok).map((fact) => fact.title);
    const ok = status === 'failed' && refused.length === 1 && refused[0] === question.ask;
    yield { ok, what: `${id}：问题 ${question.id} 的错误答案被拒绝`, facts: ok ? [] : facts };
  }
  await rehearsal.answer(id, truth);
}

/** Who is brought to the last step must find there what the text has built: the blocks that are left out must not matter. */
async function* testTravel(rehearsal: Rehearsal, { steps }: Lab): AsyncGenerator<Finding> {
  const last = steps.at(-1);
  if (!last || last.number === 1) return;
  const what = `从第 ${last.number} 步开始：之前的检查点都成立`;
  await rehearsal.renew();
  try {
    await rehearsal.travel(last.number);
  } catch (error) {
    yield { ok: false, what: `${what}：${error instanceof Error ? error.message : error}`, facts: [] };
    return;
  }
  const earlier = steps.slice(0, -1).flatMap((step) => step.head.checkpoints);
  const ids = earlier.filter(({ questions }) => questions.length === 0).map(({ id }) => id);
  await rehearsal.settle(ids, true);
  const facts = ids.flatMap((id) => rehearsal.result(id).facts.filter((fact) => !fact.ok));
  yield { ok: ids.every((id) => rehearsal.result(id).status === 'passed'), what, facts };
}

/**
 * Plays the lab as its text tells it. Before a step none of its checkpoints may hold; after its blocks (and right
 * answers) all must, and at the end those of all steps together. Then once more, by the way that time travel takes.
 */
export async function* testLab(rehearsal: Rehearsal, lab: Lab): AsyncGenerator<Finding> {
  const { steps } = lab;
  for (const step of steps) {
    const ids = step.head.checkpoints.map((checkpoint) => checkpoint.id);
    await rehearsal.judge({ byHand: false, checkpoints: ids });
    for (const id of ids) {
      const ok = rehearsal.result(id).status !== 'passed';
      yield { ok, what: `${step.id}：做之前 ${id} 还不成立`, facts: ok ? [] : rehearsal.result(id).facts };
    }
    const failure = failureOf(step, await rehearsal.player.step(step));
    if (failure) yield { ok: false, what: failure, facts: [] };
    for (const { id, questions } of step.head.checkpoints) {
      if (questions.length > 0) yield* testQuestions(rehearsal, id, questions);
    }
    await rehearsal.settle(ids, false);
    for (const id of ids) {
      const { status, facts } = rehearsal.result(id);
      yield { ok: status === 'passed', what: `${step.id}：做之后 ${id} 成立`, facts: status === 'passed' ? [] : facts };
      const unknown = (rehearsal.earns(id) ?? []).filter((each) => !facts.some((fact) => fact.id === each));
      if (status !== 'passed' || unknown.length === 0) continue;
      yield { ok: false, what: `${id}：做对了也没有 earns 里的事实 ${unknown.join('、')}`, facts };
    }
  }
  const all = steps.flatMap((step) => step.head.checkpoints.map((checkpoint) => checkpoint.id));
  await rehearsal.settle(all, false);
  const lost = all.filter((id) => rehearsal.result(id).status !== 'passed');
  yield {
    ok: lost.length === 0,
    what: lost.length === 0 ? '全部做完之后，每个检查点都还成立' : `全部做完之后不再成立：${lost.join('、')}`,
    facts: lost.flatMap((id) => rehearsal.result(id).facts.filter((fact) => !fact.ok)),
  };
  yield* testTravel(rehearsal, lab);
}
