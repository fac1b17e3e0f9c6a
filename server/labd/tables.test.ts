import { describe, expect, test } from 'vitest';
import type { NodeSnapshot } from '../network/snapshot.ts';
import { focus } from './focus.ts';
import { readLinks } from './links.ts';
import { readPackages } from './packages.ts';
import { readPing } from './ping.ts';
import { readAnswer, readRefusal } from './route-answer.ts';
import { readCounters, readFdb, readForwarding, readNeighbours, readRoutes, readRules } from './tables.ts';

const vxlan = {
  ifindex: 6,
  ifname: 'vxlan100',
  flags: ['BROADCAST', 'UP', 'LOWER_UP'],
  mtu: 1450,
  address: 'CA:8F:FF:A1:A0:5E',
  linkinfo: {
    info_kind: 'vxlan',
    info_data: { id: 100, local: '192.168.245.168', link: 'ens33', port: 4789, learning: false },
  },
  addr_info: [{ family: 'inet', local: '172.17.0.0', prefixlen: 32 }],
  stats64: { rx: { packets: 3, dropped: 0 }, tx: { packets: 4, dropped: 2, errors: 1 } },
};

describe('what iproute2 prints', () => {
  test('a VXLAN device', () => {
    expect(readLinks(JSON.stringify([vxlan]))).toEqual([
      {
        index: 6,
        name: 'vxlan100',
        mac: 'ca:8f:ff:a1:a0:5e',
        mtu: 1450,
        up: true,
        carrier: true,
        kind: 'vxlan',
        vxlan: { vni: 100, local: '192.168.245.168', dev: 'ens33', port: 4789, learning: false },
        addresses: [{ family: 'inet', local: '172.17.0.0', prefix: 32 }],
        counters: { rxPackets: 3, txPackets: 4, rxDropped: 0, txDropped: 2, txErrors: 1 },
      },
    ]);
  });

  test('a veth pair, in this namespace and across two', () => {
    const info = { linkinfo: { info_kind: 'veth' } };
    const here = [
      { ifindex: 3, ifname: 'a', link: 'b', ...info },
      { ifindex: 4, ifname: 'b', link: 'a', ...info },
    ];
    expect(readLinks(JSON.stringify(here)).map(({ peerIndex }) => peerIndex)).toEqual([4, 3]);
    const [away] = readLinks(JSON.stringify([{ ifindex: 3, ifname: 'a', link_index: 4, link_netnsid: 0, ...info }]));
    expect(away).toMatchObject({ peerIndex: 4, peerNamespaceId: 0 });
  });

  test('the tables of one batch are told apart', () => {
    const printed = [
      JSON.stringify([vxlan]),
      JSON.stringify([{ type: 'unicast', dst: '172.18.0.0/24', dev: 'vxlan100', table: 'main', flags: [] }]),
      JSON.stringify([{ dst: '172.18.0.2', dev: 'vxlan100', lladdr: 'CA:05:42:36:0F:2A', state: ['PERMANENT'] }]),
    ].join('\n');
    expect(readLinks(printed).length).toBe(1);
    expect(readRoutes(printed)).toEqual([
      { dst: '172.18.0.0/24', type: 'unicast', table: 'main', dev: 'vxlan100', flags: [] },
    ]);
    expect(readNeighbours(printed)).toEqual([
      { dst: '172.18.0.2', dev: 'vxlan100', mac: 'ca:05:42:36:0f:2a', state: ['PERMANENT'] },
    ]);
  });

  test('a route with several next hops keeps the first', () => {
    const nexthops = [
      { gateway: '10.0.0.1', dev: 'a', flags: ['onlink'] },
      { gateway: '10.0.0.2', dev: 'b' },
    ];
    expect(readRoutes(JSON.stringify([{ type: 'unicast', dst: 'default', nexthops }]))).toEqual([
      { dst: 'default', type: 'unicast', table: 'main', gateway: '10.0.0.1', dev: 'a', flags: ['onlink'] },
    ]);
  });

  test('the forwarding database without the multicast filters of every interface', () => {
    const printed = JSON.stringify([
      { mac: '33:33:00:00:00:01', ifname: 'br0', flags: ['self'], state: 'permanent' },
      { mac: '00:00:00:00:00:00', ifname: 'vxlan100', dst: '239.1.1.1', flags: ['self'], state: 'permanent' },
      { mac: 'ca:05:42:36:0f:2a', ifname: 'vxlan100', dst: '192.168.245.172', port: 8472, flags: ['self'], state: '' },
    ]);
    expect(readFdb(printed).map(({ mac, port }) => [mac, port])).toEqual([
      ['00:00:00:00:00:00', undefined],
      ['ca:05:42:36:0f:2a', 8472],
    ]);
  });

  test('kernel files', () => {
    const printed = '/proc/sys/net/ipv4/conf/br0/forwarding 1\n/proc/sys/net/ipv4/conf/__proto__/forwarding 0\nnoise\n';
    const forwarding = readForwarding(printed);
    expect(forwarding.br0).toBe(true);
    expect(Object.keys(forwarding)).toContain('__proto__');
    expect(readCounters('Ip: InReceives InAddrErrors\nIp: 8 3\nTcp: A\nTcp: 1\nIcmp: InEchoReps\nIcmp: 2\n')).toEqual({
      IpInReceives: 8,
      IpInAddrErrors: 3,
      IcmpInEchoReps: 2,
    });
  });
});

describe('hostile output', () => {
  const hostile = [
    '',
    '{',
    'null',
    '[null, 1, "x", [], {}]',
    '[{"ifindex":-1,"ifname":"x"},{"ifindex":1.5,"ifname":"x"},{"ifindex":"1","ifname":"x"}]',
    '[{"ifindex":2,"ifname":"x","flags":"UP","addr_info":{"a":1},"linkinfo":[1],"stats64":7,"master":{}}]',
    '[{"ifindex":2,"ifname":"x","linkinfo":{"info_kind":"vxlan","info_data":null}}]',
    '[{"dst":"1.2.3.4","dev":"x","state":[1,{},"REACHABLE"],"lladdr":5}]',
    '[{"type":"unicast","dst":"default","nexthops":[null],"flags":9}]',
    '[{"mac":"aa","ifname":7},{"mac":"aa","ifname":"x","flags":{"a":1},"vni":"7"}]',
    `[{"ifindex":2,"ifname":"${'x'.repeat(5000)}"}]`,
    `${'['.repeat(20_000)}`,
  ];

  test.each(hostile)('%#', (printed) => {
    for (const read of [
      readLinks,
      readRoutes,
      readNeighbours,
      readFdb,
      readForwarding,
      readCounters,
      readRules,
      readAnswer,
    ]) {
      const text = JSON.stringify(read(printed));
      expect(text.length).toBeLessThan(2000);
    }
  });

  test('control characters in names are removed, and do not cost the table', () => {
    const printed = '[{"ifindex":2,"ifname":"ev\u001b[31mil\u0007"},{"ifindex":3,"ifname":"br0"}]';
    expect(readLinks(printed).map(({ name }) => name)).toEqual(['ev[31mil', 'br0']);
  });

  test('policy rules, and whether all of their conditions are known', () => {
    const printed = [
      { priority: 0, src: 'all', table: 'local', protocol: 'kernel' },
      { priority: 9, src: '172.17.0.0', srclen: 24, iif: 'br0', table: '50', protocol: 'unspec' },
      { priority: 10, src: 'all', dst: '172.18.0.2', action: 'prohibit' },
      { priority: 11, not: null, src: 'all', fwmark: '0x3', goto: 32767 },
    ];
    expect(readRules(JSON.stringify(printed))).toEqual([
      { priority: 0, special: false, action: 'lookup', table: 'local' },
      { priority: 9, from: '172.17.0.0/24', iif: 'br0', special: false, action: 'lookup', table: '50' },
      { priority: 10, to: '172.18.0.2/32', special: false, action: 'prohibit' },
      { priority: 11, special: true, action: 'goto' },
    ]);
    expect(readRoutes(JSON.stringify(printed))).toEqual([]);
  });

  test('a default route of IPv6 is not one of IPv4', () => {
    const printed = [{ type: 'unicast', dst: 'default', gateway: 'fe80::1', dev: 'veth0', pref: 'medium' }];
    expect(readRoutes(JSON.stringify(printed))[0]?.dst).toBe('::/0');
  });

  test('a flood is cut', () => {
    const flood = Array.from({ length: 5000 }, (_, i) => ({ dst: `10.0.0.${i}`, dev: 'x', state: ['PERMANENT'] }));
    const neighbours = readNeighbours(
      JSON.stringify([...flood, { dst: '172.18.0.2', dev: 'v', state: ['PERMANENT'] }]),
    );
    const own = {
      name: null,
      inode: 1,
      links: [],
      routes: [],
      rules: [],
      neighbours,
      fdb: [],
      forwarding: {},
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
  test.each([
    ['[{"dst":"172.18.0.2","dev":"vxlan100"}]', { result: 'unicast', dev: 'vxlan100' }],
    [
      '[{"dst":"172.18.0.2","gateway":"172.18.0.0","dev":"vxlan100"}]',
      { result: 'unicast', dev: 'vxlan100', gateway: '172.18.0.0' },
    ],
    ['[{"type":"local","dst":"172.18.0.2","dev":"lo"}]', { result: 'local', dev: 'lo' }],
    ['[{"type":"unreachable","dst":"172.18.0.2"}]', { result: 'refused' }],
    ['rubbish', { result: 'unknown' }],
  ])('%s', (printed, answer) => {
    expect(readAnswer(printed)).toEqual(answer);
  });

  test.each([
    ['RTNETLINK answers: Network is unreachable', true, 'no-route'],
    ['RTNETLINK answers: No route to host', false, 'not-forwarded'],
    ['RTNETLINK answers: No route to host', true, 'refused'],
    ['RTNETLINK answers: Invalid argument', true, 'refused'],
    ['RTNETLINK answers: Invalid cross-device link', true, 'refused'],
    ['RTNETLINK answers: Permission denied', true, 'refused'],
    ['Cannot find device "br0"', true, 'unknown'],
  ])('%s, forwarding %s', (complaint, forwarding, result) => {
    expect(readRefusal(complaint, forwarding)).toBe(result);
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
