import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CheckpointResult, RefusalCode, SessionState } from './protocol.ts';

/** Nodes are there in half a second on an idle machine, and after tens of seconds when a class begins at once. */
const SECONDS = [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120];
/** Every state a session may be in, so that each is a line, also at 0. `none` is somebody who only reads. */
const STATES: SessionState['status'][] = ['none', 'queued', 'creating', 'ready', 'resetting', 'broken', 'gone'];
/** What a proxy adds: then the address is the proxy's, and says nothing of who asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];
const LOOPBACK_ADDRESS = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/;

/** What an operator's monitoring reads. Labels are closed lists: nothing of people, sessions or texts is in them. */
export interface Metrics {
  /** A session's state, whenever it may have changed. */
  sessionChanged(id: string, state: SessionState): void;
  judged(status: CheckpointResult['status']): void;
  refused(code: RefusalCode): void;
  /** Whether this request may read them: from this machine itself, or with the token. */
  allows(request: IncomingMessage): boolean;
  /** Everything, in Prometheus' text format. */
  text(): Promise<{ type: string; body: string }>;
  close(): void;
}

/** Metrics of one web. `token` is empty where they are read on this machine only. */
export function createMetrics(options: {
  token: string;
  sessions(): Partial<Record<SessionState['status'], number>>;
  terminals(): number;
  ready(): Promise<Record<'store' | 'labd' | 'ptyd', boolean>>;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'netloom_sessions',
    help: 'Lab sessions in memory, by state.',
    labelNames: ['state'],
    registers,
    collect() {
      const counts = options.sessions();
      for (const state of STATES) this.set({ state }, counts[state] ?? 0);
    },
  });
  new Gauge({
    name: 'netloom_terminals',
    help: 'Open terminals.',
    registers,
    collect() {
      this.set(options.terminals());
    },
  });
  new Gauge({
    name: 'netloom_up',
    help: 'Whether what web depends on answers (1) or not (0).',
    labelNames: ['part'],
    registers,
    async collect() {
      for (const [part, up] of Object.entries(await options.ready())) this.set({ part }, Number(up));
    },
  });
  const seconds = new Histogram({
    name: 'netloom_nodes_seconds',
    help: 'Time until nodes were ready, or known to have failed: made for the first time, or anew.',
    labelNames: ['job', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const verdicts = new Counter({
    name: 'netloom_verdicts_total',
    help: 'Judgements of checkpoints, by what they said.',
    labelNames: ['status'],
    registers,
  });
  const refusals = new Counter({
    name: 'netloom_refusals_total',
    help: 'Requests that were refused, by code.',
    labelNames: ['code'],
    registers,
  });
  /** What is under way with nodes, by session, since when (Unix ms). */
  const jobs = new Map<string, { job: 'create' | 'reset'; since: number }>();

  return {
    sessionChanged(id, state) {
      const running = jobs.get(id);
      if (state.status === 'creating' || state.status === 'resetting') {
        // Nodes that are made for the first time may be brought to a later step, which is told as a reset.
        const job = state.status === 'creating' ? 'create' : 'reset';
        if (!running) jobs.set(id, { job, since: state.since });
        return;
      }
      jobs.delete(id);
      if (!running || (state.status !== 'ready' && state.status !== 'broken')) return;
      const outcome = state.status;
      seconds.observe({ job: running.job, outcome }, Math.max(0, state.since - running.since) / 1_000);
    },
    judged: (status) => verdicts.inc({ status }),
    refused: (code) => refusals.inc({ code }),
    allows({ headers, socket }) {
      if (options.token && isToken(headers.authorization, options.token)) return true;
      const isForwarded = FORWARDED.some((name) => headers[name] !== undefined);
      return (
        !isForwarded &&
        LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') &&
        // A proxy that hides itself still asks for the name people know.
        LOOPBACK_HOST.test(headers.host ?? '')
      );
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
    close: () => registry.clear(),
  };
}

/** Compares in a time that does not depend on how much is right. */
function isToken(header: string | undefined, token: string): boolean {
  const hashOf = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hashOf(header ?? ''), hashOf(`Bearer ${token}`));
}
