import { Refusal } from './answer.ts';
import { createJudge, type LabSource } from './judge.ts';
import type { Labd } from './labd/contract.ts';
import type { Topology } from './labd/nodes/driver.ts';
import type { CheckpointResult, LabState, SessionState, Stage, TerminalInfo } from './protocol.ts';

/** How many terminals a learner may have open on one node. */
const TERMINALS_PER_NODE = 6;
/** A new terminal's size until a screen says its own. */
const FIRST_SIZE = { cols: 80, rows: 24 };

/** What a session keeps outside itself. */
export interface SessionRecord {
  started(now: number): Promise<void>;
  finished(now: number): Promise<void>;
  save(checkpoint: string, result: CheckpointResult): Promise<void>;
  setTerminals(terminals: TerminalInfo[]): Promise<void>;
}

/** One learner's nodes, terminals and results in one lab; one job at a time. */
export interface LabSession {
  readonly id: string;
  state(): LabState;
  /** Where the learner reads: the checkpoints that are judged without being asked. */
  standAt(step: string): void;
  /** Makes the nodes; resolves when they are ready or broken. */
  start(): Promise<void>;
  /** Puts one node, or all, back to the first state; resolves when they are ready or broken. */
  reset(node?: string): Promise<void>;
  /** Gives the nodes back. */
  end(reason: 'expired' | 'ended'): Promise<void>;
  /** Judges now: one checkpoint, or those of the step the learner stands at. */
  judge(byHand: boolean, checkpoint?: string): Promise<void>;
  answer(checkpoint: string, answers: Record<string, string>): Promise<CheckpointResult>;
  openTerminal(node: string): Promise<string>;
  closeTerminal(terminal: string): Promise<void>;
  hasTerminal(terminal: string): boolean;
  /** A shell ended by itself. */
  terminalEnded(terminal: string): void;
  /** labd says how far it is with making the nodes. */
  progress(stage: Exclude<Stage, 'queued'>, node?: string): void;
  /** The nodes were found dead. */
  died(): void;
  /** When the nodes go if nobody comes. */
  setExpiry(expiresAt: number): void;
  /** Stops timers; the nodes stay. */
  close(): void;
}

/** Brings a session into being, from nothing or from what the store remembers. */
export function createLabSession(options: {
  id: string;
  source: LabSource;
  labd: Labd;
  record: SessionRecord;
  now: () => number;
  expiresAt: number;
  results: Record<string, CheckpointResult>;
  startedAt?: number;
  finishedAt?: number;
  /** Set when nodes exist already, because web was restarted. */
  adopted?: { since: number; terminals: TerminalInfo[] };
  newTerminalId(): string;
  changed(): void;
  fault(error: unknown, what: string): void;
}): LabSession {
  const { id, source, labd, record, now } = options;
  let { expiresAt, startedAt, finishedAt } = options;
  let session: SessionState = options.adopted
    ? { status: 'ready', since: options.adopted.since, expiresAt, terminals: options.adopted.terminals }
    : { status: 'none' };
  let step: string | undefined;

  const judge = createJudge({
    session: id,
    source,
    labd,
    results: options.results,
    save: record.save,
    ready: () => session.status === 'ready',
    now,
    changed: options.changed,
    fault: options.fault,
  });

  function set(next: SessionState): void {
    session = next;
    options.changed();
  }

  function nodeNames(): string[] {
    return source.lab().file.nodes.map((node) => node.name);
  }

  function topology(): Topology {
    const { nodes, netfilter } = source.lab().file;
    return { netfilter, nodes: nodes.map(({ name, nic, address }) => ({ name, hostname: name, nic, address })) };
  }

  function terminals(): TerminalInfo[] {
    return 'terminals' in session ? session.terminals : [];
  }

  async function setTerminals(next: TerminalInfo[]): Promise<void> {
    if (session.status !== 'ready' && session.status !== 'resetting') return;
    set({ ...session, terminals: next });
    await record.setTerminals(next);
  }

  async function openOn(node: string): Promise<TerminalInfo> {
    const numbers = terminals().flatMap((each) => (each.node === node ? [each.number] : []));
    if (numbers.length >= TERMINALS_PER_NODE) throw new Refusal('too-many');
    const terminal = options.newTerminalId();
    await labd.openTerminal(id, node, terminal, FIRST_SIZE);
    return { terminal, node, number: Math.max(0, ...numbers) + 1 };
  }

  /** Runs a job that ends with nodes that have a terminal each, or with a broken session. */
  async function becomeReady(nodes: string[], kept: TerminalInfo[], job: () => Promise<void>): Promise<void> {
    try {
      await job();
      const opened = [...kept, ...(await Promise.all(nodes.map(openOn)))];
      startedAt ??= now();
      await record.started(startedAt);
      set({ status: 'ready', since: now(), expiresAt, terminals: opened });
      await record.setTerminals(opened);
    } catch (error) {
      options.fault(error, 'making nodes');
      set({ status: 'broken', since: now(), reason: 'nodes-failed' });
    }
  }

  async function noteFinish(): Promise<void> {
    const passed = source.lab().checkpoints.map((checkpoint) => judge.result(checkpoint.id).passedAt);
    if (finishedAt !== undefined || passed.length === 0 || passed.includes(undefined)) return;
    finishedAt = Math.max(...passed.map((at) => at ?? 0));
    await record.finished(finishedAt);
    options.changed();
  }

  async function judgeStep(byHand: boolean, checkpoint?: string): Promise<void> {
    if (session.status !== 'ready') throw new Refusal('not-ready');
    const here = source.lab().steps.find((each) => each.id === step)?.head.checkpoints ?? [];
    const known = source.lab().checkpoints.some((each) => each.id === checkpoint);
    if (checkpoint !== undefined && !known) throw new Refusal('not-found');
    await judge.judge({ byHand, checkpoints: checkpoint ? [checkpoint] : here.map((each) => each.id) });
    await noteFinish();
  }

  return {
    id,
    state() {
      const { checkpoints, id: lab } = source.lab();
      const values = judge.values();
      const live = Object.entries(source.checks().values).map(([key, { label, node }]) => [
        key,
        { label, node, value: values[key] ?? null },
      ]);
      return {
        lab,
        session,
        results: Object.fromEntries(checkpoints.map((checkpoint) => [checkpoint.id, judge.result(checkpoint.id)])),
        values: Object.fromEntries(live),
        judging: judge.busy(),
        startedAt,
        finishedAt,
        now: now(),
      };
    },
    standAt(next) {
      step = next;
    },
    async start() {
      if (session.status === 'creating' || session.status === 'ready' || session.status === 'resetting') return;
      set({ status: 'creating', since: now(), stage: 'files' });
      await becomeReady(nodeNames(), [], () => labd.create(id, topology()));
    },
    async reset(node) {
      if (session.status !== 'ready' && session.status !== 'broken') throw new Refusal('busy');
      const all = nodeNames();
      if (node !== undefined && !all.includes(node)) throw new Refusal('not-found');
      // A broken session has no node worth keeping.
      const nodes = node === undefined || session.status === 'broken' ? all : [node];
      const kept = terminals().filter((each) => !nodes.includes(each.node));
      const closing = terminals().filter((each) => nodes.includes(each.node));
      set({ status: 'resetting', since: now(), nodes, terminals: kept, expiresAt });
      await judge.idle();
      judge.forget();
      await becomeReady(nodes, kept, async () => {
        await Promise.all(closing.map((each) => labd.closeTerminal(each.terminal)));
        if (nodes.length < all.length) {
          await Promise.all(nodes.map((each) => labd.reset(id, each)));
        } else {
          await labd.destroy(id);
          await labd.create(id, topology());
        }
      });
    },
    async end(reason) {
      const closing = terminals();
      judge.close();
      set({ status: 'gone', since: now(), reason });
      await Promise.all(closing.map((each) => labd.closeTerminal(each.terminal)));
      await labd.destroy(id);
    },
    judge: judgeStep,
    async answer(checkpoint, answers) {
      const questions = source.lab().checkpoints.find((each) => each.id === checkpoint)?.questions ?? [];
      if (questions.length === 0) throw new Refusal('not-found');
      if (session.status !== 'ready') throw new Refusal('not-ready');
      const given = questions.flatMap(({ id: question }) => {
        const text = answers[question];
        return text === undefined ? [] : [[question, text] as const];
      });
      await judge.setAnswers(checkpoint, Object.fromEntries(given));
      await judgeStep(true, checkpoint);
      return judge.result(checkpoint);
    },
    async openTerminal(node) {
      if (session.status !== 'ready') throw new Refusal('not-ready');
      if (!nodeNames().includes(node)) throw new Refusal('not-found');
      const opened = await openOn(node);
      await setTerminals([...terminals(), opened]);
      return opened.terminal;
    },
    async closeTerminal(terminal) {
      await setTerminals(terminals().filter((each) => each.terminal !== terminal));
      await labd.closeTerminal(terminal);
    },
    hasTerminal: (terminal) => terminals().some((each) => each.terminal === terminal),
    terminalEnded(terminal) {
      const next = terminals().filter((each) => each.terminal !== terminal);
      if (next.length === terminals().length) return;
      setTerminals(next).catch((error) => options.fault(error, 'keeping terminals'));
    },
    progress(stage, node) {
      if (session.status === 'creating') set({ ...session, stage, node });
    },
    died() {
      if (session.status === 'ready') set({ status: 'broken', since: now(), reason: 'nodes-died' });
    },
    setExpiry(next) {
      expiresAt = next;
      if (session.status === 'ready') session = { ...session, expiresAt };
    },
    close: () => judge.close(),
  };
}
