import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LabChecks } from '../content/check.ts';
import { loadChecks } from '../content/judgements.ts';
import { type Lab, loadAll } from '../content/load.ts';
import { readEnv } from './env.ts';
import type { Standing } from './jumps.ts';
import type { LabSession } from './lab-session.ts';
import { composeLabd } from './labd/index.ts';
import type { SessionState, ShownResult } from './protocol.ts';
import { createLabSession } from './session.ts';
import { sampled } from './testsample.ts';

/** Time travel on real nodes. */

const TRAVEL_TIME = 90_000;
const root = join(import.meta.dirname, '..');
const data = mkdtempSync(join(tmpdir(), 'netloom-journeys-'));
const env = readEnv({
  NETLOOM_DATA: data,
  NETLOOM_IMAGE: resolve(process.env.NETLOOM_IMAGE ?? join(root, 'var/image')),
  NETLOOM_LOG: 'silent',
});
const nothing = async () => undefined;
const labd = composeLabd(
  env,
  { open: nothing, adopt: nothing, close: nothing, list: async () => [] },
  { progress: nothing, changed: nothing, alarmed: nothing, died: nothing },
);
const lab = loadAll(join(root, 'content/labs')).find((each) => each.id === 'overlay-vxlan') as Lab;
const ids = lab.checkpoints.map((each) => each.id);
let checks: LabChecks;
let session: LabSession;
let standing: Standing;
let seen: SessionState[];

function open(adopted?: { standing: Standing }, taught = lab): void {
  let names = 0;
  seen = [];
  const made = createLabSession({
    id: 'journeys1',
    source: { lab: () => taught, checks: () => checks, version: () => 'v1', mistake: () => null },
    labd,
    record: {
      started: nothing,
      finished: nothing,
      save: nothing,
      openHint: nothing,
      setTerminals: nothing,
      setStanding: async (next) => {
        standing = next;
      },
    },
    now: Date.now,
    expiresAt: 0,
    results: {},
    opened: [],
    times: {},
    adopted: adopted && { since: 0, terminals: [], ...adopted },
    newTerminalId: () => `terminal${++names}`,
    tryWriting: nothing,
    changed: () => seen.push(made.state().session),
    fault: (error, what) => console.error(what, error),
  });
  session = made;
}

function resultOf(id: string): ShownResult {
  return session.state().results[id] as ShownResult;
}

/** Waits until what was skipped has been judged. */
async function judged(): Promise<void> {
  await vi.waitFor(() => expect(session.state().judging).toBe(false), TRAVEL_TIME);
}

async function run(node: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await labd.exec('journeys1', node, ['bash', '-ec', script], {
    timeoutMs: 20_000,
    maxBytes: 65_536,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
}

/** The earlier checkpoints that the nodes alone decide, and the rest. */
function splitAt(step: number): { before: string[]; after: string[] } {
  const numberOf = (id: string) => lab.steps.find((each) => each.id === id)?.number ?? 0;
  const before = lab.checkpoints.filter((each) => numberOf(each.step) < step && each.questions.length === 0);
  const after = lab.checkpoints.filter((each) => numberOf(each.step) >= step);
  return { before: before.map(({ id }) => id), after: after.map(({ id }) => id) };
}

beforeAll(async () => {
  checks = await loadChecks(lab);
  open();
  await session.start();
});

afterAll(async () => {
  session?.close();
  await labd.destroy('journeys1');
  rmSync(data, { recursive: true, force: true });
});

describe('time travel', () => {
  for (const { number, id } of sampled(lab.steps, 6)) {
    it(
      `brings both nodes to the start of step ${number}: what is before it holds, and nothing after it`,
      async () => {
        const began = performance.now();
        await session.reset({ step: id });
        console.log(`start of step ${number}: ${Math.round(performance.now() - began)} ms`);
        expect(session.state().session).toMatchObject({ status: 'ready' });
        expect(session.state().session).not.toHaveProperty('stopped', expect.anything());
        expect(standing).toEqual({ jumps: { 'node-1': number, 'node-2': number }, travel: undefined });
        await judged();
        const { before, after } = splitAt(number);
        for (const each of before)
          expect([each, resultOf(each)]).toMatchObject([each, { status: 'passed', skipped: true }]);
        for (const { id: step } of lab.steps.slice(number - 1)) {
          session.standAt(step);
          await session.judge(false);
        }
        for (const each of after) expect([each, resultOf(each).status]).not.toEqual([each, 'passed']);
        expect(ids.filter((each) => resultOf(each).passedAt !== undefined)).toEqual([]);
      },
      TRAVEL_TIME,
    );
  }

  it(
    'tells step by step how far it is',
    async () => {
      seen.splice(0);
      await session.reset({ step: '04-arp-fdb' });
      const at = seen.flatMap((each) => (each.status === 'resetting' && each.playing ? [each.playing] : []));
      expect([...new Set(at.map((each) => each.step))]).toEqual([1, 2, 3]);
      expect(at[0]).toEqual({ step: 1, nodes: ['node-1', 'node-2'], done: 0, total: 1 });
      expect(at.at(-1)).toMatchObject({ step: 3, nodes: ['node-2'] });
    },
    TRAVEL_TIME,
  );

  it(
    'counts what the learner does after the step they began at, and not what lies before',
    async () => {
      await session.reset({ step: '02-containers' });
      await judged();
      await run('node-1', 'sysctl -w net.ipv4.conf.all.forwarding=1');
      for (const block of lab.steps[1]?.prose.blocks ?? []) {
        if (block.kind === 'run' && block.nodes.includes('node-1') && !block.optional && !block.look)
          await run('node-1', block.text);
      }
      await session.judge(true, 'containers-node-1');
      expect(resultOf('containers-node-1').passedAt).toBeGreaterThan(0);
      expect(resultOf('containers-node-1').skipped).toBeUndefined();
      expect(resultOf('deps-node-1').skipped).toBe(true);
    },
    TRAVEL_TIME,
  );

  it(
    'keeps what was passed as history when it goes back',
    async () => {
      await session.reset();
      await judged();
      expect(resultOf('containers-node-1')).toMatchObject({ status: 'failed', passedAt: expect.any(Number) });
      expect(resultOf('deps-node-1').status).toBe('failed');
      await run('node-1', 'apt-get update >/dev/null 2>&1; apt-get install -y bridge-utils net-tools >/dev/null 2>&1');
      await session.judge(true, 'deps-node-1');
      expect(resultOf('deps-node-1').passedAt).toBeGreaterThan(0);
      expect(resultOf('deps-node-1').skipped).toBeUndefined();
    },
    TRAVEL_TIME,
  );

  for (const node of sampled(['node-1', 'node-2'], 2)) {
    it(
      `brings ${node} alone to step 6, and the other one hears of its new addresses`,
      async () => {
        await session.reset({ step: '06-capture' });
        const other = node === 'node-1' ? 'node-2' : 'node-1';
        await run(other, 'touch /root/kept');
        const before = await run(node, 'cat /sys/class/net/vxlan100/address');
        await session.reset({ node, step: '06-capture' });
        await judged();
        expect(await run(node, 'cat /sys/class/net/vxlan100/address')).not.toBe(before);
        expect(await run(other, 'ls /root/kept')).toBe('/root/kept');
        expect(session.state().session).not.toHaveProperty('stopped', expect.anything());
        for (const each of splitAt(6).before) expect([each, resultOf(each).status]).toEqual([each, 'passed']);
      },
      TRAVEL_TIME,
    );
  }

  it(
    'says so when the other node has not what a block needs',
    async () => {
      await session.reset();
      await session.reset({ node: 'node-1', step: '05-connectivity' });
      const state = session.state().session;
      expect(state).toMatchObject({
        status: 'ready',
        stopped: { to: 5, step: 4, node: 'node-1', why: 'value', value: 'node-2.vtep.mac' },
      });
      await judged();
      expect(resultOf('vxlan-node-1').status).toBe('passed');
    },
    TRAVEL_TIME,
  );

  it(
    'goes on, in another web, where the former one was killed',
    async () => {
      session.close();
      open({ standing: { jumps: {}, travel: { step: 4 } } });
      const resumed = session.resume();
      expect(session.state().session).toMatchObject({ status: 'resetting', to: 4 });
      session.died();
      await resumed;
      await judged();
      expect(session.state().session).toMatchObject({ status: 'ready' });
      expect(standing.travel).toBeUndefined();
      for (const each of splitAt(4).before) expect([each, resultOf(each).status]).toEqual([each, 'passed']);
      expect(resultOf('neigh-fdb-node-1').status).not.toBe('passed');
    },
    TRAVEL_TIME,
  );

  it(
    'leaves usable nodes and says which block of the text failed, also to another web',
    async () => {
      session.close();
      const wrong = structuredClone({ ...lab, steps: lab.steps });
      const block = wrong.steps[2]?.prose.blocks.find((each) => each.kind === 'run' && !each.look);
      if (block) block.text = 'echo before; echo "\x1b[31mno such thing" >&2; exit 3; echo after';
      open({ standing: { jumps: {} } }, wrong);
      await session.reset({ step: '05-connectivity' });
      const stopped = { to: 5, step: 3, node: 'node-1', why: 'exit', code: 3, output: 'before\nno such thing' };
      expect(session.state().session).toMatchObject({ status: 'ready', stopped });
      expect(session.terminals()).toHaveLength(2);
      await judged();
      expect(resultOf('containers-node-2')).toMatchObject({ status: 'passed', skipped: true });
      expect(resultOf('vxlan-node-1')).toMatchObject({ status: 'failed', skipped: true });
      session.close();
      open({ standing });
      expect(await session.resume()).toBe(false);
      expect(session.state().session).toMatchObject({ status: 'ready', stopped });
      await session.reset();
      expect(session.state().session).not.toHaveProperty('stopped', expect.anything());
    },
    TRAVEL_TIME,
  );
});
