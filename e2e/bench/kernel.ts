import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Testbed, twoNodes } from '../../server/labd/nodes/testbed.ts';
import { createSnapshotReader } from '../../server/labd/snapshot.ts';
import { shuffled } from './statistics.ts';

const run = promisify(execFile);
/** Bytes: a namespace with 5,000 routes prints more than the 1 MiB that execFile allows by itself. */
const OUTPUT = { maxBuffer: 64 * 1024 * 1024 };
/** Namespaces that fill a session's limit of 64 (oci.ts): two nodes with one container each are four. */
const MORE_NAMESPACES = 60;
const ROUTES = 5_000;
const { nodes } = twoNodes();

/** What is measured, in ms; ours and the plain way in the same rounds. */
export interface Readings {
  ours: number[];
  plain: number[];
  namespaces: number[];
  routes: number[];
}

const side = (n: 1 | 2) => {
  const [mine, other] = n === 1 ? ['17', '18'] : ['18', '17'];
  return `
ip netns add docker${n}
ip link add veth1 type veth peer name veth0 netns docker${n}
ip -n docker${n} addr add 172.${mine}.0.2/24 dev veth0
ip -n docker${n} link set veth0 up
ip link add br0 type bridge
ip link set veth1 master br0 up
ip link set br0 up
ip addr add 172.${mine}.0.1/24 dev br0
ip -n docker${n} route add default via 172.${mine}.0.1
sysctl -qw net.ipv4.conf.all.forwarding=1
ip link add vxlan100 type vxlan id 100 local 192.168.245.${n === 1 ? 168 : 172} dev ens33 dstport 4789 nolearning
ip addr add 172.${mine}.0.0/32 dev vxlan100
ip link set vxlan100 up
ip route add 172.${other}.0.0/24 dev vxlan100
ip neigh add 172.${other}.0.2 lladdr 02:00:00:00:${other}:00 dev vxlan100
bridge fdb append 02:00:00:00:${other}:00 dev vxlan100 dst 192.168.245.${n === 1 ? 172 : 168}`;
};

const flows = [
  { node: 'node-1', from: '172.17.0.2', to: '172.18.0.2' },
  { node: 'node-2', from: '172.18.0.2', to: '172.17.0.2' },
];

/** What a snapshot asks, put to one program after another as one would by hand. */
async function readPlainly(bed: Testbed, session: string): Promise<void> {
  for (const [index, { name }] of nodes.entries()) {
    const vantage = await bed.driver.vantage?.(session, name);
    if (!vantage) throw new Error('this runtime cannot be looked at from outside');
    try {
      for (const path of [vantage.own, ...vantage.named.map((named) => named.path)]) {
        const inside = (...argv: string[]) => run('nsenter', [`--net=${path}`, ...argv], OUTPUT);
        await inside('ip', '-j', '-d', '-s', 'addr');
        await inside('ip', '-j', '-d', 'route', 'show', 'table', 'all');
        await inside('ip', '-j', 'rule');
        await inside('ip', '-j', 'neigh', 'show', 'nud', 'all');
        await inside('bridge', '-j', 'fdb', 'show');
        await inside('sysctl', '-a', '-r', 'net.ipv4.conf.*.(forwarding|rp_filter)');
        await inside('cat', '/proc/net/snmp', '/proc/net/netstat');
      }
      const flow = flows[index];
      const ask = ['ip', '-j', 'route', 'get', flow?.to ?? '', 'from', flow?.from ?? '', 'iif', 'br0'];
      await run('nsenter', [`--net=${vantage.own}`, ...ask]);
    } finally {
      vantage.close();
    }
  }
}

/** Measures readings of two nodes with one container each, then with 64 namespaces, then with 5,000 routes. */
export async function measureReadings(bed: Testbed, rounds: number): Promise<Readings> {
  const session = bed.newSession();
  await bed.driver.create(session, { ...twoNodes(), netfilter: true });
  for (const n of [1, 2] as const) await bed.run(session, `node-${n}`, side(n));
  const reader = createSnapshotReader({ driver: bed.driver });
  const timed = async (job: () => Promise<unknown>) => {
    const began = performance.now();
    await job();
    return performance.now() - began;
  };
  const ours = () => timed(() => reader.read(session, nodes, { packages: ['bridge-utils', 'net-tools'], flows }));
  const readings: Readings = { ours: [], plain: [], namespaces: [], routes: [] };
  // The first ones load programs and code.
  await ours();
  await readPlainly(bed, session);
  for (let round = 0; round < rounds; round += 1) {
    const jobs = [
      async () => readings.ours.push(await ours()),
      async () => readings.plain.push(await timed(() => readPlainly(bed, session))),
    ];
    for (const job of shuffled(jobs)) await job();
  }
  const many = `for i in $(seq ${MORE_NAMESPACES}); do ip netns add n$i; done`;
  await bed.run(session, 'node-1', many);
  for (let round = 0; round < rounds; round += 1) readings.namespaces.push(await ours());
  await bed.run(session, 'node-1', `for i in $(seq ${MORE_NAMESPACES}); do ip netns del n$i; done`);
  const list = `for i in $(seq 0 ${ROUTES - 1}); do echo "route add 10.$((i / 250)).$((i % 250)).0/24 dev br0"; done`;
  await bed.run(session, 'node-1', `${list} | ip -batch -`);
  for (let round = 0; round < rounds; round += 1) readings.routes.push(await ours());
  await bed.driver.destroy(session);
  return readings;
}
