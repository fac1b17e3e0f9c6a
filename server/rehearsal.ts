import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '../content/check.ts';
import { loadChecks } from '../content/judgements.ts';
import type { Lab } from '../content/load.ts';
import type { Question } from '../content/schema.ts';
import { newId } from './classroom.ts';
import type { Env } from './env.ts';
import { createJudge, type Judge } from './judge.ts';
import type { Labd } from './labd/contract.ts';
import { composeLabd } from './labd/index.ts';
import { createPlayer, failureOf, type Player } from './play.ts';
import type { CheckpointResult } from './protocol.ts';
import { topologyOf } from './topology.ts';
import { legsTo, stoppedWords, travel } from './travel.ts';

/** A reading that failed is taken again this often and this long: links settle within half a second (facts.md 3.1). */
const SETTLE_TRIES = 4;
const SETTLE_MS = 500;

/** A throw-away session of the command line: the same judge and nodes as a learner's, without a learner. */
export interface Rehearsal {
  readonly player: Player;
  result(checkpoint: string): CheckpointResult;
  /** Judges until nothing fails any more, or enough tries were made. */
  settle(checkpoints: string[], byHand: boolean): Promise<void>;
  judge: Judge['judge'];
  /** The facts a checkpoint's check says earn points; undefined where it does not say. */
  earns(checkpoint: string): readonly string[] | undefined;
  /** What went wrong in judging since the last time this was asked, one line each: a check of the lab that threw. */
  faults(): string[];
  answer(checkpoint: string, answers: Record<string, string>): Promise<CheckpointResult>;
  /** The true answers to a checkpoint's questions, from the platform's own capture. */
  truth(checkpoint: string): Promise<Record<string, string>>;
  /** Makes the nodes anew. */
  renew(): Promise<void>;
  /** Brings new nodes to the start of a step, by its number, as a learner's are who begins there. */
  travel(step: number): Promise<void>;
  /** Brings new nodes to the end of the text and answers its questions. */
  solve(): Promise<void>;
  close(): Promise<void>;
}

/** labd within this process, over a data directory of its own; it opens no terminals. */
function composeOwnLabd(env: Env, data: string): ReturnType<typeof composeLabd> {
  const nothing = async () => undefined;
  return composeLabd(
    { ...env, data },
    { open: nothing, close: nothing, list: async () => [] },
    { progress: nothing, changed: nothing },
  );
}

/** Destroys every session of a data directory, known or not. */
export async function clearSessions(env: Env, data: string): Promise<void> {
  const labd = composeOwnLabd(env, data);
  for (const { session } of await labd.list()) await labd.destroy(session);
  await labd.adopt();
}

function ownData(env: Env, pid: number | string): string {
  return join(env.data, 'cli', String(pid));
}

function isLiving(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cli.ts');
  } catch {
    return false;
  }
}

/** Removes what command lines left behind that were killed before they could. */
export async function clearRehearsals(env: Env): Promise<void> {
  const directory = join(env.data, 'cli');
  for (const pid of existsSync(directory) ? readdirSync(directory) : []) {
    if (isLiving(pid)) continue;
    await clearSessions(env, ownData(env, pid));
    rmSync(ownData(env, pid), { recursive: true, force: true });
  }
}

/** An error of judging in one line, with the place in the lab's own files where it can be told. */
function faultWords(error: unknown, what: string, lab: Lab): string {
  if (!(error instanceof Error)) return `${what}: ${error}`;
  const own = error.stack?.split('\n').find((line) => line.includes(`/${lab.id}/`));
  const place = /([^/]+\/[^/?]+\.ts)[^:]*:(\d+)/.exec(own ?? '');
  const where = place ? `（${place[1]}:${place[2]}）` : '';
  const cause = error.cause instanceof Error ? `：${error.cause.message}` : '';
  return `${what}：${error.message}${where}${cause}`;
}

/** Makes nodes for a lab and a judge over them. Close it; if that is not to be, the next command line does. */
export async function openRehearsal(env: Env, lab: Lab): Promise<Rehearsal> {
  await clearRehearsals(env);
  const data = ownData(env, process.pid);
  const labd: Labd = composeOwnLabd(env, data);
  const loaded = await loadChecks(lab);
  const session = newId();
  const { packages, flows } = lab.file;
  const faults: string[] = [];
  const judge = createJudge({
    session,
    source: { lab: () => lab, checks: () => loaded, version: () => '', mistake: () => null },
    labd,
    results: {},
    save: async () => undefined,
    ready: () => true,
    skips: () => false,
    now: Date.now,
    changed: () => undefined,
    fault: (error, what) => faults.push(faultWords(error, what, lab)),
    unreadable: () => undefined,
  });
  const player = createPlayer({ session, labd, values: judge.readValues });
  await labd.create(session, topologyOf(lab.file));

  const rehearsal: Rehearsal = {
    player,
    result: judge.result,
    faults: () => [...new Set(faults.splice(0))],
    judge: judge.judge,
    earns: (checkpoint) => loaded.checks[checkpoint]?.earns,
    async settle(checkpoints, byHand) {
      for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
        if (tries > 0) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        await rehearsal.judge({ byHand, checkpoints });
        if (checkpoints.every((each) => judge.result(each).status === 'passed')) return;
      }
    },
    async answer(checkpoint, answers) {
      await judge.setAnswers(checkpoint, answers);
      await rehearsal.judge({ byHand: true, checkpoints: [checkpoint] });
      return judge.result(checkpoint);
    },
    async truth(checkpoint) {
      const check = loaded.checks[checkpoint];
      if (!check?.probe || !check.answers) throw new Error(`检查点 ${checkpoint} 没有问题`);
      const now = await labd.snapshot(session, { packages, flows });
      return check.answers(await labd.probe(session, check.probe(now)), now);
    },
    async renew() {
      await labd.destroy(session);
      await labd.create(session, topologyOf(lab.file));
    },
    async travel(step) {
      const stopped = await travel({
        legs: legsTo(lab, loaded.values, { step }),
        player,
        playing: () => undefined,
        fault: (error, what) => faults.push(faultWords(error, what, lab)),
      });
      if (stopped) throw new Error(stoppedWords(stopped));
    },
    async solve() {
      await rehearsal.travel(lab.steps.length + 1);
      for (const { id, questions } of lab.checkpoints) {
        if (questions.length > 0) await judge.setAnswers(id, await rehearsal.truth(id));
      }
    },
    async close() {
      await labd.destroy(session);
      rmSync(data, { recursive: true, force: true });
    },
  };
  return rehearsal;
}

/** One line of a lab's test. */
export interface Finding {
  ok: boolean;
  what: string;
  facts: Fact[];
}

function wrongAnswer(kind: Question['kind'], right: string): string {
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
