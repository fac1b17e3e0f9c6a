import { Refusal } from './answer.ts';
import type { LabSource } from './judge.ts';
import type { Stopped } from './protocol.ts';
import type { Destination } from './travel.ts';

/** What is remembered of the work that the platform did on a session's nodes in the learner's place. */
export interface Standing {
  /** By node: the step, by number, that it was last brought to the start of. */
  jumps: Record<string, number>;
  /** On its way there, or stopped before it was there. */
  travel?: Destination & { stopped?: Stopped };
}

/** How far the platform, not the learner, has brought a session's nodes. */
export interface Jumps {
  /** A step's number by its id, the first one's without; refuses one that the lab does not have. */
  numberOf(step?: string): number;
  /** Whether the nodes were brought past a checkpoint's step, so that what holds of it is not the learner's work. */
  skips(checkpoint: string): boolean;
  /** Why the nodes are not where they were to be. */
  stopped(): (Stopped & { to: number }) | undefined;
  /** Where the nodes are on their way to. */
  underWay(): Destination | undefined;
  /** `nodes`, made anew, set out, and blocks are played on those that are `helped`; until `end`, they are anywhere. */
  begin(to: Destination, nodes: string[], helped: string[]): Promise<void>;
  end(stopped: Stopped | undefined): Promise<void>;
  /** The nodes are gone. */
  clear(): void;
  /** What to judge once nodes have been brought to a step: as if asked for by hand, and as usual. */
  toJudge(to: number, isPending: (checkpoint: string) => boolean): { byHand: string[]; asUsual: string[] };
}

/** The jumps of one session, going on from what the store remembers. */
export function createJumps(options: {
  source: LabSource;
  standing: Standing;
  save(standing: Standing): Promise<void>;
}): Jumps {
  const { source } = options;
  let { standing } = options;

  async function keep(next: Standing): Promise<void> {
    // What the store does not know has not begun.
    await options.save(next);
    standing = next;
  }

  function stepOf(checkpoint: string): number {
    const { checkpoints, steps } = source.lab();
    const owner = checkpoints.find((each) => each.id === checkpoint)?.step;
    return steps.find((each) => each.id === owner)?.number ?? 0;
  }

  return {
    numberOf(id) {
      if (id === undefined) return 1;
      const step = source.lab().steps.find((each) => each.id === id);
      if (!step) throw new Refusal('not-found');
      return step.number;
    },
    // A checkpoint may be about several nodes: the one that was brought farthest decides.
    skips: (checkpoint) => stepOf(checkpoint) < Math.max(1, ...Object.values(standing.jumps)),
    stopped() {
      const { travel } = standing;
      return travel?.stopped && { ...travel.stopped, to: travel.step };
    },
    underWay: () => (standing.travel?.stopped ? undefined : standing.travel),
    begin(to, nodes, helped) {
      const jumps = { ...standing.jumps };
      for (const node of helped) jumps[node] = Math.max(jumps[node] ?? 1, to.step);
      for (const node of nodes) jumps[node] = to.step;
      return keep({ jumps, travel: to });
    },
    end: (stopped) =>
      keep({ jumps: standing.jumps, travel: stopped && standing.travel && { ...standing.travel, stopped } }),
    clear() {
      standing = { jumps: {} };
    },
    toJudge(to, isPending) {
      const all = source.lab().checkpoints.map(({ id, questions }) => ({ id, asks: questions.length > 0 }));
      const past = all.filter(({ id }) => stepOf(id) < to);
      // The learner's own attempt is not asked for; their answers are.
      const byHand = past.filter(({ asks }) => !asks).map(({ id }) => id);
      const asUsual = all.filter((each) => !byHand.includes(each.id) && (past.includes(each) || !isPending(each.id)));
      return { byHand, asUsual: asUsual.map(({ id }) => id) };
    },
  };
}
