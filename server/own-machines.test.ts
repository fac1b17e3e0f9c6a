import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAll } from '../content/load.ts';
import { readEnv } from './env.ts';
import { testLab } from './lab-test.ts';
import { BUILD_TIME } from './labd/nodes/testbed.ts';
import { openTestHosts, type TestHosts } from './labd/nodes/testhosts.ts';
import { labOf } from './play.ts';
import { openRehearsal } from './rehearsal.ts';
import { ALL } from './testsample.ts';

// The whole text takes minutes, and everything below it is tried in the usual run.
describe.runIf(process.env[ALL])('the lab on machines of somebody’s own', () => {
  let hosts: TestHosts;
  let data: string;
  beforeAll(async () => {
    hosts = await openTestHosts('overlay-vxlan');
    data = mkdtempSync(join(tmpdir(), 'netloom-own-'));
  }, BUILD_TIME);
  afterAll(async () => {
    await hosts.close();
    rmSync(data, { recursive: true, force: true });
  });

  it('can be done from its first step to its last, and leaves the network as it was', {
    timeout: 600_000,
  }, async () => {
    const network = () =>
      hosts.on('node-1', 'ip -br addr; ip netns; ip route; ip neigh show nud permanent; bridge fdb');
    const before = network();
    const env = readEnv({ ...process.env, NETLOOM_RUNTIME: 'ssh', NETLOOM_HOSTS: hosts.file, NETLOOM_DATA: data });
    const lab = labOf(loadAll(env.content), 'overlay-vxlan');
    const rehearsal = await openRehearsal(env, lab);
    const failed: string[] = [];
    let made = 0;
    try {
      for await (const { ok, what } of testLab(rehearsal, lab)) {
        made += 1;
        if (!ok) failed.push(what);
      }
    } finally {
      await rehearsal.close();
    }
    expect(failed).toEqual([]);
    expect(made).toBeGreaterThan(20);
    expect(network()).toBe(before);
  });
});
