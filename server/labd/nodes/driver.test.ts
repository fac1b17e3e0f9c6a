import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeDriver } from './driver.ts';
import { createFakeDriver } from './fake.ts';
import { BUILD_TIME, LIMITS, openTestbed, openVmTestbed, SLOW_LIMITS, twoNodes } from './testbed.ts';
import { openSshTestbed } from './testhosts.ts';

/** A driver under the one contract, and how it is closed; in a real one commands run. */
type Opened = { driver: NodeDriver; close(): Promise<unknown> };
const drivers: [kind: NodeDriver['kind'], real: boolean, open: () => Promise<Opened>][] = [
  ['container', true, openTestbed],
  ['vm', true, openVmTestbed],
  ['ssh', true, openSshTestbed],
  ['fake', false, async () => ({ driver: createFakeDriver(), close: async () => {} })],
];
const topology = { ...twoNodes(), lab: 'overlay-vxlan' };

describe.each(drivers)('the %s driver', { timeout: 120_000 }, (kind, real, open) => {
  const id = 'conformance0';
  let driver: NodeDriver;
  let close: Opened['close'];
  const usual = kind === 'vm' ? SLOW_LIMITS : LIMITS;
  const bash = (script: string, limits = usual, stdin?: string) =>
    driver.exec(id, 'node-1', ['bash', '-c', script], limits, stdin);

  beforeAll(async () => {
    ({ driver, close } = await open());
  }, BUILD_TIME);
  afterAll(() => close());

  it('knows nothing of a session before it is created', async () => {
    expect(await driver.list()).not.toContain(id);
    expect(await driver.alive(id)).toBe(false);
    await expect(driver.exec(id, 'node-1', ['true'], LIMITS)).rejects.toThrow();
    await driver.destroy(id);
  });

  it('creates all nodes and says when each is ready', async () => {
    const ready: string[] = [];
    await driver.create(id, topology, (stage, node) => stage === 'ready' && node && ready.push(node));
    expect(ready.sort()).toEqual(['node-1', 'node-2']);
    expect(await driver.list()).toContain(id);
    expect(await driver.alive(id)).toBe(true);
  });

  it('runs a command on a node, but not on one that is not there', async () => {
    expect((await driver.exec(id, 'node-1', ['true'], usual)).code).toBe(0);
    await expect(driver.exec(id, 'node-3', ['true'], LIMITS)).rejects.toThrow('没有');
  });

  it('says how a person gets a shell', () => {
    const { file, args, env } = driver.shell(id, 'node-1');
    expect(file).not.toBe('');
    expect(args).toBeInstanceOf(Array);
    expect(env.PATH).toBeTruthy();
  });

  it('resets a node and keeps the session', async () => {
    await driver.reset(id, 'node-2');
    expect(await driver.alive(id)).toBe(true);
  });

  if (!real) return;
  describe('with real nodes', () => {
    it('leaves a session that is complete as it is when it is created again', async () => {
      await bash('touch /root/kept');
      await driver.create(id, topology);
      expect((await bash('ls /root/kept')).code).toBe(0);
    });

    it('reports how a command ended', async () => {
      expect(await bash('echo out; echo err >&2; exit 7')).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
      expect((await driver.exec(id, 'node-1', ['no-such-command'], usual)).code).toBe(127);
    });

    it('gives standard input to a command, and UTF-8 both ways', async () => {
      expect((await bash('tr a-z A-Z; hostname', usual, '隧道 vtep\n')).stdout).toBe('隧道 VTEP\nnode-1\n');
    });

    it('does not wait for what a command leaves in the background', async () => {
      const began = performance.now();
      expect((await bash('sleep 60 & echo done')).stdout).toBe('done\n');
      expect(performance.now() - began).toBeLessThan(30_000);
    });

    it('stops a command in time, with everything it started', async () => {
      const script = 'echo begun; (setsid sleep 4711 &); nohup sleep 4711 & wait; sleep 4711';
      // It has to have begun by then, however slow the nodes are now.
      const began = performance.now();
      await bash('true');
      const result = await bash(script, { ...LIMITS, timeoutMs: 500 + 3 * (performance.now() - began) });
      expect(result).toMatchObject({ code: null, stopped: 'timeout', stdout: 'begun\n' });
      expect((await bash('pgrep -f "sleep 471[1]"')).stdout).toBe('');
    });

    it('stops a command that says too much, and keeps the beginning', async () => {
      const result = await bash('yes 织网; true', { ...usual, maxBytes: 10_000 });
      expect(result).toMatchObject({ code: null, stopped: 'output' });
      expect(result.stdout.startsWith('织网\n织网\n')).toBe(true);
      expect(Buffer.byteLength(result.stdout)).toBeLessThanOrEqual(10_002); // A cut character becomes U+FFFD.
      expect((await bash('pgrep -x yes')).stdout).toBe('');
    });

    it('destroys everything, and can be told so twice', async () => {
      await driver.destroy(id);
      expect(await driver.list()).not.toContain(id);
      expect(await driver.alive(id)).toBe(false);
      await driver.destroy(id);
    });

    it('refuses names that are none', async () => {
      await expect(driver.create('../../etc', topology)).rejects.toThrow();
      await expect(driver.destroy('short')).rejects.toThrow();
      const nodes = [{ name: 'n', hostname: 'n', nic: 'e; reboot', address: '192.168.245.168/24' }];
      await expect(driver.create(id, { netfilter: false, nodes })).rejects.toThrow();
      expect(await driver.list()).not.toContain(id);
    });
  });
});
