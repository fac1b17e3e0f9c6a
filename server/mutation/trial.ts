import { complaintsOf } from './expectation.ts';
import { remediesOf } from './remedy.ts';
import type { SetUp, Verdicts, Workbench } from './set-up.ts';

/** A verdict that is not as expected is taken again so often, each time after what is under way has settled. */
const SETTLE_TRIES = 3;
/** What a device takes along when it goes comes back one fact after the other: device, address, route, two tables. */
const REPAIR_ROUNDS = 6;

/** What became of a set-up. */
export interface Outcome {
  setUp: SetUp;
  /** What is not as it must be; nothing when it is. */
  complaints: string[];
  /** What the checks said of it first. */
  verdicts: Verdicts;
  /** How often the advice had to be followed until all was green again; absent when that was not tried. */
  rounds?: number;
  seconds: number;
}

/** Makes a set-up, holds the verdicts against what they must be, and sees whether the advice repairs it. */
export async function tryOut(bench: Workbench, setUp: SetUp): Promise<Outcome> {
  const began = performance.now();
  const outcome: Omit<Outcome, 'seconds'> = await attempt(bench, setUp).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    return { setUp, complaints: [`没能试完：${why}`], verdicts: new Map() };
  });
  return { ...outcome, seconds: (performance.now() - began) / 1000 };
}

async function attempt(bench: Workbench, setUp: SetUp): Promise<Omit<Outcome, 'seconds'>> {
  const { start, act, expect } = setUp;
  await bench.start(start);
  bench.faults();
  const failures = await bench.act(act);
  if (failures.length > 0) return { setUp, complaints: failures, verdicts: new Map() };
  const verdicts = await settle(bench, (now) => complaintsOf(expect, now).length === 0);
  const complaints = [...complaintsOf(expect, verdicts), ...faultsOf(bench)];
  if (complaints.length > 0 || expect.kind === 'green' || 'wrongAnswer' in act) return { setUp, complaints, verdicts };
  const repaired = await repair(bench, verdicts);
  if (expect.kind === 'some-red' || expect.unrepaired === undefined) return { setUp, verdicts, ...repaired };
  const stale = repaired.complaints.length === 0;
  return { setUp, verdicts, complaints: stale ? ['照提示做能修好，不必写 unrepaired'] : [] };
}

/** Does what the advice says until everything is green, within bounds. */
async function repair(bench: Workbench, first: Verdicts): Promise<{ rounds?: number; complaints: string[] }> {
  let verdicts = first;
  const tried: string[] = [];
  for (let rounds = 1; rounds <= REPAIR_ROUNDS; rounds += 1) {
    const remedies = remediesOf(verdicts);
    const said = remedies.map(({ node, command }) => `${node}# ${command}`);
    // Nothing to do, or only what has been done: it will help no more.
    if (said.every((line) => tried.includes(line))) break;
    await bench.follow(remedies);
    tried.push(...said);
    verdicts = await settle(bench, isGreen);
    const faults = faultsOf(bench);
    if (faults.length > 0) return { complaints: faults };
    if (isGreen(verdicts)) return { rounds, complaints: [] };
  }
  const what = tried.length > 0 ? `照提示做了还是不绿：\n${tried.join('\n')}` : '提示里没有能执行的命令';
  return { complaints: [what, ...complaintsOf({ kind: 'green' }, verdicts)] };
}

async function settle(bench: Workbench, enough: (verdicts: Verdicts) => boolean): Promise<Verdicts> {
  let verdicts = await bench.judge();
  for (let tries = 1; tries < SETTLE_TRIES && !enough(verdicts); tries += 1) {
    await bench.settle();
    verdicts = await bench.judge();
  }
  return verdicts;
}

function isGreen(verdicts: Verdicts): boolean {
  return [...verdicts.values()].every(({ status }) => status === 'passed');
}

function faultsOf(bench: Workbench): string[] {
  return bench.faults().map((fault) => `判定程序出错：${fault}`);
}
