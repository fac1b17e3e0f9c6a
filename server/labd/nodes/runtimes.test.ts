import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeDriver, Runtime } from './driver.ts';
import { createFakeDriver, type FakeDriver } from './fake.ts';
import { createRuntimes } from './runtimes.ts';
import { LIMITS, twoNodes } from './testbed.ts';

let container: FakeDriver;
let ssh: FakeDriver;
let remembered: Map<string, Runtime>;
let driver: NodeDriver;

beforeEach(() => {
  container = createFakeDriver();
  ssh = createFakeDriver();
  remembered = new Map();
  const caveats = () => ({ isAdvisory: true, remains: [] });
  driver = createRuntimes({ container, ssh: { ...ssh, caveats } }, (session) => remembered.get(session));
});

/** As labd does it: what the session says is written down first. */
async function create(session: string, runtime: Runtime): Promise<void> {
  remembered.set(session, runtime);
  await driver.create(session, { ...twoNodes(), runtime });
}

describe('several runtimes as one', () => {
  it('give each session to its own, and list them all', async () => {
    await create('container01', 'container');
    await create('ownhosts001', 'ssh');
    expect(await driver.list()).toEqual(['container01', 'ownhosts001']);
    await driver.exec('ownhosts001', 'node-1', ['true'], LIMITS);
    await driver.reset('container01', 'node-2');
    expect(container.calls.map(({ verb }) => verb)).toEqual(['create', 'reset']);
    expect(ssh.calls.map(({ verb }) => verb)).toEqual(['create', 'exec']);
    expect(driver.caveats?.('ownhosts001')).toEqual({ isAdvisory: true, remains: [] });
    expect(driver.caveats?.('container01')).toBeUndefined();
    expect(driver.vantage?.('container01', 'node-1')).toBeUndefined();
  });

  it('let each remove what nobody remembers', async () => {
    await create('ownhosts001', 'ssh');
    remembered.clear();
    expect(await driver.alive('ownhosts001')).toBe(false);
    await driver.destroy('ownhosts001');
    expect(await driver.list()).toEqual([]);
  });

  it('say which of them is not there', async () => {
    await expect(create('machine0001', 'vm')).rejects.toThrow('没有 vm 运行时');
    await expect(driver.exec('unknown0001', 'node-1', ['true'], LIMITS)).rejects.toThrow('没有这个实验会话的节点');
  });
});
