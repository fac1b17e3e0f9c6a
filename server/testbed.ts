import type { Fact } from '../content/check.ts';
import type { Checkpoint, CodeBlock } from '../content/schema.ts';
import type { LabSource } from './judge.ts';
import type { Labd } from './labd/contract.ts';
import type { NetworkSnapshot } from './network/snapshot.ts';

type Verb = keyof Labd;

/** A labd for tests that need no nodes: it notes what it was asked, and fails or waits as it is told. */
export interface FakeLabd extends Labd {
  /** What was asked so far, as `verb` or `verb node`. */
  readonly calls: string[];
  /** Terminals that are open, by name, with their node. */
  readonly terminals: Map<string, string>;
  /** Lets every call of a verb fail until it is told otherwise. */
  fail(verb: Verb, fails: boolean): void;
  /** Lets calls of a verb wait; the answer lets them go on. */
  hold(verb: Verb): () => void;
}

const EMPTY: NetworkSnapshot = { takenAt: 0, tookMs: 0, nodes: {} };

/** Makes a labd that has these sessions already. */
export function createFakeLabd(existing: Awaited<ReturnType<Labd['list']>> = []): FakeLabd {
  const calls: string[] = [];
  const terminals = new Map<string, string>();
  const failing = new Set<Verb>();
  const held = new Map<Verb, Promise<void>>();

  async function note(verb: Verb, node?: string): Promise<void> {
    calls.push(node ? `${verb} ${node}` : verb);
    await held.get(verb);
    if (failing.has(verb)) throw new Error(`${verb} fails`);
  }

  return {
    calls,
    terminals,
    fail: (verb, fails) => void (fails ? failing.add(verb) : failing.delete(verb)),
    hold(verb) {
      let release = () => {};
      held.set(
        verb,
        new Promise((resolve) => {
          release = resolve;
        }),
      );
      return () => {
        held.delete(verb);
        release();
      };
    },
    create: () => note('create'),
    reset: (_session, node) => note('reset', node),
    destroy: () => note('destroy'),
    async list() {
      await note('list');
      return existing;
    },
    caveats: async () => null,
    async openTerminal(_session, node, terminal) {
      await note('openTerminal', node);
      terminals.set(terminal, node);
    },
    async closeTerminal(terminal) {
      await note('closeTerminal', terminals.get(terminal));
      terminals.delete(terminal);
    },
    async snapshot() {
      await note('snapshot');
      return EMPTY;
    },
    prepare: () => note('prepare'),
    async prepared() {
      await note('prepared');
      return 0;
    },
    follow: () => note('follow'),
    async probe() {
      await note('probe');
      return { sent: 1, received: 1, errors: [], frames: [], changes: [] };
    },
    async exec(_session, node) {
      await note('exec', node);
      return { code: 0, stdout: '', stderr: '' };
    },
  };
}

/**
 * A lab of two nodes for tests: step `01-links` has the checkpoint `links` and blocks of every kind; step `02-ping` has
 * `ping`, whose probe wants evidence, and `asked`, which asks a question with the answer 64. What holds is what `truth`
 * says; `links` has both hints.
 */
export function createTestLab(): { source: LabSource; truth: Set<'links' | 'tried' | 'state'> } {
  const truth = new Set<'links' | 'tried' | 'state'>();
  const fact = (id: string, ok: boolean): Fact => ({ id, ok, title: 'fact', expected: '', actual: '', advice: '' });
  const checkpoint = (id: string, questions: Checkpoint['questions'] = []) => ({
    id,
    title: id,
    points: 10,
    partial: true,
    questions,
  });
  const step = (number: number, id: string, checkpoints: Checkpoint[], blocks: CodeBlock[] = []) => ({
    id,
    number,
    head: { title: id, short: id, checkpoints },
    prose: { tree: { type: 'root' as const, children: [] }, blocks, headings: [], checkpoints: [], liveValues: [] },
  });
  const plain = { kind: 'run', stream: false, optional: false, look: false } as const;
  const run = (id: string, nodes: string[], text: string, more: Partial<CodeBlock> = {}) => {
    const line = Number(id.slice(1));
    return { ...plain, id, line, nodes, text, ...more };
  };
  const blocks = [
    run('b1', ['node-1', 'node-2'], 'make a link'),
    run('b2', ['node-1'], 'look at it', { look: true }),
    run('b3', ['node-1'], 'watch it', { stream: true }),
    run('b4', ['node-1'], 'try something', { optional: true }),
    run('b5', [], 'what it says', { kind: 'output' }),
    run('b6', ['node-2'], 'tell of {{mac}}'),
    run('b7', ['node-1'], 'the last thing'),
  ];
  const steps = [
    step(1, '01-links', [checkpoint('links')], blocks),
    step(2, '02-ping', [checkpoint('ping'), checkpoint('asked', [{ id: 'ttl', ask: 'TTL', kind: 'number' }])]),
  ];
  const node = (number: number) => ({
    name: `node-${number}`,
    label: `Node-${number}`,
    nic: 'ens33',
    address: `10.0.0.${number}/24`,
  });
  const probe = () => ({ node: 'node-1', namespace: null, to: '10.0.0.2', count: 1 });
  const lab = {
    id: 'test',
    directory: '/nowhere',
    file: {
      title: 'test',
      summary: 'test',
      subject: 'test',
      minutes: 10,
      nodes: [node(1), node(2)],
      netfilter: false,
      egress: [],
      packages: [],
      flows: [],
    },
    steps,
    checkpoints: steps.flatMap(({ id, head }) => head.checkpoints.map((each) => ({ ...each, step: id }))),
  };
  const checks = {
    links: { judge: () => [{ ...fact('links', truth.has('links')), advice: 'WHY', repair: '执行 `FIX`。' }] },
    ping: { judge: () => [fact('state', true)], evidence: () => [fact('tried', truth.has('tried'))], probe },
    asked: { judge: () => [fact('state', truth.has('state'))], probe, answers: () => ({ ttl: '64' }) },
  };
  const values = { mac: { label: 'MAC', node: 'node-1', read: () => '02:00:00:00:00:01' } };
  return {
    source: { lab: () => lab, checks: () => ({ checks, values }), version: () => 'v1', mistake: () => null },
    truth,
  };
}
