import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeDriver } from './nodes/driver.ts';
import { createProbe } from './probe.ts';
import { createSnapshotReader } from './snapshot.ts';

// Two namespaces joined by a veth pair stand for a node and its container: what is read is the kernel's own.
const tag = `nlt${randomBytes(3).toString('hex')}`;
const [node, box, wire] = [`${tag}n`, `${tag}c`, `${tag}w`];
const path = (name: string) => `/run/netns/${name}`;
const ip = (...args: string[]) => execFileSync('ip', args);
const specs = [{ name: 'node-1', hostname: 'node-1', nic: 'ens33', address: '192.168.245.168/24' }];
const watch = { packages: ['net-tools'], flows: [{ node: 'node-1', from: '172.17.0.2', to: '172.18.0.2' }] };

const named = () => [
  { name: 'docker1', inode: statSync(path(box)).ino, path: path(box) },
  { name: 'again', inode: statSync(path(box)).ino, path: path(box) },
  { name: 'root', inode: statSync(path(node)).ino, path: path(node) },
  { name: 'gone', inode: 1, path: path(`${tag}x`) },
];
let closed = 0;
const root = mkdtempSync(join(tmpdir(), 'netloom-root-'));
// Only what the reader and the probe use of a driver.
const driver = {
  kind: 'fake',
  vantage: () => ({
    own: path(node),
    inode: statSync(path(node)).ino,
    named: named(),
    root,
    close: () => void closed++,
  }),
  wire: () => ({ path: path(wire), ports: { 'node-1': 'p1' } }),
} as unknown as NodeDriver;

beforeAll(() => {
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), 'Package: net-tools\nStatus: install ok installed\n');
  for (const name of [node, box, wire]) ip('netns', 'add', name);
  const commands: [string, string][] = [
    [node, `link add ens33 type veth peer name p1 netns ${wire}`],
    [node, `link add veth1 type veth peer name veth0 netns ${box}`],
    [node, 'link add br0 type bridge'],
    [node, 'link set veth1 master br0'],
    [node, 'addr add 192.168.245.168/24 dev ens33'],
    [node, 'addr add 172.17.0.1/24 dev br0'],
    [node, 'link add vxlan100 type vxlan id 100 local 192.168.245.168 dev ens33 dstport 4789 nolearning'],
    [node, 'link add ev\u001b"il\u0007\\ type bridge'],
    [box, 'addr add 172.17.0.2/24 dev veth0'],
    [box, 'link set veth0 up'],
    [wire, 'link set p1 up'],
    ...['ens33', 'veth1', 'br0', 'vxlan100'].map((dev): [string, string] => [node, `link set ${dev} up`]),
    [box, 'route add default via 172.17.0.1'],
    [node, 'route add 172.18.0.0/24 dev vxlan100'],
  ];
  for (const [where, command] of commands) ip('-n', where, ...command.split(' '));
});

afterAll(() => {
  rmSync(root, { recursive: true });
  for (const name of [node, box, wire]) ip('netns', 'del', name);
});

describe('a snapshot', () => {
  test('is what the kernel says, each namespace once, with its names', async () => {
    const snapshot = await createSnapshotReader({ driver, now: () => 7 }).read('s', specs, watch);
    expect(snapshot.takenAt).toBe(7);
    const read = snapshot.nodes['node-1'];
    expect(read?.namespaces.map(({ name, aliases }) => [name, aliases])).toEqual([
      [null, ['root']],
      ['docker1', ['again']],
    ]);
    const [own, docker] = read?.namespaces ?? [];
    expect(own?.links.find(({ name }) => name === 'vxlan100')?.vxlan?.vni).toBe(100);
    expect(own?.links.map(({ name }) => name)).toContain('ev\ufffd"il\ufffd\\');
    expect(own?.routes).toContainEqual(expect.objectContaining({ dst: '172.18.0.0/24', dev: 'vxlan100' }));
    expect(docker?.links.find(({ name }) => name === 'veth0')?.addresses[0]?.local).toBe('172.17.0.2');
    expect(docker?.counters.IcmpInEchoReps).toBe(0);
    expect(read?.packages).toEqual({ 'net-tools': true });
  });

  test('asks the kernel where packets go', async () => {
    const answer = async () => {
      const snapshot = await createSnapshotReader({ driver }).read('s', specs, watch);
      return snapshot.nodes['node-1']?.routeAnswers[0];
    };
    const asked = { from: '172.17.0.2', to: '172.18.0.2', iif: 'br0' };
    const sender = { result: 'unicast', dev: 'veth0', gateway: '172.17.0.1' };
    expect(await answer()).toEqual({ ...asked, result: 'not-forwarded', sender });
    execFileSync('ip', ['netns', 'exec', node, 'sysctl', '-qw', 'net.ipv4.conf.all.forwarding=1']);
    expect(await answer()).toEqual({ ...asked, result: 'unicast', dev: 'vxlan100', sender });
    ip('-n', node, 'route', 'del', '172.18.0.0/24');
    expect(await answer()).toEqual({ ...asked, result: 'no-route', sender });
    ip('-n', node, 'route', 'add', 'prohibit', '172.18.0.0/24');
    expect(await answer()).toEqual({ ...asked, result: 'refused', sender });
    ip('-n', node, 'route', 'replace', '172.18.0.0/24', 'dev', 'vxlan100');
  });

  test('asks of what comes out of the tunnel, and of what the node sends itself', async () => {
    const flows = [
      { node: 'node-1', from: '172.18.0.2', to: '172.17.0.2' },
      { node: 'node-1', from: '192.168.245.168', to: '192.168.245.172' },
    ];
    const snapshot = await createSnapshotReader({ driver }).read('s', specs, { packages: [], flows });
    expect(snapshot.nodes['node-1']?.routeAnswers).toEqual([
      { from: '172.18.0.2', to: '172.17.0.2', iif: 'vxlan100', result: 'unicast', dev: 'br0' },
      { from: '192.168.245.168', to: '192.168.245.172', iif: null, result: 'unicast', dev: 'ens33' },
    ]);
  });

  test('lets go of what it held', async () => {
    const before = closed;
    await createSnapshotReader({ driver }).read('s', specs, watch);
    expect(closed).toBe(before + 1);
  });
});

describe('a probe', () => {
  test('sees its own packets only, and takes away what a lost one left', async () => {
    const probe = createProbe({ driver });
    const trace = await probe.run('s', specs, { node: 'node-1', namespace: 'docker1', to: '172.18.0.2', count: 1 });
    expect(trace).toMatchObject({ sent: 1, received: 0 });
    const echo = trace.frames.find(({ icmp }) => icmp?.type === 8);
    expect(echo).toMatchObject({ at: { node: 'node-1', link: 'br0' }, ip: { src: '172.17.0.2', ttl: 64 } });
    expect(trace.frames.some(({ arp, at }) => arp?.targetIp === '172.18.0.2' && 'link' in at)).toBe(true);
    expect(ip('-n', node, 'neigh', 'show', 'dev', 'vxlan100').toString()).toBe('');
  });

  test('goes on without a link whose name no command line can carry', async () => {
    ip('-n', node, 'link', 'set', 'ev\u001b"il\u0007\\', 'up');
    const request = { node: 'node-1', namespace: 'docker1', to: '172.17.0.1', count: 1 };
    const trace = await createProbe({ driver }).run('s', specs, request);
    expect(trace).toMatchObject({ sent: 1, received: 1, replyTtl: 64 });
    expect(trace.frames).toContainEqual(
      expect.objectContaining({ at: { node: 'node-1', namespace: null, link: 'br0' } }),
    );
  });

  test('from a namespace that is not there is refused', async () => {
    const request = { node: 'node-1', namespace: 'docker9', to: '172.18.0.2', count: 1 };
    await expect(createProbe({ driver }).run('s', specs, request)).rejects.toThrow('no namespace docker9');
  });
});
