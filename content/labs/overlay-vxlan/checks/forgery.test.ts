import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILD_TIME, openTestbed, type Testbed, twoNodes } from '../../../../server/labd/nodes/testbed.ts';
import { createProbe } from '../../../../server/labd/probe.ts';
import { createSnapshotReader, type SnapshotReader } from '../../../../server/labd/snapshot.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import { checks } from '../checks.ts';
import { flows, solveOn } from '../fixtures/nodes.ts';

// What a learner, being root, may put in the way of the judgement, on real nodes: floods, odd names, forged files, other
// programs. The verdict stays what the kernel makes it.

let bed: Testbed;
let session: string;
let snapshots: SnapshotReader;
const { nodes } = twoNodes();
const passive = [
  'containers-node-1',
  'containers-node-2',
  'vxlan-node-1',
  'vxlan-node-2',
  'neigh-fdb-node-1',
  'neigh-fdb-node-2',
];
/** JSON of a reading, bytes: focus.ts keeps 1024 entries of a table. */
const READING_MAX = 3_000_000;

beforeAll(async () => {
  bed = await openTestbed();
  session = bed.newSession();
  await bed.driver.create(session, { ...twoNodes(), netfilter: true });
  await solveOn((node, script) => bed.run(session, node, script));
  snapshots = createSnapshotReader({ driver: bed.driver });
}, BUILD_TIME);
afterAll(() => bed.close());

const read = () => snapshots.read(session, nodes, { packages: [], flows });
/** The failing facts of every checkpoint that is read off the kernel. */
const failing = (snapshot: NetworkSnapshot) =>
  passive.flatMap((id) =>
    (checks[id]?.judge(snapshot) ?? []).filter(({ ok }) => !ok).map(({ id: fact }) => `${id} ${fact}`),
  );

async function holds(script: string): Promise<NetworkSnapshot> {
  await bed.run(session, 'node-1', script);
  const snapshot = await read();
  expect(failing(snapshot)).toEqual([]);
  expect(JSON.stringify(snapshot).length).toBeLessThan(READING_MAX);
  return snapshot;
}

describe('a verdict stays', { timeout: 60_000 }, () => {
  test('over as many namespaces as a session may have, and more names', async () => {
    const snapshot = await holds(`
for i in $(seq 58); do ip netns add n$i; done
for i in $(seq 20); do touch /run/netns/m$i; mount --bind /run/netns/docker1 /run/netns/m$i; done`);
    expect(snapshot.nodes['node-1']?.namespaces.length).toBeGreaterThan(40);
    await bed.run(
      session,
      'node-1',
      'for i in $(seq 20); do umount /run/netns/m$i; rm /run/netns/m$i; done; for i in $(seq 58); do ip netns del n$i; done',
    );
  });

  test('over 5,000 routes, neighbours and forwarding entries, in reasonable time', async () => {
    const list = (format: string) => `perl -e 'printf "${format}\\n", $_ / 250, $_ % 250 for 0 .. 4999'`;
    const snapshot = await holds(`
${list('route add 10.%d.%d.0/24 dev br0')} | ip -batch -
${list('neigh add 10.%d.%d.1 lladdr 02:00:00:00:00:01 dev br0')} | ip -batch -
${list('fdb append 02:11:00:00:%02x:%02x dev vxlan100 dst 192.168.245.172')} | bridge -batch -`);
    const [own] = snapshot.nodes['node-1']?.namespaces ?? [];
    for (const table of [own?.routes, own?.neighbours, own?.fdb]) expect(table?.length).toBe(1024);
    expect(snapshot.tookMs).toBeLessThan(5_000);
    await bed.run(
      session,
      'node-1',
      `ip route flush root 10.0.0.0/8; ip neigh flush dev br0 nud permanent
${list('fdb del 02:11:00:00:%02x:%02x dev vxlan100')} | bridge -batch -`,
    );
  });

  test('over names that are no names', async () => {
    const snapshot = await holds(`
ip link add "$(printf 'a\\033[2Jb')" type bridge
ip link add '"],"ifname"=' type bridge
ip link add '\`reb\`;$(id)' type bridge
ip link add __proto__ type bridge
ip link add constructor type bridge
cd /run/netns
ln -s /proc/1/ns/net docker9; ln -s /etc/shadow shadow; mkdir directory; touch plain
touch "$(printf 'new\\nline')" "$(printf 'esc\\033c')" "$(head -c 250 /dev/zero | tr '\\0' x)" '"quoted"' 'a b'
mount --bind /proc/1/ns/net plain
ip netns add "$(printf 'two words')" || true`);
    const node = snapshot.nodes['node-1'];
    expect(node?.namespaces[0].aliases).toEqual(['plain']);
    expect(node?.namespaces.map(({ name }) => name)).toEqual([null, 'docker1']);
    expect(node?.namespaces[0].links.map(({ name }) => name)).toContain('a\ufffd[2Jb');
  });

  test('while somebody sends forged answers to the sockets that ask', async () => {
    // Every netlink socket of the namespace is sent a link that is not there, and an end, as fast as it goes.
    const forge = `
use strict; socket(my $s, 16, 3, 0) or die; bind($s, pack 'SSLL', 16, 0, 0, 0);
my $link = pack('LSSLL', 32 + 12, 16, 2, 0, 0) . pack('CCSlLL', 0, 0, 1, 99, 1, 0) . pack('SSa8', 12, 3, "forged\\0\\0");
my $end = pack('LSSLLl', 20, 3, 2, 0, 0, 0);
my $until = time + 4;
while (time < $until) {
  open my $f, '<', '/proc/net/netlink' or die;
  for (<$f>) { my (undef, $protocol, $port) = split; next if $port !~ /^[1-9]/; send $s, $link . $end, 0x40, pack 'SSLL', 16, 0, $port, 0 }
}`;
    const forging = bed.driver.exec(session, 'node-1', ['perl', '-e', forge], { timeoutMs: 20_000, maxBytes: 65_536 });
    for (let time = 0; time < 10; time += 1) {
      const snapshot = await read();
      expect(failing(snapshot)).toEqual([]);
      expect(JSON.stringify(snapshot)).not.toContain('forged');
    }
    expect(await forging).toMatchObject({ code: 0 });
  });

  test('with other programs in the place of ip, bridge, ping, nft, iptables and bash', async () => {
    const before = await read();
    const fake = "printf '#!/bin/sh\\necho []\\n' > /tmp/fake; chmod +x /tmp/fake";
    const list =
      'for p in ip bridge ping nft iptables iptables-save nsenter perl bash; do for f in $(which -a $p); do cp --remove-destination /tmp/fake $f; done; done';
    const result = await bed.driver.exec(session, 'node-1', ['sh', '-c', `${fake}; ${list}; ip addr`], {
      timeoutMs: 20_000,
      maxBytes: 65_536,
    });
    expect(result.stdout).toBe('[]\n');
    const after = await read();
    expect(failing(after)).toEqual([]);
    const links = (snapshot: NetworkSnapshot) =>
      snapshot.nodes['node-1']?.namespaces[0].links.map(({ name, mac }) => [name, mac]);
    expect(links(after)).toEqual(links(before));
    const check = checks['ping-1-to-2'];
    const request = check?.probe?.(after);
    if (!request) throw new Error('the check has no probe');
    const trace = await createProbe({ driver: bed.driver }).run(session, nodes, request);
    expect(check?.judgeTrace?.(trace, after).filter(({ ok }) => !ok)).toEqual([]);
  });
});
