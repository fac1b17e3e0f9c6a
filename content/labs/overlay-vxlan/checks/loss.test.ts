import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILD_TIME, openTestbed, type Testbed, twoNodes } from '../../../../server/labd/nodes/testbed.ts';
import { createProbe, type Probe } from '../../../../server/labd/probe.ts';
import { createSnapshotReader, type SnapshotReader } from '../../../../server/labd/snapshot.ts';
import { sampled } from '../../../../server/testsample.ts';
import type { Fact } from '../../../check.ts';
import { checks } from '../checks.ts';
import { flows, macs, solveOn, tables, vxlan } from '../fixtures/nodes.ts';

// What the platform's ping says of a lab that is broken where no table shows it, on real nodes: facts.md §2.4.

type Node = 'node-1' | 'node-2';
/** Pairs of nodes that are broken side by side: a ping that dies takes seconds of waiting. */
const PAIRS = 3;
let bed: Testbed;
/** The pairs, each with what is being done to it last. */
const pairs: { session: string; turn: Promise<unknown> }[] = [];
let snapshots: SnapshotReader;
let probe: Probe;
const { nodes } = twoNodes();
/** Every neighbour that nobody answered for, and every remembered route, in all namespaces of a node. */
const traces = `
for ns in "" $(ip netns | cut -d' ' -f1); do
  in=\${ns:+ip netns exec $ns}
  $in ip neigh show nud failed
  $in ip neigh show nud incomplete
  $in ip route show cache
done`;

beforeAll(async () => {
  bed = await openTestbed();
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const session = bed.newSession();
    await bed.driver.create(session, { ...twoNodes(), netfilter: true });
    await solveOn((node, script) => bed.run(session, node, script));
    pairs.push({ session, turn: Promise.resolve() });
  }
  snapshots = createSnapshotReader({ driver: bed.driver });
  probe = createProbe({ driver: bed.driver });
}, BUILD_TIME);
afterAll(() => bed.close());

async function judge(session: string): Promise<Fact[]> {
  const check = checks['ping-1-to-2'];
  const snapshot = await snapshots.read(session, nodes, { packages: [], flows });
  const request = check?.probe?.(snapshot);
  if (!check || !request) throw new Error('the check has no probe');
  return check.judgeTrace?.(await probe.run(session, nodes, request), snapshot) ?? [];
}

async function leavesNothing(session: string): Promise<void> {
  for (const node of ['node-1', 'node-2'] as const) expect(await bed.run(session, node, traces)).toBe('');
}

const policy = `'{ type filter hook forward priority 0; policy drop; }'`;
const fdb = (mac: string, dst: string) =>
  `ip neigh replace 172.18.0.2 lladdr ${mac} dev vxlan100; bridge fdb replace ${mac} dev vxlan100 dst ${dst}`;
const rebuild = (script: string) => `ip link del vxlan100${script}`;

type Broken = [name: string, node: Node, script: string, undo: string, says: RegExp[]];
const broken: Broken[] = [
  [
    'F12a: FORWARD DROP by iptables',
    'node-1',
    'iptables -P FORWARD DROP',
    'iptables -P FORWARD ACCEPT',
    [
      /被 Node-1 的防火墙挡住/,
      /请求在 Node-1 的 FORWARD .*FORWARD 链的默认策略 DROP.*2 个包/,
      /`iptables -P FORWARD ACCEPT`/,
    ],
  ],
  [
    'F12b: the same on the other node',
    'node-2',
    'iptables -P FORWARD DROP',
    'iptables -P FORWARD ACCEPT',
    [/被 Node-2 的防火墙挡住/, /请求在 Node-2 的 FORWARD/, /在 Node-2 上执行 `iptables -P FORWARD ACCEPT`/],
  ],
  [
    'a rule in a chain of its own',
    'node-2',
    'iptables -N mine; iptables -A FORWARD -j mine; iptables -A mine -s 172.17.0.0/24 -m comment --comment "a \\`b\\`; c" -j DROP',
    'iptables -F; iptables -X mine',
    [/Node-2 的 FORWARD 处被丢弃.*-A mine -s 172\.17\.0\.0\/24/, /`iptables -D mine 1`/],
  ],
  [
    'FORWARD of the answer only',
    'node-1',
    'iptables -A FORWARD -s 172.18.0.0/24 -j DROP',
    'iptables -F',
    [/应答在 Node-1 的 FORWARD/, /`iptables -D FORWARD -s 172\.18\.0\.0\/24 -j DROP`/],
  ],
  [
    'a policy of nftables',
    'node-1',
    `nft add table inet f; nft add chain inet f guard ${policy}`,
    'nft flush ruleset',
    [
      /多半被 Node-1 的防火墙挡住/,
      /nftables 的链 `inet f guard` 的默认策略 drop.*不计数/,
      /`nft chain inet f guard '\{ policy accept; \}'`/,
    ],
  ],
  [
    'a rule of nftables that counts',
    'node-2',
    `nft add table inet f; nft add chain inet f guard "{ type filter hook forward priority 0; }"; nft add rule inet f guard ip daddr 172.18.0.2 counter drop`,
    'nft flush ruleset',
    [/被 Node-2 的防火墙挡住/, /ip daddr 172\.18\.0\.2 counter.*2 个包/, /`nft delete rule inet f guard handle \d+`/],
  ],
  [
    'F13: INPUT DROP of UDP 4789',
    'node-2',
    'iptables -A INPUT -p udp --dport 4789 -j DROP',
    'iptables -F',
    [/外层的 UDP 包（请求）在 Node-2 的 INPUT 处被丢弃/, /`iptables -D INPUT -p udp -m udp --dport 4789 -j DROP`/],
  ],
  [
    'F13b: INPUT REJECT',
    'node-2',
    'iptables -A INPUT -p udp --dport 4789 -j REJECT',
    'iptables -F',
    [/INPUT 处被拒绝（reject）/, /`iptables -D INPUT -p udp -m udp --dport 4789 -j REJECT/],
  ],
  [
    'INPUT DROP of the answer, by iptables-legacy',
    'node-1',
    'iptables-legacy -A INPUT -p udp --dport 4789 -j DROP',
    'iptables-legacy -F',
    [/外层的 UDP 包（应答）在 Node-1 的 INPUT .*iptables-legacy/, /`iptables-legacy -D INPUT/],
  ],
  [
    'OUTPUT DROP',
    'node-1',
    'iptables -A OUTPUT -p udp --dport 4789 -j DROP',
    'iptables -F',
    [/封装好的请求在 Node-1 的 OUTPUT 处被丢弃/, /`iptables -D OUTPUT/],
  ],
  [
    'PREROUTING DROP in raw',
    'node-2',
    'iptables -t raw -A PREROUTING -i ens33 -p udp -j DROP',
    'iptables -t raw -F',
    [/Node-2 的 PREROUTING/, /`iptables -t raw -D PREROUTING -i ens33 -p udp -j DROP`/],
  ],
  [
    'F26: MASQUERADE',
    'node-1',
    'iptables -t nat -A POSTROUTING -s 172.17.0.0/24 ! -o br0 -j MASQUERADE',
    'iptables -t nat -F',
    [
      /请求的源地址被改写/,
      /从 172\.17\.0\.2 变成了 172\.17\.0\.0：Node-1 的规则/,
      /`iptables -t nat -D POSTROUTING -s 172\.17\.0\.0\/24 ! -o br0 -j MASQUERADE`/,
    ],
  ],
  [
    'a rule in docker2',
    'node-2',
    'ip netns exec docker2 iptables -A INPUT -p icmp -j DROP',
    'ip netns exec docker2 iptables -F',
    [/请求在 Node-2 的容器 docker2 的 INPUT/, /`ip netns exec docker2 iptables -D INPUT -p icmp -j DROP`/],
  ],
  [
    'a rule in docker1',
    'node-1',
    'ip netns exec docker1 iptables -A OUTPUT -d 172.18.0.0/24 -j DROP',
    'ip netns exec docker1 iptables -F',
    [/请求在 Node-1 的容器 docker1 的 OUTPUT/, /`ip netns exec docker1 iptables -D OUTPUT/],
  ],
  [
    'the answer dies in docker1',
    'node-1',
    'ip netns exec docker1 iptables -A INPUT -s 172.18.0.2 -j DROP',
    'ip netns exec docker1 iptables -F',
    [/应答在 Node-1 的容器 docker1 的 INPUT/],
  ],
  [
    'docker2 answers no ping',
    'node-2',
    'ip netns exec docker2 sysctl -qw net.ipv4.icmp_echo_ignore_all=1',
    'ip netns exec docker2 sysctl -qw net.ipv4.icmp_echo_ignore_all=0',
    [/容器却没有应答.*不应答 ping/],
  ],
  [
    'rp_filter',
    'node-2',
    'ip route replace 172.17.0.0/24 via 192.168.245.168 dev ens33; sysctl -qw net.ipv4.conf.vxlan100.rp_filter=1',
    'ip route replace 172.17.0.0/24 dev vxlan100; sysctl -qw net.ipv4.conf.vxlan100.rp_filter=0',
    [
      /被 Node-2 的反向路径过滤挡住/,
      /vxlan100=1.*请求.*IPReversePathFilter 增加了 2/,
      /`sysctl -w net\.ipv4\.conf\.vxlan100\.rp_filter=0`/,
    ],
  ],
  [
    'F2c: no FDB for the answer',
    'node-2',
    'bridge fdb del 02:00:00:00:17:00 dev vxlan100',
    tables(2),
    [
      /应答最后出现在 Node-2 的 vxlan100/,
      /TX dropped 增加：FDB/,
      /`bridge fdb replace 02:00:00:00:17:00 dev vxlan100 dst 192\.168\.245\.168`/,
    ],
  ],
  [
    'F3b: a foreign inner MAC',
    'node-1',
    fdb('02:aa:aa:aa:aa:aa', '192.168.245.172'),
    `bridge fdb del 02:aa:aa:aa:aa:aa dev vxlan100; ${tables(1)}`,
    [/请求最后出现在 Node-2 的 vxlan100/, /当成别人的帧/, /02:00:00:00:18:00/],
  ],
  ['F4b: FDB to itself', 'node-1', fdb(macs['node-2'], '192.168.245.168'), tables(1), [/打转/]],
  [
    'F4c/F6: a local that is nobody’s',
    'node-1',
    'ip link set vxlan100 type vxlan id 100 local 192.168.245.99',
    'ip link set vxlan100 type vxlan id 100 local 192.168.245.168',
    [/TX errors 和 carrier 增加/],
  ],
  [
    'F5: another VNI',
    'node-2',
    rebuild(vxlan(2, 200)),
    rebuild(vxlan(2)),
    [/两个节点之间的线路/, /UdpInDatagrams 增加.*VNI/],
  ],
  [
    'F5b: another port',
    'node-2',
    rebuild(vxlan(2, 100, 8472)),
    rebuild(vxlan(2)),
    [/port unreachable.*没有 VXLAN 在监听/],
  ],
  [
    'F21: equal MACs',
    'node-2',
    rebuild(vxlan(2, 100, 4789, macs['node-1'])),
    rebuild(vxlan(2)),
    [/MAC 都是 02:00:00:00:17:00.*环路/],
  ],
  [
    'F8b: forwarding off',
    'node-2',
    'sysctl -qw net.ipv4.conf.vxlan100.forwarding=0',
    'sysctl -qw net.ipv4.conf.vxlan100.forwarding=1',
    [/请求最后出现在 Node-2 的 vxlan100/, /IpInAddrErrors 增加：转发没有打开/],
  ],
  [
    'F23: the underlay down',
    'node-2',
    'ip link set ens33 down',
    'ip link set ens33 up; ip neigh flush dev ens33',
    [/Node-2 的网卡 ens33 却没有激活/, /`ip link set ens33 up`/],
  ],
  [
    'a port that the bridge blocks',
    'node-2',
    'bridge link set dev veth1 state 0',
    'bridge link set dev veth1 state 3',
    [/端口 veth1 是 disabled 状态/, /`bridge link set dev veth1 state 3`/],
  ],
];

/** Does something with a pair that nobody else has then. */
async function on(number: number, work: (session: string) => Promise<void>): Promise<void> {
  const pair = pairs[number % PAIRS];
  if (!pair) throw new Error('there are no nodes');
  const before = pair.turn;
  const mine = before.then(() => work(pair.session));
  pair.turn = mine.catch(() => undefined);
  await mine;
}

describe('a ping', () => {
  test('through a lab that is right passes, crosses the wire sealed both ways, and leaves nothing', () =>
    on(0, async (session) => {
      const look = 'ip -o neigh show nud permanent; ip route; ip rule; nft list ruleset';
      const before = await bed.run(session, 'node-1', look);
      expect((await judge(session)).map(({ ok, title }) => [title, ok])).toEqual([
        ['平台从 docker1 ping 172.18.0.2', true],
        ['应答的 TTL', true],
        ['线路上看到的是 VXLAN 包', true],
        ['内层以太帧从 VTEP 到 VTEP', true],
      ]);
      await leavesNothing(session);
      expect(await bed.run(session, 'node-1', look)).toBe(before);
    }));

  const numbered = sampled(broken, 9).map((each, number) => [...each, number] as const);
  test.concurrent.each(numbered)('%s', { timeout: 120_000 }, (_, node, script, undo, says, number) =>
    on(number, async (session) => {
      await bed.run(session, node, script);
      const facts = await judge(session).finally(() => bed.run(session, node, undo));
      expect(facts.length).toBe(1);
      const said = `${facts[0]?.actual}\n${facts[0]?.advice}\n${facts[0]?.repair}`;
      for (const words of says) expect(said).toMatch(words);
      await leavesNothing(session);
    }),
  );

  test('passes again when all is undone', async () => {
    for (const { session } of pairs) expect((await judge(session)).every(({ ok }) => ok)).toBe(true);
  });
});
