import { isAnswerFact } from '../../content/answer.ts';
import type { Lab } from '../../content/load.ts';
import { wrongAnswer } from '../lab-test.ts';
import { fillIn, liveValuesIn } from '../play.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { playQuickly } from './recipe.ts';
import type { Act, Verdict, Workbench } from './set-up.ts';
import { shapeOf } from './shape.ts';
import { changedSwitches, difference, LOOK_SCRIPT, type State, stateOf, wipeScript } from './state.ts';

/** A link's carrier follows `up` by up to 0.45 s (linkwatch; facts.md 2.1), ms. */
const SETTLE_MS = 500;

/**
 * Nodes that go from one set-up to the next. What a set-up leaves behind is found by comparing everything on the nodes
 * with what it was in the solved lab; then it is wiped away and the text is played again, and when that does not give
 * the same state either, there are new nodes. `note` hears of the latter: it takes seconds.
 */
export async function openWorkbench(lab: Lab, rehearsal: Rehearsal, note: (what: string) => void): Promise<Workbench> {
  const { player } = rehearsal;
  const nodes = lab.file.nodes;
  const ids = lab.checkpoints.map(({ id }) => id);
  const asking = lab.checkpoints.filter(({ questions }) => questions.length > 0);
  /** The start of the step that would come after the last one. */
  const END = lab.steps.length + 1;
  let born: State = new Map();
  let solved: State = new Map();
  let shape = '';
  /** Whether the last judgement was green: what is not may have a cause that the state does not show. */
  let green = false;
  /** Whether commands were run that no advice has taken back: they may have changed what no snapshot shows. */
  let touched = false;
  /** Whether wrong answers are to be put right: not while they are the very thing that is tried. */
  let answering = true;

  async function look(): Promise<State> {
    const readings = await Promise.all(
      nodes.map(async ({ name }) => [name, (await player.script(name, LOOK_SCRIPT)).stdout] as const),
    );
    return stateOf(Object.fromEntries(readings));
  }

  /** New nodes, and the text from its beginning. */
  async function solveAnew(): Promise<void> {
    born = await look();
    await playQuickly(rehearsal, rehearsal.legs(END), false);
    solved = await look();
    shape = shapeOf(await rehearsal.snapshot());
    touched = false;
  }

  /** Whether the lab is solved as it was at first: a glance does where the advice has repaired what was broken. */
  async function isSolved(): Promise<boolean> {
    if (!green || shapeOf(await rehearsal.snapshot()) !== shape) return false;
    return !touched || difference(solved, await look()).length === 0;
  }

  /** Takes away what is there, and plays the text up to some step; says in what the outcome is not as it should be. */
  async function replay(now: State, to: number): Promise<string[]> {
    await Promise.all(
      nodes.map((node) => player.script(node.name, wipeScript(node, changedSwitches(node.name, born, now)))),
    );
    await playQuickly(rehearsal, rehearsal.legs(to), true);
    const wrong = to === END ? difference(solved, await look()) : [];
    touched = wrong.length > 0;
    return wrong;
  }

  /** Whether nothing but the answers to its questions is wrong with a checkpoint: those of earlier nodes, or none. */
  function lacksAnswers(checkpoint: string): boolean {
    const failing = rehearsal.result(checkpoint).facts.filter(({ ok }) => !ok);
    return failing.length > 0 && failing.every(({ id }) => isAnswerFact(id));
  }

  await solveAnew();
  return {
    async start(from) {
      answering = true;
      if (from === 'fresh') {
        await rehearsal.renew();
        born = await look();
        return;
      }
      const last = lab.steps.find(({ id }) => id === from);
      const to = last ? last.number + 1 : END;
      if (from === 'solved' && (await isSolved())) return;
      const wrong = await replay(await look(), to).catch((error: Error) => [error.message]);
      if (wrong.length === 0) return;
      note(`重新建节点：${wrong.slice(0, 6).join('；')}`);
      await rehearsal.renew();
      await solveAnew();
      if (to !== END) await replay(solved, to);
    },
    async act(act: Act) {
      if ('wrongAnswer' in act) {
        const { checkpoint, question } = act.wrongAnswer;
        const truth = await rehearsal.truth(checkpoint);
        const kind = asking.find(({ id }) => id === checkpoint)?.questions.find(({ id }) => id === question)?.kind;
        const wrong = wrongAnswer(kind ?? 'text', truth[question] ?? '');
        await rehearsal.answer(checkpoint, { ...truth, [question]: wrong });
        answering = false;
        return [];
      }
      touched = true;
      const failures: string[] = [];
      const variables: Record<string, string> = {};
      for (const { node, text, storeAs } of act.sections) {
        const filled = fillIn(text, liveValuesIn({ text }).length > 0 ? await rehearsal.values() : {});
        if ('missing' in filled) return [...failures, `需要活数值 ${filled.missing}，但它现在还不存在`];
        const { code, stdout, stderr } = await player.script(node, `set -e\n${filled.text}`, variables);
        if (storeAs) variables[storeAs] = stdout.trim();
        if (code !== 0) failures.push(`${node} 上的命令没有做成（${code ?? '超时'}）：${stderr.trim()}`);
      }
      return failures;
    },
    async judge() {
      await rehearsal.judge({ byHand: true, checkpoints: ids });
      for (const { id } of asking) {
        if (answering && lacksAnswers(id)) await rehearsal.answer(id, await rehearsal.truth(id));
      }
      const verdicts = new Map<string, Verdict>(ids.map((id) => [id, rehearsal.result(id)]));
      // A wrong answer spoils nothing.
      if (answering) green = [...verdicts.values()].every(({ status }) => status === 'passed');
      return verdicts;
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS)),
    async follow(commands) {
      const scripts: { node: string; lines: string[] }[] = [];
      for (const { node, command } of commands) {
        const last = scripts.at(-1);
        if (last?.node === node) last.lines.push(command);
        else scripts.push({ node, lines: [command] });
      }
      for (const { node, lines } of scripts) await player.script(node, lines.join('\n'));
      touched = false;
    },
    faults: rehearsal.faults,
  };
}
