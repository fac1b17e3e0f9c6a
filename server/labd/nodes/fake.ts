import type { ExecResult, NodeDriver, SessionId, Topology } from './driver.ts';

/** One call of a fake driver, as a test reads it back. */
export interface Call {
  verb: 'create' | 'reset' | 'destroy' | 'exec';
  session: SessionId;
  node?: string;
  argv?: string[];
}

/** A driver for tests that need no kernel: sessions are remembered, shells are the host's, execs answer as told. */
export interface FakeDriver extends NodeDriver {
  readonly calls: Call[];
}

/** Makes a fake driver; `answer` decides how an exec ends, and may throw like a broken node. */
export function createFakeDriver(answer: (call: Call, stdin?: string) => Partial<ExecResult> = () => ({})): FakeDriver {
  const calls: Call[] = [];
  const sessions = new Map<SessionId, Topology>();
  const mustHave = (session: SessionId, node: string) => {
    const known = sessions.get(session)?.nodes.some(({ name }) => name === node);
    if (!known) throw new Error('没有这个实验会话的节点');
  };
  return {
    kind: 'fake',
    calls,
    async create(session, topology, progress = () => {}) {
      calls.push({ verb: 'create', session });
      sessions.set(session, topology);
      for (const { name } of topology.nodes) progress('ready', name);
    },
    async reset(session, node) {
      mustHave(session, node);
      calls.push({ verb: 'reset', session, node });
    },
    async destroy(session) {
      calls.push({ verb: 'destroy', session });
      sessions.delete(session);
    },
    async list() {
      return [...sessions.keys()];
    },
    async alive(session) {
      return sessions.has(session);
    },
    shell(_session, node) {
      const env = { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', PS1: `root@${node}:~# ` };
      return { file: 'bash', args: ['--norc', '--noprofile'], env };
    },
    async exec(session, node, argv, _limits, stdin) {
      mustHave(session, node);
      const call: Call = { verb: 'exec', session, node, argv };
      calls.push(call);
      return { code: 0, stdout: '', stderr: '', ...answer(call, stdin) };
    },
  };
}
