import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LabChecks } from '../content/check.ts';
import { loadChecks } from '../content/judgements.ts';
import type { Lab } from '../content/load.ts';
import type { Env } from './env.ts';
import { createJudge, type Judge } from './judge.ts';
import type { Labd } from './labd/contract.ts';
import { composeLabd } from './labd/index.ts';
import type { NetworkSnapshot } from './network/snapshot.ts';
import { createPlayer, type Player } from './play.ts';
import type { CheckpointResult } from './protocol.ts';
import { newId } from './secrets.ts';
import { topologyOf } from './topology.ts';
import { type Leg, legsTo, stoppedWords, travel } from './travel.ts';

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
  /** The blocks that bring new nodes to the start of a step, by its number. */
  legs(step: number): Leg[];
  /** What the kernel says now, and the live values that follow from it. */
  snapshot(): Promise<NetworkSnapshot>;
  values(): Promise<Record<string, string | null>>;
  close(): Promise<void>;
}

/** Where several rehearsals of one lab go on beside each other. */
export interface Stage {
  open(): Promise<Rehearsal>;
  /** Gives back what the rehearsals, all closed by now, had in common. */
  close(): void;
}

/** labd within this process, over a data directory of its own; it opens no terminals. */
function composeOwnLabd(env: Env, data: string): ReturnType<typeof composeLabd> {
  const nothing = async () => undefined;
  return composeLabd(
    { ...env, data },
    { open: nothing, adopt: nothing, close: nothing, list: async () => [] },
    { progress: nothing, changed: nothing, alarmed: nothing, died: nothing },
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

/** A stage for a lab. Close it; if that is not to be, the next command line does. */
export async function openStage(env: Env, lab: Lab): Promise<Stage> {
  await clearRehearsals(env);
  const data = ownData(env, process.pid);
  const labd: Labd = composeOwnLabd(env, data);
  const loaded = await loadChecks(lab);
  return {
    open: () => rehearse(labd, lab, loaded),
    close: () => rmSync(data, { recursive: true, force: true }),
  };
}

/** The only rehearsal on its stage. */
export async function openRehearsal(env: Env, lab: Lab): Promise<Rehearsal> {
  const stage = await openStage(env, lab);
  const rehearsal = await stage.open();
  return {
    ...rehearsal,
    async close() {
      await rehearsal.close();
      stage.close();
    },
  };
}

/** Makes nodes for a lab and a judge over them. */
async function rehearse(labd: Labd, lab: Lab, loaded: LabChecks): Promise<Rehearsal> {
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
  await labd.create(session, topologyOf(lab));

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
      const now = await rehearsal.snapshot();
      return check.answers(await labd.probe(session, check.probe(now)), now);
    },
    async renew() {
      await labd.destroy(session);
      await labd.create(session, topologyOf(lab));
    },
    async travel(step) {
      const stopped = await travel({
        legs: rehearsal.legs(step),
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
    legs: (step) => legsTo(lab, loaded.values, { step }),
    snapshot: () => labd.snapshot(session, { packages, flows }),
    values: judge.readValues,
    close: () => labd.destroy(session),
  };
  return rehearsal;
}
