import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from './metrics.ts';

const TOKEN = 'a-token-of-some-length';
const opened: Metrics[] = [];
afterEach(() => {
  for (const metrics of opened.splice(0)) metrics.close();
});

function metrics(token = ''): Metrics {
  const made = createMetrics({
    token,
    sessions: () => ({ ready: 3, broken: 1 }),
    terminals: () => 7,
    ready: async () => ({ store: true, labd: false, ptyd: true }),
  });
  opened.push(made);
  return made;
}

/** A request as it arrives. */
function from(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers: { host: '127.0.0.1:3000', ...headers } } as unknown as IncomingMessage;
}

describe('metrics', () => {
  it('are numbers of sessions, times, verdicts, refusals and of the process', async () => {
    const made = metrics();
    made.sessionChanged('one', { status: 'creating', since: 1_000, stage: 'files' });
    // Brought to a later step while it is made: still the same job.
    made.sessionChanged('one', { status: 'resetting', since: 1_500, nodes: [], to: 3, terminals: [], expiresAt: 9 });
    made.sessionChanged('one', { status: 'ready', since: 4_000, expiresAt: 9, terminals: [] });
    made.sessionChanged('two', { status: 'resetting', since: 1_000, nodes: [], to: 1, terminals: [], expiresAt: 9 });
    made.sessionChanged('two', { status: 'broken', since: 2_000, reason: 'nodes-failed' });
    // Ready for the first time that this web knows of: nobody saw it begin.
    made.sessionChanged('three', { status: 'ready', since: 4_000, expiresAt: 9, terminals: [] });
    made.judged('passed');
    made.refused('too-fast');
    const { body, type } = await made.text();
    expect(type).toContain('text/plain');
    for (const line of [
      'netloom_sessions{state="ready"} 3',
      'netloom_sessions{state="creating"} 0',
      'netloom_terminals 7',
      'netloom_up{part="labd"} 0',
      'netloom_up{part="store"} 1',
      'netloom_nodes_seconds_sum{job="create",outcome="ready"} 3',
      'netloom_nodes_seconds_count{job="create",outcome="ready"} 1',
      'netloom_nodes_seconds_sum{job="reset",outcome="broken"} 1',
      'netloom_verdicts_total{status="passed"} 1',
      'netloom_refusals_total{code="too-fast"} 1',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    expect(body).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).not.toMatch(/"(?:one|two|three)"/);
  });

  it('are for this machine, and not for what a proxy on it passes on', () => {
    const made = metrics();
    expect(made.allows(from('127.0.0.1'))).toBe(true);
    expect(made.allows(from('::1', { host: '[::1]:3000' }))).toBe(true);
    expect(made.allows(from('::ffff:127.0.0.1', { host: 'localhost' }))).toBe(true);
    expect(made.allows(from('192.168.1.5'))).toBe(false);
    expect(made.allows(from('127.0.0.1', { host: 'lab.example.edu' }))).toBe(false);
    expect(made.allows(from('127.0.0.1', { 'x-forwarded-for': '8.8.8.8' }))).toBe(false);
    expect(made.allows(from('192.168.1.5', { authorization: 'Bearer ' }))).toBe(false);
  });

  it('are for whoever has the token', () => {
    const made = metrics(TOKEN);
    expect(made.allows(from('192.168.1.5', { authorization: `Bearer ${TOKEN}` }))).toBe(true);
    expect(made.allows(from('192.168.1.5', { authorization: `Bearer ${TOKEN}x` }))).toBe(false);
    expect(made.allows(from('192.168.1.5', { authorization: TOKEN }))).toBe(false);
    expect(made.allows(from('192.168.1.5'))).toBe(false);
  });
});
