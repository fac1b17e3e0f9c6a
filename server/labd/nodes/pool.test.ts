import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeDriver, type FakeDriver } from './fake.ts';
import { createPool, type Pool } from './pool.ts';
import { twoNodes } from './testbed.ts';

const topology = twoNodes();
const other = twoNodes(10, 11);
let directory: string;
const open: Pool[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netloom-pool-'));
});
afterEach(() => {
  for (const pool of open.splice(0)) pool.close();
  rmSync(directory, { recursive: true });
});

/** A pool over a driver that can be told what it makes nodes of, and over terminals that are names only. */
function openPool(driver: FakeDriver = createFakeDriver()) {
  const made = { of: 'image 1' };
  const shells = new Map<string, string>();
  const pool = createPool({
    driver: { ...driver, recipe: async () => made.of },
    directory,
    terminals: {
      open: async (terminal, _command, _size, { session, node }) => void shells.set(terminal, `${session} ${node}`),
      adopt: async () => undefined,
      close: async (terminal) => void shells.delete(terminal),
      list: async () => [...shells.keys()],
    },
    width: 2,
    log: { info: () => {}, warn: () => {} },
  });
  open.push(pool);
  const creates = () => driver.calls.flatMap(({ verb, session }) => (verb === 'create' ? [session] : []));
  const full = (count: number) => vi.waitFor(() => expect(pool.ready()).toBe(count), 5_000);
  return { pool, driver, made, shells, creates, full };
}

describe('a pool', () => {
  it('gives a new session nodes that were made before, and makes others in their place', async () => {
    const { pool, creates, full } = openPool();
    pool.want([{ topology, count: 2 }]);
    await full(2);
    const [first] = creates();
    const told: string[] = [];
    await pool.driver.create('learner001', topology, (stage, node) => told.push(`${stage} ${node}`));
    expect(told).toEqual(['ready node-1', 'ready node-2']);
    expect(creates()).not.toContain('learner001');
    await pool.driver.exec('learner001', 'node-1', ['true'], { timeoutMs: 1, maxBytes: 1 });
    expect(await pool.driver.list()).toEqual(['learner001']);
    expect(await pool.driver.alive('learner001')).toBe(true);
    await full(2);
    expect(creates()).toHaveLength(3);
    await pool.driver.destroy('learner001');
    expect(await pool.driver.alive('learner001')).toBe(false);
    expect(await pool.driver.list()).toEqual([]);
    expect(first).not.toBe('learner001');
  });

  it('runs every verb where the nodes are, also those it knows nothing of', async () => {
    const driver = createFakeDriver();
    const looked: string[] = [];
    const vantage = (session: string) => {
      looked.push(session);
      return { own: '', inode: 0, named: [], root: '', mounts: '', close() {} };
    };
    const { pool, creates, full } = openPool({ ...driver, vantage });
    pool.want([{ topology, count: 1 }]);
    await full(1);
    await pool.driver.create('learner001', topology);
    pool.driver.vantage?.('learner001', 'node-1');
    pool.driver.vantage?.('learner002', 'node-1');
    expect(looked).toEqual([creates()[0], 'learner002']);
    expect(pool.driver.wire).toBeUndefined();
    expect(pool.driver.kind).toBe('fake');
  });

  it('gives each of them once, however many ask at the same moment', async () => {
    const { pool, creates, full } = openPool();
    pool.want([{ topology, count: 2 }]);
    await full(2);
    const names = ['learner001', 'learner002', 'learner003'];
    await Promise.all(names.map((name) => pool.driver.create(name, topology)));
    expect(creates().filter((name) => names.includes(name))).toEqual(['learner003']);
    expect(await pool.driver.list()).toEqual(names);
  });

  it('hands a waiting shell over once, and none of a node that was made anew', async () => {
    const { pool, shells, full } = openPool();
    pool.want([{ topology, count: 1 }]);
    await full(1);
    const waiting = [...shells.keys()];
    await pool.driver.create('learner001', topology);
    expect(pool.takeShell('learner001', 'node-1')).toBe(waiting[0]);
    expect(pool.takeShell('learner001', 'node-1')).toBeUndefined();
    await pool.driver.reset('learner001', 'node-2');
    expect(pool.takeShell('learner001', 'node-2')).toBeUndefined();
    expect(pool.takeShell('learner002', 'node-1')).toBeUndefined();
  });

  it('gives nobody nodes of a former image, of another lab, or dead ones', async () => {
    const { pool, driver, made, creates, full } = openPool();
    pool.want([{ topology, count: 1 }]);
    await full(1);
    await pool.driver.create('learner001', other);
    expect(creates()).toContain('learner001');
    made.of = 'image 2';
    await pool.driver.create('learner002', topology);
    expect(creates()).toContain('learner002');
    await full(1);
    await driver.destroy(creates().at(-1) ?? '');
    await pool.driver.create('learner003', topology);
    expect(creates()).toContain('learner003');
  });

  it('removes what is not wanted any more', async () => {
    const { pool, driver, shells, full } = openPool();
    pool.want([{ topology, count: 2 }]);
    await full(2);
    pool.want([{ topology: other, count: 1 }]);
    await vi.waitFor(async () => {
      expect(await driver.list()).toHaveLength(1);
      expect(pool.ready()).toBe(1);
    });
    expect(shells.size).toBe(2);
    pool.want([]);
    await vi.waitFor(async () => expect(await driver.list()).toEqual([]));
  });

  it('knows after a crash whose nodes are whose; those nobody was given yet are nobody’s', async () => {
    const first = openPool();
    first.pool.want([{ topology, count: 2 }]);
    await first.full(2);
    await first.pool.driver.create('learner001', topology);
    await first.full(2);
    first.pool.close();
    const { pool } = openPool(first.driver);
    expect(await pool.driver.alive('learner001')).toBe(true);
    const left = (await pool.driver.list()).filter((name) => name !== 'learner001');
    expect(left).toHaveLength(2);
    for (const name of left) await pool.driver.destroy(name);
    await pool.driver.destroy('learner001');
    expect(await first.driver.list()).toEqual([]);
    expect(await pool.driver.list()).toEqual([]);
  });

  it('makes nothing ahead where the runtime cannot', async () => {
    const driver = createFakeDriver();
    const pool = createPool({
      driver,
      directory,
      terminals: { open: vi.fn(), adopt: vi.fn(), close: vi.fn(), list: vi.fn() },
      width: 1,
      log: { info: () => {}, warn: () => {} },
    });
    open.push(pool);
    pool.want([{ topology, count: 1 }]);
    await pool.driver.create('learner001', topology);
    expect(driver.calls).toEqual([{ verb: 'create', session: 'learner001' }]);
  });
});
