import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../../testsample.ts';
import { type Footprint, PRINT, readFootprint } from './footprint.ts';
import { differences, undoing } from './undoing.ts';

// A namespace of its own stands for a machine; its names for namespaces are the host's, and are left out.
const space = `nlf${randomBytes(3).toString('hex')}`;
const inside = (script: string) =>
  execFileSync('nsenter', [`--net=/run/netns/${space}`, 'bash', '-ec', script], { encoding: 'utf8', stdio: 'pipe' });
const look = (): Footprint => ({ ...readFootprint(inside(PRINT)), namespaces: [] });

function bringBack(first: Footprint): string[] {
  for (let round = 0; ; round += 1) {
    const now = look();
    const left = differences(first, now);
    if (left.length === 0 || round === 3) return left;
    const { ip, bridge, settings, filters, tables } = undoing(first, now);
    const steps = [
      ...[`ip`, 'bridge'].map((program) => `${program} -force -batch - <<'END' || true`),
      "iptables-restore <<'END' || true",
    ];
    const input = [ip.join('\n'), bridge.join('\n'), filters.trimEnd()];
    inside(steps.map((step, index) => `${step}\n${input[index]}\nEND`).join('\n'));
    inside(
      [
        'true',
        ...settings.map(([path, value]) => `printf %s '${value}' > /proc/sys/net/${path}`),
        ...tables.map((table) => `nft delete table ${table}`),
      ].join('\n'),
    );
  }
}

let first: Footprint;
beforeAll(() => {
  execFileSync('ip', ['netns', 'add', space]);
  inside(`ip link set lo up; ip link add card type veth peer name far; ip link set card up; ip link set far up
    ip addr add 192.168.245.168/24 brd + dev card; ip route add default via 192.168.245.1
    ip neigh add 192.168.245.9 lladdr 02:00:00:00:00:09 dev card; ip rule add from 10.0.0.0/8 table 7 pref 9
    ip link add old type vxlan id 7 dstport 4789 dev card; ip link set old up
    bridge fdb append 02:00:00:00:00:07 dev old dst 192.168.245.7; iptables -A INPUT -s 9.9.9.9 -j DROP`);
  first = look();
});
afterAll(() => {
  execFileSync('ip', ['netns', 'del', space]);
});

describe('what a lab leaves on a machine', () => {
  it('is nothing while nothing was done', () => {
    expect(differences(first, look())).toEqual([]);
    expect(first.links.card).toMatchObject({ up: true, master: null, mtu: 1500 });
    expect(first.routes).toContain('default via 192.168.245.1 dev card');
    expect(first.forwarding).toContain('02:00:00:00:00:07 dev old dst 192.168.245.7 self permanent');
  });

  // The others where there is time.
  it.each(
    sampled(
      [
        [
          'what the text does',
          `ip link add br0 type bridge; ip link add veth1 type veth peer name veth0; ip link set veth1 master br0
      ip addr add 172.17.0.1/24 dev br0; ip link set br0 up; ip link set veth1 up
      ip link add vxlan100 type vxlan id 100 local 192.168.245.168 dev card dstport 4790 nolearning; ip link set vxlan100 up
      ip addr add 172.17.0.0/32 dev vxlan100; ip route add 172.18.0.0/24 dev vxlan100
      ip neigh add 172.18.0.2 lladdr 02:00:00:00:00:02 dev vxlan100
      bridge fdb append 02:00:00:00:00:02 dev vxlan100 dst 192.168.245.172; sysctl -qw net.ipv4.conf.all.forwarding=1`,
        ],
        [
          'what was added to what was there',
          `ip addr add 10.1.1.1/24 dev card; ip route add 10.9.0.0/16 via 192.168.245.4
      ip neigh add 192.168.245.8 lladdr 02:00:00:00:00:08 dev card; ip rule add from 10.1.0.0/16 table 8 pref 10
      bridge fdb append 02:00:00:00:00:06 dev old dst 192.168.245.6; ip link set card mtu 1400
      iptables -A FORWARD -j DROP; iptables -t nat -A POSTROUTING -j MASQUERADE; nft add table inet mine`,
        ],
        [
          'what was taken away',
          `ip route del default; ip neigh del 192.168.245.9 dev card; ip rule del pref 9
      bridge fdb del 02:00:00:00:00:07 dev old dst 192.168.245.7; iptables -F; ip link set old down
      sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.card.rp_filter=2`,
        ],
        ['an address and all that hung on it', 'ip addr flush dev card; ip link set card down'],
        ['the name of a card', 'ip link set card down; ip link set card name p1'],
      ],
      2,
    ),
  )('is undone: %s', (_what, script) => {
    inside(script);
    expect(differences(first, look())).not.toEqual([]);
    expect(bringBack(first)).toEqual([]);
  });

  it('is told where it cannot be undone', () => {
    inside('ip link del old');
    expect(bringBack(first)).toEqual([
      '少了网卡 old',
      '少了FDB 02:00:00:00:00:07 dev old dst 192.168.245.7 self permanent',
    ]);
  });
});

it('takes what a machine prints for text and no more', () => {
  const odd = readFootprint(
    '\n\u0001namespaces\n-x;rm\n../up\nok\n\n\u0001links\nnonsense\n2: a\u001b[31m: <UP> mtu x\n\u0001settings\nno colon',
  );
  expect(odd).toMatchObject({ namespaces: ['ok'], settings: {}, routes: [] });
  expect(readFootprint('')).toMatchObject({ namespaces: [], links: {}, addresses: [] });
});
