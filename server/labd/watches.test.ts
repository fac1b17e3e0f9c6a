import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NodeDriver } from './nodes/driver.ts';
import { BUILD_TIME, openTestbed, type Testbed, twoNodes } from './nodes/testbed.ts';
import { createProbe } from './probe.ts';
import { createWatches, type Watches } from './watches.ts';

let bed: Testbed;
let driver: NodeDriver;
let session: string;
let watches: Watches;
/** When a change was told. */
const told: number[] = [];
const me = {};
const topology = twoNodes(168, 172, true);

/** The processes that watch the session, by pid. */
function watchers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes('watcher.pl') && line.includes(session);
      } catch {
        return false; // It ended meanwhile.
      }
    })
    .map(Number);
}

/** Waits until nothing has been told for a while: what made the nodes has settled. */
async function quiet(): Promise<void> {
  for (let before = -1; before !== told.length; ) {
    before = told.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
}

/** Whether a script on a node is told of, and after how many ms. */
async function changes(script: string, node: 'node-1' | 'node-2' = 'node-1'): Promise<void> {
  await quiet();
  const before = told.length;
  await bed.run(session, node, script);
  await vi.waitFor(() => expect(told.length, script).toBeGreaterThan(before), 1_000);
}

beforeAll(async () => {
  bed = await openTestbed();
  ({ driver } = bed);
  session = bed.newSession();
  await driver.create(session, topology);
  watches = createWatches({
    driver,
    nodesOf: () => topology.nodes,
    changed: () => told.push(performance.now()),
    log: { warn: () => undefined },
  });
  watches.want(me, [session]);
  await vi.waitFor(() => expect(told.length).toBe(1), 5_000);
}, BUILD_TIME);

afterAll(async () => {
  watches.close();
  await bed.close();
});

describe('a session that is watched', () => {
  it('tells of what is made and changed, in the node and in the containers joined to it', {
    timeout: 120_000,
  }, async () => {
    await changes('ip netns add docker1');
    await changes('ip link add veth1 type veth peer name veth0 netns docker1; ip link set veth1 up');
    await changes('ip -n docker1 addr add 172.17.0.2/24 dev veth0; ip -n docker1 link set veth0 up');
    await changes('ip -n docker1 route add default via 172.17.0.1 onlink dev veth0');
    await changes('ip link add vxlan100 type vxlan id 100 dev ens33 dstport 4789; ip link set vxlan100 up', 'node-2');
    await changes(
      'ip link add br0 type bridge; ip link set br0 up; ip link set veth1 master br0; ip addr add 172.17.0.1/24 dev br0',
    );
    await changes('ip neigh add 172.18.0.2 lladdr 02:00:00:00:00:01 dev br0');
    await changes('bridge fdb append 02:00:00:00:00:01 dev vxlan100 dst 192.168.245.168', 'node-2');
    await changes('ip rule add pref 9 from 1.2.3.4 table 7');
    await changes('sysctl -qw net.ipv4.conf.all.forwarding=1');
    await changes('sysctl -qw net.ipv4.conf.br0.rp_filter=2');
    await changes('nft add table inet f');
    await changes('ip netns exec docker1 iptables -A INPUT -s 9.9.9.9 -j DROP');
    await changes('ip neigh del 172.18.0.2 dev br0');
    await changes('bridge link set dev veth1 state 0; bridge link set dev veth1 state 3');
  });

  it('is silent about what packets do by themselves, and about what a probe leaves', { timeout: 60_000 }, async () => {
    await quiet();
    const before = told.length;
    await bed.run(
      session,
      'node-1',
      'ip neigh flush dev ens33; ping -c 2 -i 0.2 192.168.245.172; ip netns exec docker1 ping -c 1 172.17.0.1',
    );
    const request = { node: 'node-1', namespace: null, to: '192.168.245.99', count: 1 };
    const trace = await watches.probing(session, () => createProbe({ driver }).run(session, topology.nodes, request));
    expect(trace.received).toBe(0);
    await quiet();
    expect(told.length).toBe(before);
    // The same loss of the learner's own is told.
    await bed.run(session, 'node-1', 'ping -c 1 -W 4 192.168.245.98 || true');
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(before), 5_000);
  });

  it('tells at most ten times a second of a flood, and of its end', { timeout: 60_000 }, async () => {
    await quiet();
    const began = told.length;
    const from = performance.now();
    await bed.run(
      session,
      'node-1',
      'for i in $(seq 900); do echo "link set ens33 mtu $((1400 + i % 100))"; done | ip -batch -',
    );
    const to = performance.now();
    await quiet();
    expect(told.length - began).toBeLessThan((to - from) / 100 + 3);
    expect(told.at(-1)).toBeGreaterThan(to - 300);
  });

  it('lets go of a namespace that is deleted', async () => {
    await bed.run(session, 'node-1', 'ip netns del docker1');
    await vi.waitFor(
      async () => expect(await bed.run(session, 'node-1', 'ip -brief link')).not.toContain('veth1'),
      5_000,
    );
  });

  it('has one process, without rights, that costs nothing while nothing happens', { timeout: 30_000 }, async () => {
    await quiet();
    const [pid, ...others] = watchers();
    expect(others).toEqual([]);
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/Uid:\s65534\s65534\s65534\s65534/);
    expect(status).toMatch(/Cap(Inh|Prm|Eff):\s0+\n/);
    const switches = () => /^voluntary_ctxt_switches:\s(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // The kernel itself may still have something to say: a neighbour that grows stale, a namespace that is taken apart.
    await vi.waitFor(async () => {
      const before = switches();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(switches()).toBe(before);
    }, 15_000);
  });

  it('is watched again after a reset, and when its watcher has died', { timeout: 60_000 }, async () => {
    await watches.aside(session, async () => {
      await vi.waitFor(() => expect(watchers()).toEqual([]), 5_000);
      await driver.reset(session, 'node-1');
    });
    await changes('ip link add br9 type bridge');
    const [pid] = watchers();
    process.kill(pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(watchers().filter((each) => each !== pid).length).toBe(1), 5_000);
    await changes('ip link del br9');
  });

  it('is watched as long as anybody wants it, and no longer', async () => {
    const other = {};
    watches.want(other, [session]);
    watches.want(me, []);
    expect(watchers().length).toBe(1);
    watches.want(other, []);
    await vi.waitFor(() => expect(watchers()).toEqual([]), 5_000);
  });
});
