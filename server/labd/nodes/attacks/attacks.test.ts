import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../../../testsample.ts';
import { takePulse } from '../../pulse.ts';
import { createSnapshotReader } from '../../snapshot.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed, twoNodes } from '../testbed.ts';
import type { Attack } from './attack.ts';
import { calls, sockets } from './calls.ts';
import { files } from './files.ts';
import { greedy, spoof } from './greedy.ts';
import { ways } from './ways.ts';

/** ms in which a neighbour's command and snapshot must be done, whatever goes on in a node; alone they take 150. */
const NEIGHBOUR_MS = 5_000;
/** ms for a test, on a machine that does other things besides. */
const TEST_MS = 90_000;
/** A node's share of processor time is half a core; some µs more are charged while it is stopped. */
const SHARE_US = 650_000;
/** Attacks that are answered within a second each. */
const QUICK: Attack[] = [...files, ...calls, ...sockets, ...ways];
/** Frames with addresses that nobody has. */
const SPOOFED = 30_000;

let bed: Testbed;
let main: string;
let neighbour: string;
let listener: Server;

beforeAll(async () => {
  bed = await openTestbed();
  [main, neighbour] = [bed.newSession(), bed.newSession()];
  await Promise.all([main, neighbour].map((session) => bed.driver.create(session, twoNodes())));
  listener = createServer().listen('\0netloom-attack');
}, BUILD_TIME);
afterAll(async () => {
  listener?.close();
  await bed.close();
});

/** What of the host no node may change. */
function host(): Record<string, unknown> {
  const names = ['core_pattern', 'hostname', 'panic', 'pid_max', 'printk'];
  return {
    settings: names.map((name) => readFileSync(`/proc/sys/kernel/${name}`, 'utf8')),
    hostname: hostname(),
    stray: readFileSync('/proc/net/dev', 'utf8').includes('stray'),
    filesystems: readFileSync('/proc/filesystems', 'utf8'),
  };
}

/** Uses the neighbour as its learner and the platform do; says how long that took, ms. */
async function askNeighbour(): Promise<number> {
  const began = performance.now();
  const reading = createSnapshotReader({ driver: bed.driver }).read(neighbour, twoNodes().nodes, {
    packages: [],
    flows: [],
  });
  const said = await bed.run(neighbour, 'node-1', 'ping -c 1 -W 2 node-2 && ip -brief addr show ens33');
  expect(said).toContain('1 received');
  expect(Object.keys((await reading).nodes)).toEqual(['node-1', 'node-2']);
  return performance.now() - began;
}

const attack = ({ script }: Attack) =>
  bed.driver.exec(main, 'node-1', ['bash'], LIMITS, script.endsWith('\n') ? script : `${script}\n`);

describe('a root in a node', () => {
  it(
    'fails at everything that would reach beyond it',
    async () => {
      const before = host();
      const script = QUICK.map(({ script }) => `(\n${script}\n) 2>/dev/null\nprintf '\\0'`).join('\n');
      const { stdout } = await bed.driver.exec(main, 'node-1', ['bash', '-c', script], {
        ...LIMITS,
        timeoutMs: 60_000,
      });
      const answers = stdout.split('\0');
      const wrong = QUICK.flatMap(({ name, answer }, index) =>
        answer.test(answers[index] ?? 'none') ? [] : [[name, answers[index]]],
      );
      expect(wrong).toEqual([]);
      expect(host()).toEqual(before);
      expect(await askNeighbour()).toBeLessThan(NEIGHBOUR_MS);
    },
    TEST_MS,
  );
});

describe.each(sampled(greedy, 4))('$name', (each) => {
  it(
    'stops at the share of its node, and a neighbour is served meanwhile',
    async () => {
      const { driver } = bed;
      const before = host();
      const charged = driver.burden?.(main, 'node-1')?.cpu() ?? 0;
      const began = performance.now();
      let isOver = false;
      const done = attack(each).finally(() => {
        isOver = true;
      });
      const waits: number[] = [];
      while (!isOver) waits.push(await askNeighbour());
      const { stdout, stderr } = await done;
      expect(stdout, stderr).toMatch(each.answer);
      expect(Math.max(...waits)).toBeLessThan(NEIGHBOUR_MS);
      const seconds = (performance.now() - began) / 1000;
      expect(((driver.burden?.(main, 'node-1')?.cpu() ?? 0) - charged) / seconds).toBeLessThan(SHARE_US);
      expect(host()).toEqual(before);
      expect(await driver.alive(main)).toBe(true);
      // What it left at work goes with a reset, in no time.
      await driver.reset(main, 'node-1');
      expect(await bed.run(main, 'node-1', 'ping -c 1 -W 2 node-2')).toContain('1 received');
    },
    TEST_MS,
  );
});

describe('the wire', () => {
  it('carries what a node invents to its own session only, and remembers none of it', async () => {
    const received = async (session: string, node: 'node-1' | 'node-2') =>
      Number((await bed.run(session, node, 'cat /sys/class/net/ens33/statistics/rx_packets')).trim());
    const [peer, other, pulse] = [await received(main, 'node-2'), await received(neighbour, 'node-1'), takePulse()];
    expect(Number(await bed.run(main, 'node-1', spoof(SPOOFED)))).toBe(SPOOFED);
    expect((await received(main, 'node-2')) - peer).toBeGreaterThan(SPOOFED / 2);
    expect((await received(neighbour, 'node-1')) - other).toBeLessThan(10);
    const wire = bed.driver.wire?.(main)?.path;
    const table = execFileSync('nsenter', [`--net=${wire}`, 'bridge', 'fdb'], { encoding: 'utf8' });
    expect(table.trim().split('\n').length).toBeLessThan(20);
    expect(takePulse().kernel - pulse.kernel).toBeLessThan(8 * 2 ** 20);
  });
});
