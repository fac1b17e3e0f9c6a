import type { Check, Fact, LabChecks } from '../content/check.ts';
import type { Lab } from '../content/load.ts';
import {
  type Circumstances,
  identified,
  isAnswered,
  judgeAnswers,
  nextResult,
  readFacts,
  readValues,
  traceFacts,
  verdictOf,
} from './grading.ts';
import type { Labd } from './labd/contract.ts';
import type { NetworkSnapshot } from './network/snapshot.ts';
import type { ProbeRequest, ProbeTrace } from './network/trace.ts';
import type { CheckpointResult } from './protocol.ts';
import { shareOf } from './score.ts';

/** A reading that labd could not give, as opposed to a judgement that went wrong. */
class Unreadable extends Error {}
/** The nodes have changed while a probe was under way: what it will say is out of date. */
class Overtaken extends Error {}

/** The lab as its files have it now: text may be edited while a session lives. */
export interface LabSource {
  lab(): Lab;
  checks(): LabChecks;
  /** Names the version of what a checkpoint is judged by. */
  version(checkpoint: string): string;
  /** In development: what is wrong with the lab's files since their last good version, or null. */
  mistake(): string | null;
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
  /** Reads them anew. */
  readValues(): Promise<Record<string, string | null>>;
  /** Forgets the values: the nodes they came from are gone. */
  forget(): void;
  busy(): boolean;
  /** Resolves when no judgement is under way; never rejects. */
  idle(): Promise<void>;
}

/** A judge for one session's nodes. `ready` says whether they can be read now. */
export function createJudge(options: {
  session: string;
  source: LabSource;
  labd: Pick<Labd, 'snapshot' | 'probe'>;
  results: Record<string, CheckpointResult>;
  /** Keeps a result; without circumstances nothing was judged, only answers were handed in. */
  save(checkpoint: string, result: CheckpointResult, circumstances?: Circumstances): Promise<void>;
  ready(): boolean;
  /** Whether the nodes were brought past a checkpoint's step, so that what holds is not the learner's work. */
  skips(checkpoint: string): boolean;
  now(): number;
  changed(): void;
  fault(error: unknown, what: string): void;
  /** The nodes could not be read: they may be dead. */
  unreadable(): void;
}): Judge {
  const { session, source, labd, now } = options;
  const results = new Map(Object.entries(options.results));
  let values: Record<string, string | null> = {};
  let running: Promise<void> | undefined;
  /** The checkpoints to judge next, and whether each was asked for by hand. */
  let queued: Map<string, boolean> | undefined;
  /** Rejects when another judgement is asked for, and what makes it do so. */
  let overtaking: Promise<never> = new Promise(() => undefined);
  let overtake = () => {};
  /** Every second judgement at least comes to its end, however often the nodes change. */
  let mayBeOvertaken = true;

  function result(checkpoint: string): CheckpointResult {
    return results.get(checkpoint) ?? { status: 'pending', facts: [] };
  }

  async function keep(checkpoint: string, next: CheckpointResult, circumstances?: Circumstances): Promise<void> {
    results.set(checkpoint, next);
    await options.save(checkpoint, next, circumstances);
  }

  /** Probes take time and make traffic: equal ones are sent once per judgement. */
  function prober(): (request: ProbeRequest) => Promise<ProbeTrace> {
    const sent = new Map<string, Promise<ProbeTrace>>();
    return (request) => {
      const key = JSON.stringify(request);
      const trace =
        sent.get(key) ??
        labd.probe(session, request).catch((cause) => {
          throw new Unreadable('the probe could not be sent', { cause });
        });
      sent.set(key, trace);
      return trace;
    };
  }

  async function judgeOne(
    checkpoint: string,
    check: Check,
    snapshot: NetworkSnapshot,
    byHand: boolean,
    probe: (request: ProbeRequest) => Promise<ProbeTrace>,
  ): Promise<{ status: CheckpointResult['status']; facts: Fact[] }> {
    const questions = source.lab().checkpoints.find((each) => each.id === checkpoint)?.questions ?? [];
    const given = result(checkpoint).answers;
    const unanswered = questions.length > 0 && !isAnswered(questions, given);
    const reading = readFacts(check, snapshot, byHand, unanswered);
    const facts = [...reading.facts];
    const stateHolds = facts.every((fact) => fact.ok);
    // Nothing to say yet: the learner has only not answered. Who has been told what is missing goes on being told.
    if (unanswered && stateHolds && !byHand && result(checkpoint).status !== 'failed') {
      return { status: 'pending', facts: identified(checkpoint, facts) };
    }
    let truth: Record<string, string> | undefined;
    if (reading.probe && check.probe) {
      const trace = await probe(check.probe(snapshot));
      facts.push(...traceFacts(check, trace, snapshot));
      truth = check.answers?.(trace, snapshot);
    }
    if (stateHolds) facts.push(...judgeAnswers(questions, given, truth));
    return { status: verdictOf(facts), facts: identified(checkpoint, facts) };
  }

  /** One reading of the nodes, which brings the live values too. */
  async function read(): Promise<NetworkSnapshot> {
    const { packages, flows } = source.lab().file;
    const snapshot = await labd.snapshot(session, { packages, flows });
    values = readValues(source.checks().values, snapshot);
    return snapshot;
  }

  async function judgeNow(asked: ReadonlyMap<string, boolean>): Promise<void> {
    const began = performance.now();
    const versions = new Map([...asked.keys()].map((each) => [each, source.version(each)]));
    const settle = (checkpoint: string, verdict: Pick<CheckpointResult, 'status' | 'facts' | 'trouble'>) => {
      const byHand = asked.get(checkpoint) ?? false;
      const skips = options.skips(checkpoint);
      const counts = verdict.status !== 'unknown' && !skips;
      const share = counts ? shareOf(verdict.facts, checks[checkpoint]?.earns) : 0;
      const at = { now: now(), tookMs: performance.now() - began, byHand, share, skips };
      const version = versions.get(checkpoint) ?? '';
      return keep(checkpoint, nextResult(result(checkpoint), verdict, at), { takenAt, byHand, version, share });
    };
    const couldNot = (checkpoint: string, trouble: CheckpointResult['trouble']) =>
      settle(checkpoint, { status: 'unknown', facts: trouble === 'nodes' ? result(checkpoint).facts : [], trouble });

    let snapshot: NetworkSnapshot;
    let checks: LabChecks['checks'] = {};
    let takenAt: number | undefined;
    try {
      snapshot = await read();
      takenAt = snapshot.takenAt;
      ({ checks } = source.checks());
    } catch (error) {
      options.fault(error, 'snapshot');
      options.unreadable();
      for (const checkpoint of asked.keys()) await couldNot(checkpoint, 'nodes');
      return;
    }
    const send = prober();
    const probe = (request: ProbeRequest) => {
      const trace = send(request);
      if (!mayBeOvertaken || [...asked.values()].includes(true)) return trace;
      // Whether it still arrives, and how, is nobody's business then.
      trace.catch(() => undefined);
      return Promise.race([trace, overtaking]);
    };
    const left = new Set(asked.keys());
    for (const [checkpoint, byHand] of asked) {
      const check = checks[checkpoint];
      if (!check) continue;
      try {
        await settle(checkpoint, await judgeOne(checkpoint, check, snapshot, byHand, probe));
      } catch (error) {
        if (error instanceof Overtaken) {
          mayBeOvertaken = false;
          for (const each of left) queued?.set(each, queued.get(each) ?? false);
          return;
        }
        options.fault(error, `judging ${checkpoint}`);
        await couldNot(checkpoint, error instanceof Unreadable ? 'nodes' : 'check');
      }
      left.delete(checkpoint);
      options.changed();
    }
    mayBeOvertaken = true;
  }

  async function drain(): Promise<void> {
    while (queued) {
      const next = queued;
      queued = undefined;
      overtaking = new Promise((_resolve, reject) => {
        overtake = () => reject(new Overtaken());
      });
      overtaking.catch(() => undefined);
      if (options.ready()) await judgeNow(next);
    }
  }

  async function judge({ byHand, checkpoints }: Judgement): Promise<void> {
    queued ??= new Map();
    for (const each of checkpoints) queued.set(each, byHand || (queued.get(each) ?? false));
    overtake();
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
    judge,
    result,
    setAnswers: (checkpoint, answers) => keep(checkpoint, { ...result(checkpoint), answers }),
    values: () => values,
    async readValues() {
      await read();
      return values;
    },
    forget() {
      values = {};
    },
    busy: () => running !== undefined,
    // Whoever asked for the judgement has been told how it failed.
    idle: async () => running?.catch(() => undefined),
  };
}
