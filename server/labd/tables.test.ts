import { describe, expect, test } from 'vitest';
import type { NodeSnapshot } from '../network/snapshot.ts';
import { readCounters } from './counters.ts';
import { focus } from './focus.ts';
import { readLinks, readSwitches } from './links.ts';
import { addressOf, attribute, type Message, messagesOf, nameOf, packIpv4, packNumber } from './netlink.ts';
import { readPackages } from './packages.ts';
import { readPing } from './ping.ts';
import { readWay } from './route-answer.ts';
import { readFdb, readNeighbours, readRoutes, readRules } from './tables.ts';

// Numbers as in include/uapi/linux: what the kernel sends, written by hand. Real answers are read in snapshot.test.ts.
const text = (type: number, value: string) => attribute(type, Buffer.from(`${value}\0`));
const bytes = (type: number, ...values: number[]) => attribute(type, Buffer.from(values));
const number = (type: number, value: number) => attribute(type, packNumber(value));
const ip = (type: number, value: string) => attribute(type, packIpv4(value));
const mac = (type: number, value: string) => attribute(type, Buffer.from(value.replaceAll(':', ''), 'hex'));
const nest = (type: number, ...inner: Buffer[]) => attribute(type, Buffer.concat(inner));
const message = (type: number, head: number[], ...attributes: Buffer[]): Message => ({
  type,
  body: Buffer.concat([Buffer.from(head), ...attributes]),
});

function link(index: number, name: string, flags: number, ...more: Buffer[]): Message {
  const head = Buffer.alloc(16);
  head.writeInt32LE(index, 4);
  head.writeUInt32LE(flags, 8);
  return message(16, [...head], text(3, name), ...more);
}

const stats = Buffer.alloc(25 * 8);
for (const [place, value] of [3, 4, 0, 0, 0, 1, 0, 2].entries()) stats.writeBigUInt64LE(BigInt(value), place * 8);
stats.writeBigUInt64LE(1n, 17 * 8);
const kind = (name: string, ...data: Buffer[]) => nest(18, text(1, name), nest(2, ...data));
const vxlan = link(
  6,
  'vxlan100',
  0x10003,
  mac(1, 'ca:8f:ff:a1:a0:5e'),
  number(4, 1450),
  attribute(23, stats),
  kind('vxlan', number(1, 100), ip(4, '192.168.245.168'), number(3, 2), bytes(7, 0), bytes(15, 0x12, 0xb5)),
);
const names = new Map([
  [2, 'ens33'],
  [6, 'vxlan100'],
]);

describe('what the kernel answers', () => {
  test('a VXLAN device', () => {
    const address = message(20, [2, 32, 0, 0, 6, 0, 0, 0], ip(2, '172.17.0.0'));
    expect(readLinks([link(2, 'ens33', 0x10003), vxlan], [address])[1]).toEqual({
      index: 6,
      name: 'vxlan100',
      mac: 'ca:8f:ff:a1:a0:5e',
      mtu: 1450,
      up: true,
      carrier: true,
      kind: 'vxlan',
      vxlan: { vni: 100, local: '192.168.245.168', dev: 'ens33', port: 4789, learning: false },
      addresses: [{ family: 'inet', local: '172.17.0.0', prefix: 32 }],
      counters: { rxPackets: 3, txPackets: 4, rxDropped: 0, txDropped: 2, rxErrors: 0, txErrors: 1, txCarrier: 1 },
    });
  });

  test('a veth pair across two namespaces, as a port of a bridge', () => {
    const port = nest(18, text(1, 'veth'), text(4, 'bridge'), nest(5, bytes(1, 4), bytes(8, 1), bytes(33, 1)));
    const links = readLinks(
      [link(3, 'br0', 1), link(4, 'veth1', 1, number(5, 2), number(37, 0), number(10, 3), port)],
      [],
    );
    expect(links[1]).toMatchObject({
      kind: 'veth',
      peerIndex: 2,
      peerNamespaceId: 0,
      master: 'br0',
      port: { state: 'blocking', learning: true, isolated: true, flood: false },
    });
  });

  test('routes: a plain one, one with several next hops, one that refuses, one of IPv6', () => {
    const head = (family: number, length: number, table: number, type: number, flags = 0) => [
      family,
      length,
      0,
      0,
      table,
      3,
      0,
      type,
      flags,
      0,
      0,
      0,
    ];
    const hop = (gateway: string) => {
      const inner = ip(5, gateway);
      return Buffer.concat([Buffer.from([8 + inner.length, 0, 4, 0, 2, 0, 0, 0]), inner]);
    };
    const routes = readRoutes(
      [
        message(24, head(2, 24, 254, 1), ip(1, '172.18.0.0'), number(4, 6)),
        message(24, head(2, 0, 254, 1), nest(9, hop('10.0.0.1'), hop('10.0.0.2'))),
        message(24, head(2, 16, 0, 6), ip(1, '10.9.0.0'), number(15, 1000)),
        message(24, head(10, 0, 254, 1), number(4, 2)),
        message(24, head(2, 32, 254, 1, 0), ip(1, '1.2.3.4'), number(4, 99)),
      ],
      names,
    );
    expect(routes).toEqual([
      { dst: '172.18.0.0/24', type: 'unicast', table: 'main', dev: 'vxlan100', flags: [] },
      { dst: 'default', type: 'unicast', table: 'main', dev: 'ens33', gateway: '10.0.0.1', flags: ['onlink'] },
      { dst: '10.9.0.0/16', type: 'blackhole', table: '1000', flags: [] },
      { dst: '::/0', type: 'unicast', table: 'main', dev: 'ens33', flags: [] },
      { dst: '1.2.3.4', type: 'unicast', table: 'main', flags: [] },
    ]);
  });

  test('policy rules, and whether all of their conditions are known', () => {
    const head = (toBits: number, fromBits: number, table: number, action: number, flags = 0) => [
      2,
      toBits,
      fromBits,
      0,
      table,
      0,
      0,
      action,
      flags,
      0,
      0,
      0,
    ];
    const none = number(14, -1);
    const rules = readRules([
      message(32, head(0, 0, 255, 1), number(15, 255), none, bytes(21, 2)),
      message(32, head(0, 24, 50, 1), number(6, 9), ip(2, '172.17.0.0'), text(3, 'br0'), number(15, 50), none),
      message(32, head(32, 0, 0, 8), number(6, 10), ip(1, '172.18.0.2')),
      message(32, head(0, 0, 0, 2, 2), number(6, 11), number(10, 3), number(4, 32767)),
    ]);
    expect(rules).toEqual([
      { priority: 0, special: false, action: 'lookup', table: 'local' },
      { priority: 9, from: '172.17.0.0/24', iif: 'br0', special: false, action: 'lookup', table: '50' },
      { priority: 10, to: '172.18.0.2/32', special: false, action: 'prohibit' },
      { priority: 11, special: true, action: 'goto' },
    ]);
  });

  test('neighbours and forwarding entries, without the multicast that every interface has', () => {
    const entry = (family: number, state: number, flags: number, ...attributes: Buffer[]) =>
      message(28, [family, 0, 0, 0, 6, 0, 0, 0, state, 0, flags, 1], ...attributes);
    const known = [
      entry(2, 0x80, 0, ip(1, '172.18.0.2'), mac(2, 'ca:05:42:36:0f:2a')),
      entry(2, 0x20, 0, ip(1, '172.18.0.9')),
      entry(2, 0x40, 0, ip(1, '224.0.0.22')),
      entry(7, 0x80, 2, mac(2, '33:33:00:00:00:01')),
      entry(7, 0xc0, 2, mac(2, '00:00:00:00:00:00'), ip(1, '239.1.1.1')),
      entry(7, 0x02, 2, mac(2, 'ca:05:42:36:0f:2a'), ip(1, '192.168.245.172'), bytes(6, 0x21, 0x18), number(7, 200)),
    ];
    expect(readNeighbours(known, names)).toEqual([
      { dst: '172.18.0.2', dev: 'vxlan100', mac: 'ca:05:42:36:0f:2a', state: ['PERMANENT'] },
      { dst: '172.18.0.9', dev: 'vxlan100', state: ['FAILED'] },
    ]);
    const dev = 'vxlan100';
    const flags = ['self'];
    expect(readFdb(known, names)).toEqual([
      { mac: '00:00:00:00:00:00', dev, dst: '239.1.1.1', flags, state: 'permanent' },
      { mac: 'ca:05:42:36:0f:2a', dev, dst: '192.168.245.172', port: 8472, vni: 200, flags, state: '' },
    ]);
  });

  test('switches of interfaces, also of one with the name of a prototype', () => {
    const answer = (index: number, forwarding: number, filter: number) =>
      message(80, [2, 0, 0, 0], number(1, index), number(2, forwarding), number(3, filter));
    const links = readLinks([link(2, '__proto__', 1)], []);
    const { forwarding, rpFilter } = readSwitches([answer(-1, 1, 0), answer(2, 0, 1), answer(9, 1, 1)], links);
    expect(Object.entries(forwarding)).toEqual([
      ['all', true],
      ['__proto__', false],
    ]);
    expect(Object.entries(rpFilter)).toEqual([
      ['all', 0],
      ['__proto__', 1],
    ]);
  });

  test('counters', () => {
    expect(readCounters('Ip: InReceives InAddrErrors\nIp: 8 3\nTcp: A\nTcp: 1\nIpExt: InNoRoutes\nIpExt: 2\n')).toEqual(
      {
        IpInReceives: 8,
        IpInAddrErrors: 3,
        IpExtInNoRoutes: 2,
      },
    );
  });

  test.each([
    ['fe80000000000000008a2050fffea4f4', 'fe80::8a:2050:fffe:a4f4'],
    ['00000000000000000000000000000001', '::1'],
    ['00000000000000000000000000000000', '::'],
    ['20010db8000000010000000000000001', '2001:db8:0:1::1'],
    ['ac110002', '172.17.0.2'],
    ['ac11', undefined],
  ])('address %s', (hex, written) => {
    expect(addressOf(Buffer.from(hex, 'hex'))).toBe(written);
  });
});

describe('hostile bytes', () => {
  const readers = (messages: Message[]) => [
    readLinks(messages, messages),
    readRoutes(messages, names),
    readRules(messages),
    readNeighbours(messages, names),
    readFdb(messages, names),
    readSwitches(messages, []),
    readWay(messages, names, true),
  ];

  test('a message cut anywhere, of any type, is passed over or read as far as it goes', () => {
    for (let length = 0; length <= vxlan.body.length; length++) {
      for (const type of [2, 16, 20, 24, 28, 32, 80]) {
        const found = readers([{ type, body: vxlan.body.subarray(0, length) }]);
        expect(JSON.stringify(found).length).toBeLessThan(2000);
      }
    }
  });

  test('lengths that lie end the reading', () => {
    const whole = Buffer.concat([
      Buffer.from([16, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.alloc(16, 255),
    ]);
    expect(messagesOf(whole).length).toBe(1);
    expect(messagesOf(Buffer.alloc(64))).toEqual([]);
  });

  test('a control character in a name is shown as what it is not, and does not make two names one', () => {
    expect(nameOf(Buffer.from('ev\u001b[31mil\u0007\0'))).toBe('ev\ufffd[31mil\ufffd');
    expect(nameOf(Buffer.from('br\u00010'))).not.toBe('br0');
    expect(nameOf(Buffer.from([0xff, 0x62]))).toBe('\ufffdb');
  });

  test('a flood is cut', () => {
    const neighbours = Array.from({ length: 5000 }, (_, i) => {
      return { dst: i < 4999 ? `10.0.${i >> 8}.${i & 255}` : '172.18.0.2', dev: 'x', state: ['PERMANENT'] };
    });
    const own = {
      name: null,
      inode: 1,
      links: [],
      routes: [],
      rules: [],
      neighbours,
      fdb: [],
      forwarding: {},
      rpFilter: {},
      firewall: [],
      counters: {},
    };
    const node: NodeSnapshot = { name: 'node-1', namespaces: [own], routeAnswers: [], packages: {} };
    const cut = focus([node], { flows: [{ node: 'node-1', from: '172.17.0.2', to: '172.18.0.2' }] })[0]?.namespaces[0];
    expect(cut?.neighbours.length).toBe(1024);
    // What the lab is about stays, wherever the flood has pushed it.
    expect(cut?.neighbours[0]?.dst).toBe('172.18.0.2');
  });
});

describe('the answer to «where would this packet go»', () => {
  const route = (type: number, ...attributes: Buffer[]) =>
    message(24, [2, 32, 0, 0, 254, 0, 0, type, 0, 0, 0, 0], ...attributes);
  test.each([
    [route(1, number(4, 6)), { result: 'unicast', dev: 'vxlan100' }],
    [route(1, number(4, 6), ip(5, '172.18.0.0')), { result: 'unicast', dev: 'vxlan100', gateway: '172.18.0.0' }],
    [route(2, number(4, 2)), { result: 'local', dev: 'ens33' }],
    [route(7), { result: 'refused' }],
    [route(1), { result: 'unknown' }],
  ])('%#', (answer, way) => {
    expect(readWay([answer], names, true)).toEqual(way);
  });

  test.each([
    [101, true, 'no-route'],
    [113, false, 'not-forwarded'],
    [113, true, 'refused'],
    [22, true, 'refused'],
    [18, true, 'refused'],
    [13, true, 'refused'],
    [19, true, 'unknown'],
  ])('errno %i, forwarding %s', (errno, forwarding, result) => {
    expect(readWay([{ type: 2, body: packNumber(-errno) }], names, forwarding)).toEqual({ result });
    expect(readWay([], names, forwarding)).toEqual({ result: 'unknown' });
  });
});

test('packages: installed, removed but configured, unheard of', () => {
  const status = [
    'Package: net-tools\nStatus: install ok installed\nVersion: 2',
    'Package: bridge-utils\nStatus: deinstall ok config-files\n',
    'Package: fake\nDescription: x\n Status: install ok installed',
  ].join('\n\n');
  expect(readPackages(status, ['net-tools', 'bridge-utils', 'fake', 'other'])).toEqual({
    'net-tools': true,
    'bridge-utils': false,
    fake: false,
    other: false,
  });
  expect(readPackages(undefined, ['net-tools'])).toEqual({ 'net-tools': null });
});

test("ping's words", () => {
  const good =
    '64 bytes from 172.18.0.2: icmp_seq=1 ttl=62 time=0.9 ms\n2 packets transmitted, 2 received, 0% packet loss\n';
  expect(readPing(good, '', '172.18.0.2')).toEqual({ received: 2, replyTtl: 62, errors: [] });
  const bad =
    'From 172.17.0.1 icmp_seq=1 Destination Host Unreachable\nFrom 172.17.0.1 icmp_seq=2 Destination Host Unreachable\n2 packets transmitted, 0 received, +2 errors\n';
  expect(readPing(bad, '', '172.18.0.2')).toEqual({
    received: 0,
    errors: ['From 172.17.0.1 Destination Host Unreachable'],
  });
  expect(readPing('', 'ping: connect: Network is unreachable\n', '172.18.0.2').errors).toEqual([
    'ping: connect: Network is unreachable',
  ]);
});
