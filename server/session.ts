import { Refusal } from './answer.ts';
import { createArrival, wordsOf } from './arrival.ts';
import { createCaution } from './caution.ts';
import { createClock } from './clock.ts';
import { createHints } from './hints.ts';
import { createJudge, type LabSource } from './judge.ts';
import { createJumps, type Standing } from './jumps.ts';
import { createKeeping } from './keeping.ts';
import type { Found, LabSession, SessionRecord } from './lab-session.ts';
import type { Labd } from './labd/contract.ts';
import type { Alarm } from './network/alarm.ts';
import type { CheckpointResult, SessionState, TerminalInfo } from './protocol.ts';
import { scoreOf } from './score.ts';
import { createShells } from './shells.ts';
import type { OpenedHint } from './store/hints.ts';
import { topologyOf } from './topology.ts';
import type { Destination } from './travel.ts';

/** A session's state without what others know: its terminals and when it expires. */
type Phase =
  | Exclude<SessionState, { status: 'ready' | 'resetting' }>
  | { status: 'ready'; since: number }
  | Omit<Extract<SessionState, { status: 'resetting' }>, 'expiresAt' | 'terminals'>;

/** Brings a session into being, from nothing or from what the store remembers. */
export function createLabSession(options: {
  id: string;
  source: LabSource;
  labd: Labd;
  record: SessionRecord;
  now: () => number;
  expiresAt: number;
  results: Record<string, CheckpointResult>;
  opened: OpenedHint[];
  times: { startedAt?: number; finishedAt?: number };
  /** Set when nodes exist already, because web was restarted. */
  adopted?: { since: number; terminals: TerminalInfo[]; standing: Standing };
  newTerminalId(): string;
  records?: () => Promise<boolean>;
  /** Rejects while the store cannot be written. */
  tryWriting(): Promise<void>;
  changed(): void;
  fault(error: unknown, what: string): void;
}): LabSession {
  const { id, source, labd, now } = options;
  const keeping = createKeeping({ ...options, changed: () => options.changed() });
  const { record } = keeping;
  let { expiresAt } = options;
  let phase: Phase = options.adopted ? { status: 'ready', since: options.adopted.since } : { status: 'none' };
  let isClosed = false;
  let step: string | undefined;
  let alarms: Alarm[] = [];
  /** Some node was told dead while nodes were being made: it may be one of the new ones. */
  let hasHeardOfDead = false;
  let turn: Promise<unknown> = Promise.resolve();

  const clock = createClock({ times: options.times, now, started: record.started, finished: record.finished });
  const jumps = createJumps({
    source,
    standing: options.adopted?.standing ?? { jumps: {} },
    save: record.setStanding,
  });
  const shells = createShells({
    session: id,
    labd,
    terminals: options.adopted?.terminals ?? [],
    newTerminalId: options.newTerminalId,
    records: options.records,
    save: record.setTerminals,
    changed: options.changed,
  });
  const judge = createJudge({
    session: id,
    source,
    labd,
    results: options.results,
    async save(checkpoint, result, circumstances) {
      await record.save(checkpoint, result, circumstances);
      // The verdict is kept; the time is noted with the next one.
      await clock.note(Object.values(results())).catch((error) => options.fault(error, 'noting the time'));
    },
    ready: () => phase.status === 'ready',
    skips: jumps.skips,
    now,
    changed: options.changed,
    fault: options.fault,
    unreadable: () => void lookAlive().catch((error) => options.fault(error, 'looking after the nodes')),
  });

  const caution = createCaution({ session: id, labd, changed: options.changed, fault: options.fault });
  if (options.adopted) void caution.read();
  const hints = createHints({ opened: options.opened, save: record.openHint });
  const arrival = createArrival({
    session: id,
    source,
    labd,
    judge,
    shells,
    jumps,
    isAbandoned: () => isClosed,
    fault: options.fault,
  });

  function set(next: Phase): void {
    phase = next;
    options.changed();
  }

  function sessionState(): SessionState {
    if (phase.status !== 'ready' && phase.status !== 'resetting') return phase;
    const there = { ...phase, expiresAt, terminals: shells.list() };
    if (there.status !== 'ready') return there;
    return { ...there, stopped: jumps.stopped(), ...(alarms.length > 0 && { alarms }) };
  }

  /** Runs what changes nodes or terminals after what was begun before, whatever became of that. */
  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const mine = turn.then(job, job);
    turn = mine;
    return mine;
  }

  function mustBeReady(): void {
    if (phase.status !== 'ready') throw new Refusal('not-ready');
  }

  function nodeNames(): string[] {
    return source.lab().file.nodes.map((node) => node.name);
  }

  function create(): Promise<void> {
    return labd.create(id, topologyOf(source.lab()));
  }

  /**
   * Makes nodes and brings them to the start of a step, each with a terminal; ends ready, or broken, or as it was `before`
   * when it could not even begin.
   */
  async function bring(to: Destination, nodes: string[], make: () => Promise<void>, before?: Phase): Promise<void> {
    const began = now();
    let hasBegun = false;
    hasHeardOfDead = false;
    try {
      const makeNow = () => {
        hasBegun = true;
        return make();
      };
      const started = await arrival.reach(to, nodes, makeNow, (playing) =>
        set({ status: 'resetting', since: began, nodes, to: to.step, playing }),
      );
      await clock.start();
      void caution.read();
      set({ status: 'ready', since: now() });
      await shells.add(started);
      if (hasHeardOfDead) await lookAlive();
    } catch (error) {
      if (isClosed) return;
      options.fault(error, 'making nodes');
      if (!hasBegun && before?.status === 'ready') set(before);
      else set({ status: 'broken', since: now(), reason: 'nodes-failed', detail: wordsOf(error) });
    }
    if (phase.status === 'ready') arrival.judge(to).catch((error) => options.fault(error, 'judging new nodes'));
  }

  /** Makes these nodes anew, and brings them where they are to be. */
  function renew(to: Destination, before?: Phase): Promise<void> {
    const all = nodeNames();
    const nodes = to.node === undefined ? all : [to.node];
    set({ status: 'resetting', since: now(), nodes, to: to.step });
    const make = async () => {
      await shells.closeOn(nodes);
      await judge.idle();
      judge.forget();
      if (nodes.length < all.length) await Promise.all(nodes.map((each) => labd.reset(id, each)));
      else await labd.destroy(id).then(create);
    };
    return inTurn(() => bring(to, nodes, make, before));
  }

  /** A node's init may have been killed, by the learner or for want of memory. */
  async function lookAlive(): Promise<void> {
    compare((await labd.list()).find((each) => each.session === id));
  }

  function compare(found: Found | undefined): void {
    if (found?.alive) return;
    // One that was halted is told of as such, and the others live.
    const isHalted = found?.alarms?.some(({ did }) => did === 'halted');
    if (found?.down || !isHalted) died(found?.down);
  }

  function died(down: string[] = nodeNames()): void {
    const nodes = nodeNames().filter((each) => down.includes(each));
    if (nodes.length === 0) return;
    const before = phase.status === 'broken' && phase.reason === 'nodes-died' ? phase.nodes : undefined;
    if (phase.status === 'ready' || (before && nodes.join() !== before.join())) {
      set({ status: 'broken', since: now(), reason: 'nodes-died', nodes });
    } else if (!before) hasHeardOfDead = true;
  }

  /** The one node that is dead, if the others are worth keeping. */
  function deadAlone(): string | undefined {
    const dead = phase.status === 'broken' && phase.reason === 'nodes-died' ? (phase.nodes ?? []) : [];
    return dead.length === 1 && nodeNames().length > 1 ? dead[0] : undefined;
  }

  function results(): Record<string, CheckpointResult> {
    return Object.fromEntries(source.lab().checkpoints.map(({ id: each }) => [each, judge.result(each)]));
  }

  /** The checkpoints of the step the learner stands at. */
  function here(): string[] {
    const checkpoints = source.lab().steps.find((each) => each.id === step)?.head.checkpoints ?? [];
    return checkpoints.map((each) => each.id);
  }

  async function judgeStep(byHand: boolean, checkpoint?: string): Promise<void> {
    mustBeReady();
    const known = source.lab().checkpoints.some((each) => each.id === checkpoint);
    if (checkpoint !== undefined && !known) throw new Refusal('not-found');
    await judge.judge({ byHand, checkpoints: checkpoint ? [checkpoint] : here() });
  }

  return {
    id,
    status: () => phase.status,
    state() {
      const { checkpoints } = source.lab();
      const values = judge.values();
      const live = Object.entries(source.checks().values).map(([key, { label, node }]) => [
        key,
        { label, node, value: values[key] ?? null },
      ]);
      return {
        lab: source.lab().id,
        session: sessionState(),
        caveats: caution.value(),
        results: Object.fromEntries(
          Object.entries(results()).map(([each, result]) => [each, hints.show(each, result)]),
        ),
        scores: Object.fromEntries(checkpoints.map((each) => [each.id, scoreOf(each, judge.result(each.id))])),
        values: Object.fromEntries(live),
        mistake: source.mistake(),
        recording: shells.list().some(({ recorded }) => recorded),
        judging: judge.busy(),
        ...(keeping.trouble() !== undefined && { trouble: keeping.trouble() }),
        ...clock.times(),
        now: now(),
      };
    },
    standAt(next) {
      step = next;
    },
    step: () => step,
    wait(ahead, since) {
      if (phase.status === 'queued' && phase.ahead === ahead) return;
      if (phase.status === 'none' || phase.status === 'gone' || phase.status === 'queued')
        set({ status: 'queued', since, ahead });
    },
    stopWaiting(reason) {
      if (phase.status !== 'queued') return;
      set(reason === 'away' ? { status: 'gone', since: now(), reason } : { status: 'none' });
    },
    async start(step) {
      if (phase.status === 'creating' || phase.status === 'ready' || phase.status === 'resetting') return;
      const to = { step: jumps.numberOf(step) };
      judge.forget();
      jumps.clear();
      set({ status: 'creating', since: now(), stage: 'queued' });
      const nodes = nodeNames();
      await inTurn(() => bring(to, nodes, () => shells.closeOn(nodes).then(create)));
    },
    async reset({ node, step } = {}) {
      if (phase.status !== 'ready' && phase.status !== 'broken') throw new Refusal('busy');
      if (node !== undefined && !nodeNames().includes(node)) throw new Refusal('not-found');
      // A broken session has no node worth keeping, but for those that another one died beside.
      const one = phase.status === 'broken' && node !== deadAlone() ? undefined : node;
      await renew({ step: jumps.numberOf(step), node: one }, phase);
    },
    async resume() {
      const to = jumps.underWay();
      if (!to) return false;
      await renew(to);
      // The other nodes may be dead, and nothing else would tell.
      if (phase.status === 'ready') await lookAlive();
      return true;
    },
    end: (reason) =>
      inTurn(async () => {
        if (phase.status === 'none' || phase.status === 'gone' || phase.status === 'queued') return;
        set({ status: 'gone', since: now(), reason });
        await judge.idle();
        judge.forget();
        await Promise.all([shells.closeOn(nodeNames()), labd.destroy(id)]);
      }),
    judge: judgeStep,
    isUnread: () => phase.status === 'ready' && here().some((each) => judge.result(each).trouble === 'nodes'),
    async answer(checkpoint, answers) {
      const questions = source.lab().checkpoints.find((each) => each.id === checkpoint)?.questions ?? [];
      if (questions.length === 0) throw new Refusal('not-found');
      mustBeReady();
      const given = questions.map(({ id: question }) => [question, answers[question]]);
      await judge.setAnswers(checkpoint, Object.fromEntries(given.filter(([, text]) => text !== undefined)));
      await judgeStep(true, checkpoint);
      return hints.show(checkpoint, judge.result(checkpoint));
    },
    async openHint(hint) {
      await hints.open(hint, judge.result(hint.checkpoint));
      options.changed();
    },
    async openTerminal(node) {
      if (!nodeNames().includes(node)) throw new Refusal('not-found');
      mustBeReady();
      return inTurn(async () => {
        mustBeReady();
        const started = await shells.start(node);
        await shells.add([started]);
        return started.terminal;
      });
    },
    async closeTerminal(terminal) {
      await shells.drop(terminal);
      await labd.closeTerminal(terminal);
    },
    nodes: nodeNames,
    terminals: () => shells.list().map((each) => each.terminal),
    nodeOf: (terminal) => shells.list().find((each) => each.terminal === terminal)?.node,
    terminalEnded(terminal) {
      shells.drop(terminal).catch((error) => options.fault(error, 'keeping terminals'));
    },
    progress(stage, node) {
      if (phase.status === 'creating') set({ ...phase, stage, node });
    },
    alarmed(next) {
      alarms = next;
      options.changed();
    },
    died,
    compare,
    setExpiry(next) {
      expiresAt = next;
    },
    close() {
      isClosed = true;
      keeping.close();
    },
  };
}
