import { expect, test } from 'vitest';
import { bridgeOf, containerWithAddress, hostSide, incomingLink } from './container.ts';
import type { Link, NamespaceSnapshot, NodeSnapshot } from './snapshot.ts';
import { tunnelWithVni } from './tunnel.ts';

const link = (index: number, name: string, kind: string, more: Partial<Link> = {}): Link => ({
  index,
  name,
  kind,
  mac: '',
  mtu: 1500,
  up: true,
  carrier: true,
  addresses: [],
  counters: { rxPackets: 0, txPackets: 0, rxDropped: 0, txDropped: 0, rxErrors: 0, txErrors: 0, txCarrier: 0 },
  ...more,
});
const inet = (local: string) => [{ family: 'inet' as const, local, prefix: 24 }];
const namespace = (name: string | null, inode: number, links: Link[]): NamespaceSnapshot => ({
  name,
  inode,
  links,
  routes: [],
  rules: [],
  neighbours: [],
  fdb: [],
  forwarding: {},
  rpFilter: {},
  firewall: [],
  counters: {},
});
const lo = (more: Partial<Link> = {}) => link(1, 'lo', '', more);
const eth = (more: Partial<Link> = {}) =>
  link(4, 'veth0', 'veth', { peerIndex: 3, peerNamespaceId: 0, addresses: inet('172.17.0.2'), ...more });
const port = (more: Partial<Link> = {}) =>
  link(3, 'veth1', 'veth', { peerIndex: 4, peerNamespaceId: 1, master: 'br0', ...more });
const node = (own: Link[], ...named: NamespaceSnapshot[]): NodeSnapshot => ({
  name: 'node-1',
  namespaces: [namespace(null, 100, own), ...named],
  routeAnswers: [],
  packages: {},
});

test('a packet of a container comes in by the bridge its veth pair ends at', () => {
  const good = node([lo(), port(), link(5, 'br0', 'bridge')], namespace('docker1', 200, [lo(), eth()]));
  expect(containerWithAddress(good, '172.17.0.2')?.namespace.name).toBe('docker1');
  expect(hostSide(good, eth())?.name).toBe('veth1');
  expect(incomingLink(good, '172.17.0.2')?.name).toBe('br0');
});

test('by the host side while there is no bridge, and by a neighbour of its address while there is no container', () => {
  const loose = node([lo(), port({ master: 'bond0' }), link(6, 'bond0', 'bond')], namespace('c', 200, [lo(), eth()]));
  expect(bridgeOf(loose, port({ master: 'bond0' }))).toBeUndefined();
  expect(incomingLink(loose, '172.17.0.2')?.name).toBe('veth1');
  const empty = node([lo(), link(5, 'br0', 'bridge', { addresses: inet('172.17.0.1') })]);
  expect(incomingLink(empty, '172.17.0.2')?.name).toBe('br0');
  expect(incomingLink(node([lo()]), '172.17.0.2')).toBeUndefined();
});

test('a name for the node itself is no container, nor is an address on loopback', () => {
  const links = [lo(), eth()];
  expect(containerWithAddress(node(links, namespace('docker1', 100, links)), '172.17.0.2')).toBeUndefined();
  const onLo = namespace('docker1', 200, [lo({ addresses: inet('172.17.0.2') })]);
  expect(containerWithAddress(node([lo()], onLo), '172.17.0.2')).toBeUndefined();
});

test('indexes that happen to match do not make a pair', () => {
  const within = node([lo(), port({ peerNamespaceId: undefined })], namespace('c', 200, [lo(), eth()]));
  expect(hostSide(within, eth())).toBeUndefined();
  const elsewhere = node([lo(), port({ peerIndex: 9 })], namespace('c', 200, [lo(), eth()]));
  expect(hostSide(elsewhere, eth())).toBeUndefined();
});

test('a tunnel is one by kind, and the one on the right port is preferred', () => {
  const vxlan = (index: number, name: string, vni: number, dst: number) =>
    link(index, name, 'vxlan', { vxlan: { vni, port: dst, learning: false } });
  const many = node([
    link(2, 'vxlan100', 'veth'),
    vxlan(3, 'a', 100, 8472),
    vxlan(4, 'b', 100, 4789),
    vxlan(5, 'c', 200, 4789),
  ]);
  expect(tunnelWithVni(many, 100, 4789)?.name).toBe('b');
  expect(tunnelWithVni(many, 300, 4789)).toBeUndefined();
});
