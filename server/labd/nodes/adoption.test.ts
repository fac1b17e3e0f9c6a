import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL } from '../../testsample.ts';
import type { NodeDriver } from './driver.ts';
import { BUILD_TIME, LIMITS, openTestbed, twoNodes } from './testbed.ts';
import { openSshTestbed } from './testhosts.ts';

/**
 * The part of the contract that crashes and crowds put to the test, for every runtime: what a driver made, another one over
 * the same directory takes over. `crowd`: how many sessions may be made at once.
 */
interface Opened {
  driver: NodeDriver;
  reopen(): NodeDriver;
  close(): Promise<unknown>;
}
const CROWD = process.env[ALL] ? 20 : 6;
const drivers: [kind: NodeDriver['kind'], crowd: number, open: () => Promise<Opened>][] = [
  ['container', CROWD, openTestbed],
  ['ssh', 1, openSshTestbed],
];
const topology = { ...twoNodes(), lab: 'overlay-vxlan' };
/** What an exec may say at most, bytes (contract.ts), and a little less. */
const MOST_BYTES = 4 * 1024 * 1024;
const MUCH_BYTES = 4_000_000;
/** Making and removing that many sessions on a busy machine, ms. */
const CROWD_MS = 120_000;

describe.each(drivers)('after a crash, the %s driver', (_kind, crowd, open) => {
  const id = 'adoption0';
  let bed: Opened;
  const bash = (driver: NodeDriver, script: string, limits = LIMITS) =>
    driver.exec(id, 'node-1', ['bash', '-c', script], limits);

  beforeAll(async () => {
    bed = await open();
    await bed.driver.create(id, topology);
  }, BUILD_TIME);
  afterAll(() => bed?.close());

  it('takes over what a former one made, as it is', async () => {
    await bash(bed.driver, 'touch /root/kept; nohup sleep 4714 >/dev/null 2>&1 &');
    const later = bed.reopen();
    expect(await later.list()).toEqual([id]);
    expect(await later.alive(id)).toBe(true);
    expect(later.fallen?.(id, ['node-1', 'node-2']) ?? []).toEqual([]);
    await later.create(id, topology);
    expect((await bash(later, 'ls /root/kept; pgrep -c -f "^sleep 4714"')).stdout).toBe('/root/kept\n1\n');
    expect(later.shell(id, 'node-2')).toEqual(bed.driver.shell(id, 'node-2'));
  });

  it('hands over a big output whole', async () => {
    const limits = { ...LIMITS, maxBytes: MOST_BYTES };
    const script = `head -c ${MUCH_BYTES} /dev/zero | tr '\\0' x; printf %s. "$(seq 2000)" >&2`;
    const { code, stdout, stderr } = await bash(bed.driver, script, limits);
    expect(code).toBe(0);
    expect(stdout.length).toBe(MUCH_BYTES);
    expect(/^x*$/.test(stdout)).toBe(true);
    expect(stderr.endsWith('1999\n2000.')).toBe(true);
  });

  it('does what is asked for twice once, and in turn', async () => {
    const later = bed.reopen();
    await Promise.all([later.create(id, topology), later.create(id, topology), later.reset(id, 'node-1')]);
    await Promise.all([later.reset(id, 'node-1'), later.reset(id, 'node-2'), later.reset(id, 'node-1')]);
    expect(await later.alive(id)).toBe(true);
    expect((await bash(later, 'ls /root; ping -c 1 -W 2 192.168.245.172')).stdout).toContain('1 received');
  });

  it('removes what another one made, and knows nothing of it then', async () => {
    const later = bed.reopen();
    await Promise.all([later.destroy(id), later.destroy(id)]);
    for (const driver of [later, bed.reopen()]) {
      expect(await driver.list()).toEqual([]);
      expect(await driver.alive(id)).toBe(false);
      await expect(driver.exec(id, 'node-1', ['true'], LIMITS)).rejects.toThrow();
    }
  });

  it.runIf(crowd > 1)(
    `makes ${crowd} sessions at once, each with nodes of its own, and removes them`,
    async () => {
      const driver = bed.reopen();
      const ids = Array.from({ length: crowd }, (_, index) => `crowd${String(index).padStart(4, '0')}`);
      await Promise.all(ids.map((each) => driver.create(each, topology)));
      expect(await driver.list()).toEqual(ids);
      const said = await Promise.all(
        ids.map((each) =>
          driver.exec(each, 'node-1', ['bash', '-c', `echo ${each} > /root/own; cat /root/own`], LIMITS),
        ),
      );
      expect(said.map(({ stdout }) => stdout.trim())).toEqual(ids);
      expect(await Promise.all(ids.map((each) => driver.alive(each)))).toEqual(ids.map(() => true));
      await Promise.all(ids.map((each) => driver.destroy(each)));
      expect(await driver.list()).toEqual([]);
    },
    CROWD_MS,
  );
});
