import type { Check, Fact, LabChecks } from '../content/check.ts';
import type { Lab } from '../content/load.ts';
import { isAnswered, judgeAnswers, nextResult, readFacts, traceFacts, verdictOf } from './grading.ts';
import type { Labd } from './labd/contract.ts';
import type { NetworkSnapshot } from './network/snapshot.ts';
import type { ProbeRequest, ProbeTrace } from './network/trace.ts';
import type { CheckpointResult } from './protocol.ts';

/**
 * How long after an automatic judgement with failures it is judged once more: a link's carrier follows `up` by up to
 * 0.45 s (linkwatch; facts.md 2.1).
 */
const SECOND_LOOK_MS = 700;

/** The lab as its files have it now: text may be edited while a session lives. */
export interface LabSource {
  lab(): Lab;
  checks(): LabChecks;
}

/** What to judge. `byHand`: the learner asked, so probes may be sent without evidence of their own attempt. */
export interface Judgement {
  byHand: boolean;
  checkpoints: string[];
}

/** Turns readings of the nodes into results. One judgement at a time; those asked for meanwhile are one more. */
export interface Judge {
  judge(judgement: Judgement): Promise<void>;
  result(checkpoint: string): CheckpointResult;
  setAnswers(checkpoint: string, answers: Record<string, string>): Promise<void>;
  /** The live values as of the last reading. */
  values(): Record<string, string | null>;
  /** Forgets the values: the nodes they came from are gone. */
  forget(): void;
  busy(): boolean;
  /** Resolves when no judgement is under way. */
  idle(): Promise<void>;
  close(): void;
}

/** A judge for one session's nodes. `ready` says whether they can be read now. */
export function createJudge(options: {
  session: string;
  source: LabSource;
  labd: Pick<Labd, 'snapshot' | 'probe'>;
  results: Record<string, CheckpointResult>;
  save(checkpoint: string, result: CheckpointResult): Promise<void>;
  ready(): boolean;
  now(): number;
  changed(): void;
  fault(error: unknown, what: string): void;
}): Judge {
  const { session, source, labd, now } = options;
  const results = new Map(Object.entries(options.results));
  let values: Record<string, string | null> = {};
  let running: Promise<void> | undefined;
  let queued: Judgement | undefined;
  let secondLook: NodeJS.Timeout | undefined;

  function result(checkpoint: string): CheckpointResult {
    return results.get(checkpoint) ?? { status: 'pending', facts: [] };
  }

  async function keep(checkpoint: string, next: CheckpointResult): Promise<void> {
    results.set(checkpoint, next);
    await options.save(checkpoint, next);
  }

  /** Probes take time and make traffic: equal ones are sent once per judgement. */
  function prober(): (request: ProbeRequest) => Promise<ProbeTrace> {
    const sent = new Map<string, Promise<ProbeTrace>>();
    return (request) => {
      const key = JSON.stringify(request);
      const trace = sent.get(key) ?? labd.probe(session, request);
      sent.set(key, trace);
      return trace;
    };
  }

  async function judgeOne(
    checkpoint: string,
    check: Check,
    snapshot: NetworkSnapshot,
    byHand: boolean,
    probe: ReturnType<typeof prober>,
  ): Promise<{ status: CheckpointResult['status']; facts: Fact[] }> {
    const questions = source.lab().checkpoints.find((each) => each.id === checkpoint)?.questions ?? [];
    const given = result(checkpoint).answers;
    const unanswered = questions.length > 0 && !isAnswered(questions, given);
    const reading = readFacts(check, snapshot, byHand, unanswered);
    const facts = [...reading.facts];
    const stateHolds = facts.every((fact) => fact.ok);
    // Nothing to say yet: the learner has only not answered.
    if (unanswered && stateHolds && !byHand) return { status: 'pending', facts };
    let truth: Record<string, string> | undefined;
    if (reading.probe && check.probe) {
      const trace = await probe(check.probe(snapshot));
      facts.push(...traceFacts(check, trace, snapshot));
      truth = check.answers?.(trace, snapshot);
    }
    if (stateHolds) facts.push(...judgeAnswers(questions, given, truth));
    return { status: verdictOf(facts), facts };
  }

  async function judgeNow({ byHand, checkpoints }: Judgement): Promise<void> {
    const began = performance.now();
    const settle = async (checkpoint: string, verdict: { status: CheckpointResult['status']; facts: Fact[] }) => {
      const before = result(checkpoint);
      // Waiting for answers is no verdict: a checkpoint that has one keeps it.
      if (verdict.status === 'pending' && before.status !== 'pending') return;
      await keep(checkpoint, nextResult(before, verdict, { now: now(), tookMs: performance.now() - began }));
    };
    const couldNot = (checkpoint: string) => settle(checkpoint, { status: 'unknown', facts: result(checkpoint).facts });

    let snapshot: NetworkSnapshot;
    try {
      snapshot = await labd.snapshot(session, { packages: source.lab().file.packages, flows: source.lab().file.flows });
    } catch (error) {
      options.fault(error, 'snapshot');
      for (const checkpoint of checkpoints) await couldNot(checkpoint);
      return;
    }
    const { checks, values: live } = source.checks();
    values = Object.fromEntries(Object.entries(live).map(([key, value]) => [key, value.read(snapshot)]));
    const probe = prober();
    for (const checkpoint of checkpoints) {
      const check = checks[checkpoint];
      if (!check) continue;
      try {
        await settle(checkpoint, await judgeOne(checkpoint, check, snapshot, byHand, probe));
      } catch (error) {
        options.fault(error, `judging ${checkpoint}`);
        await couldNot(checkpoint);
      }
      options.changed();
    }
  }

  async function drain(): Promise<void> {
    while (queued) {
      const next = queued;
      queued = undefined;
      if (options.ready()) await judgeNow(next);
    }
  }

  async function judge(judgement: Judgement): Promise<void> {
    clearTimeout(secondLook);
    queued = {
      byHand: judgement.byHand || (queued?.byHand ?? false),
      checkpoints: [...new Set([...(queued?.checkpoints ?? []), ...judgement.checkpoints])],
    };
    if (!running) {
      running = drain().finally(() => {
        running = undefined;
        options.changed();
      });
      options.changed();
    }
    await running;
  }

  return {
    async judge(judgement) {
      await judge(judgement);
      if (judgement.byHand || !judgement.checkpoints.some((each) => result(each).status === 'failed')) return;
      clearTimeout(secondLook);
      secondLook = setTimeout(() => {
        judge(judgement).catch((error) => options.fault(error, 'second look'));
      }, SECOND_LOOK_MS);
    },
    result,
    setAnswers: (checkpoint, answers) => keep(checkpoint, { ...result(checkpoint), answers }),
    values: () => values,
    forget() {
      values = {};
    },
    busy: () => running !== undefined,
    idle: async () => running,
    close: () => clearTimeout(secondLook),
  };
}
