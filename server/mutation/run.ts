import { loadChecks } from '../../content/judgements.ts';
import type { Lab } from '../../content/load.ts';
import { readMutations } from '../../content/mutations.ts';
import type { Env } from '../env.ts';
import { openStage, type Rehearsal } from '../rehearsal.ts';
import { coverageComplaints } from './coverage.ts';
import { removalsOf } from './generate.ts';
import type { SetUp, Workbench } from './set-up.ts';
import { sampleOf, setUpsOf } from './set-ups.ts';
import { type Outcome, tryOut } from './trial.ts';
import { openWorkbench } from './workbench.ts';

/** Sets of nodes at once: half of a judgement is waiting for packets, so three keep two cores busy. */
const BENCHES = 3;

/** Which set-ups to try, and on how many sets of nodes at once; all when nothing is said. */
export interface Choice {
  only?: RegExp;
  sample?: number;
  jobs?: number;
}

/** Who is told while it goes on. */
export interface Listener {
  begins(chosen: number, all: number): void;
  ended(outcome: Outcome): void;
  /** Something takes longer than it should. */
  note(what: string): void;
}

/** What came of it. */
export interface Report {
  outcomes: Outcome[];
  /** What no outcome tells alone: facts that nothing broke. Null when only some set-ups were tried. */
  coverage: { complaints: string[]; facts: number } | null;
}

/** Makes the set-ups of a lab on throw-away nodes, several at once. Aborting ends it after those under way. */
export async function runMutations(
  env: Env,
  lab: Lab,
  choice: Choice,
  listener: Listener,
  signal: AbortSignal,
): Promise<Report> {
  const mutations = readMutations(lab, await loadChecks(lab));
  const stage = await openStage(env, lab);
  const rehearsals: Rehearsal[] = [];
  const open = async () => {
    const rehearsal = await stage.open();
    rehearsals.push(rehearsal);
    return { rehearsal, bench: await openWorkbench(lab, rehearsal, listener.note) };
  };
  try {
    const { rehearsal, bench } = await open();
    const solved = await bench.judge();
    const removals = removalsOf(await rehearsal.snapshot(), await rehearsal.values());
    const all = setUpsOf(lab, mutations, removals);
    const chosen = choose(all, choice);
    listener.begins(chosen.length, all.length);
    const outcomes: Outcome[] = [];
    const queue = [...chosen];
    const work = async (at: Workbench) => {
      for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
        const outcome = await tryOut(at, next);
        outcomes.push(outcome);
        listener.ended(outcome);
      }
    };
    const helpers = Array.from({ length: Math.min(choice.jobs ?? BENCHES, chosen.length) - 1 }, async () =>
      work((await open()).bench),
    );
    await Promise.all([work(bench), ...helpers]);
    const whole = outcomes.length === all.length;
    return { outcomes, coverage: whole ? coverageComplaints(solved, outcomes, mutations.unbreakable) : null };
  } finally {
    await Promise.all(rehearsals.map((rehearsal) => rehearsal.close()));
    stage.close();
  }
}

function choose(all: SetUp[], { only, sample }: Choice): SetUp[] {
  const matching = only ? all.filter(({ name }) => only.test(name)) : all;
  return sample === undefined ? matching : sampleOf(matching, sample);
}
