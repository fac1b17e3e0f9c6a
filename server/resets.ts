import { Refusal } from './answer.ts';
import type { Row } from './lesson-protocol.ts';
import type { RefusalCode, SessionState } from './protocol.ts';
import type { Sessions } from './sessions.ts';

/** Learners whose nodes are made anew at a time: two cores make nodes no quicker than that, and others work meanwhile. */
const RESETS_AT_ONCE = 2;
/** How long a failure is told beside a learner's name, ms: until somebody has walked over. */
const FAILURE_SHOWN_MS = 10 * 60_000;

const HAS_NODES = (status: SessionState['status']) => !['none', 'queued', 'gone'].includes(status);

/** Whom to reset, and where their nodes are to begin. */
export interface ResetOrder {
  lab: string;
  learners: string[];
  node?: string | undefined;
  step?: string | undefined;
}

/** Resets of many learners' nodes, a few at a time. */
export interface Resets {
  /** Puts them in line: those who are in it already stay where they are. */
  order(order: ResetOrder): { queued: string[]; already: number; without: number };
  /** What became of the last reset somebody who teaches asked for. */
  stateOf(person: string, lab: string): Row['reset'];
}

type State = 'queued' | 'running' | { failed: RefusalCode; at: number };

/** Nobody is in line. `changed` hears of each learner's progress. */
export function createResets(options: {
  sessions: Pick<Sessions, 'of' | 'peek' | 'start' | 'touch'>;
  now(): number;
  changed(person: string, lab: string): void;
  fault(error: unknown, what: string): void;
}): Resets {
  const { sessions, now } = options;
  const states = new Map<string, State>();
  const line: { person: string; order: ResetOrder }[] = [];
  let running = 0;

  function keyOf(person: string, lab: string): string {
    return `${person}/${lab}`;
  }

  function set(person: string, lab: string, state: State | undefined): void {
    if (state) states.set(keyOf(person, lab), state);
    else states.delete(keyOf(person, lab));
    options.changed(person, lab);
  }

  async function reset(person: string, { lab, node, step }: ResetOrder): Promise<void> {
    const owned = await sessions.of(person, lab);
    const status = owned.session.status();
    if (!HAS_NODES(status)) {
      // They may have given their nodes back while they were in line.
      if (step !== undefined) await sessions.start(owned, step);
      return;
    }
    sessions.touch(owned);
    await owned.session.reset({ ...(node !== undefined && { node }), ...(step !== undefined && { step }) });
  }

  function next(): void {
    if (running >= RESETS_AT_ONCE) return;
    const job = line.shift();
    if (!job) return;
    const { person, order } = job;
    running += 1;
    set(person, order.lab, 'running');
    reset(person, order)
      .then(
        () => set(person, order.lab, undefined),
        (error) => {
          if (!(error instanceof Refusal)) options.fault(error, `resetting for ${person}`);
          set(person, order.lab, { failed: error instanceof Refusal ? error.code : 'internal', at: now() });
        },
      )
      .finally(() => {
        running -= 1;
        next();
      });
    next();
  }

  function isWithout(person: string, lab: string): boolean {
    const status = sessions.peek(person, lab)?.session.status() ?? 'none';
    return !HAS_NODES(status);
  }

  return {
    order(order) {
      const { lab, step } = order;
      const learners = [...new Set(order.learners)];
      const busy = (person: string) => ['queued', 'running'].includes(String(states.get(keyOf(person, lab))));
      const free = learners.filter((person) => !busy(person));
      const queued = step === undefined ? free.filter((person) => !isWithout(person, lab)) : free;
      for (const person of queued) {
        line.push({ person, order });
        set(person, lab, 'queued');
      }
      next();
      return { queued, already: learners.length - free.length, without: free.length - queued.length };
    },
    stateOf(person, lab) {
      const state = states.get(keyOf(person, lab));
      if (typeof state !== 'object') return state;
      return now() - state.at < FAILURE_SHOWN_MS ? { failed: state.failed } : undefined;
    },
  };
}
