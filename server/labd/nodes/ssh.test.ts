import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn as spawnPty } from 'node-pty';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALL } from '../../testsample.ts';
import { createProbe } from '../probe.ts';
import { createRelays } from '../relays.ts';
import { createSnapshotReader } from '../snapshot.ts';
import { createWatches } from '../watches.ts';
import type { NodeDriver } from './driver.ts';
import { readHosts } from './hosts.ts';
import { createSshDriver } from './ssh.ts';
import { BUILD_TIME, LIMITS, twoNodes } from './testbed.ts';
import { openSshTestbed, type SshTestbed } from './testhosts.ts';

const topology = { ...twoNodes(), lab: 'overlay-vxlan' };
const [first, second] = ['sshsession01', 'sshsession02'];
const log = { info: () => {}, warn: () => {} };
let bed: SshTestbed;
let driver: NodeDriver;
/** A machine's network, and what runs there, as it is told without ssh. */
const network = (node: 'node-1' | 'node-2') =>
  bed.hosts.on(
    node,
    'ip -br addr; ip netns; ip route; ip rule; ip neigh show nud permanent; bridge fdb; sysctl -a -r "net.ipv4.conf|ip_forward"',
  );
const processes = (node: 'node-1' | 'node-2') =>
  bed.hosts.on(node, 'ps -eo args= | grep -c "sleep 471[1]" || true').trim();
const run = async (node: string, script: string, session = first) => {
  const { code, stdout, stderr } = await driver.exec(session, node, ['bash', '-ec', script], LIMITS);
  if (code !== 0) throw new Error(`${script}: ${code} ${stderr}`);
  return stdout;
};

/** What the lab's text does on node-1, and other traces. */
const WORK = `ip netns add docker1; ip link add veth0 type veth peer name veth1; ip link set veth0 netns docker1
  ip link add br0 type bridge; ip link set veth1 master br0; ip link set veth1 up; ip link set br0 up
  ip -n docker1 addr add 172.17.0.2/24 dev veth0; ip -n docker1 link set veth0 up; ip addr add 172.17.0.1/24 dev br0
  ip link add vxlan100 type vxlan id 100 local 192.168.245.168 dev ens33 dstport 4789 nolearning; ip link set vxlan100 up
  ip route add 172.18.0.0/24 dev vxlan100; ip neigh add 172.18.0.2 lladdr 02:00:00:00:00:02 dev vxlan100
  bridge fdb append 02:00:00:00:00:02 dev vxlan100 dst 192.168.245.172; sysctl -qw net.ipv4.conf.all.forwarding=1
  ip netns exec docker1 setsid sleep 4711 >/dev/null 2>&1 &`;

beforeAll(async () => {
  bed = await openSshTestbed();
  ({ driver } = bed);
}, BUILD_TIME);
afterAll(() => bed.close());

describe('a session on machines of its own', { timeout: 60_000 }, () => {
  let before: string[];
  beforeEach(async () => {
    before = [network('node-1'), network('node-2')];
    await driver.create(first, topology);
  });
  afterEach(() => driver.destroy(first));

  it('is read, probed and watched at that place, and gives each node back as it was', async () => {
    const relays = createRelays();
    const told: string[] = [];
    const watches = createWatches({ driver, nodesOf: () => topology.nodes, changed: (id) => told.push(id), log });
    watches.want(told, [first]);
    await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(2), 8_000);
    const heard = told.length;
    await run('node-1', WORK);
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(heard), 8_000);
    watches.close();
    const watch = { packages: ['iproute2'], flows: [{ node: 'node-1', from: '172.17.0.2', to: '172.18.0.2' }] };
    const snapshots = createSnapshotReader({ driver, relays });
    const { nodes } = await snapshots.read(first, topology.nodes, watch);
    const [own, docker1] = nodes['node-1']?.namespaces ?? [];
    expect(own?.links.map(({ name }) => name)).toEqual(expect.arrayContaining(['ens33', 'br0', 'veth1', 'vxlan100']));
    expect(docker1).toMatchObject({ name: 'docker1', routes: expect.any(Array) });
    expect(nodes['node-1']?.routeAnswers[0]).toMatchObject({ result: 'unicast', dev: 'vxlan100' });
    expect(nodes['node-1']?.packages.iproute2).toBeTruthy();
    expect(nodes['node-2']?.namespaces.length).toBe(1);
    const request = { node: 'node-1', namespace: null, to: '192.168.245.172', count: 2 };
    const trace = await createProbe({ driver, relays }).run(first, topology.nodes, request);
    expect(trace).toMatchObject({ sent: 2, received: 2, replyTtl: 64, errors: [] });
    const seen = trace.frames
      .filter(({ icmp }) => icmp?.type === 8)
      .map(({ at }) => ('wire' in at ? `wire ${at.wire}` : at.node));
    // No switch of ours lies between: what the cards show stands for it.
    expect(new Set(seen)).toEqual(new Set(['node-1', 'node-2', 'wire node-1', 'wire node-2']));
    // One node is given back as it was, and the other as it is.
    await run('node-2', 'ip link add br0 type bridge; nohup sleep 4711 >/dev/null 2>&1 &');
    await driver.reset(first, 'node-1');
    expect(network('node-1')).toBe(before[0]);
    expect(processes('node-1')).toBe('0');
    expect(bed.hosts.on('node-2', 'ip -br link')).toContain('br0');
    expect(processes('node-2')).toBe('1');
    expect(driver.caveats?.(first)).toEqual({ isAdvisory: true, remains: [] });
    await driver.destroy(first);
    expect([network('node-1'), network('node-2')]).toEqual(before);
    expect(bed.hosts.on('node-2', 'ls /run; ls /run/netns 2>/dev/null || true')).not.toContain('netloom');
    expect(processes('node-2')).toBe('0');
    const ours = () => bed.hosts.on('node-1', 'ps -eo args= | grep -E "[s]shd: root|[p]erl -e [^$]|[t]cpdump" || true');
    await expect.poll(ours, { timeout: 8_000 }).toBe('');
  });

  // The usual run has footprint.test.ts for it.
  it.runIf(process.env[ALL])('says what remains, and undoes it as soon as that can be', async () => {
    await driver.destroy(first);
    bed.hosts.on('node-1', 'ip link add spare type veth peer name far');
    await driver.create(first, topology);
    // A process that hides holds a namespace, and in it what belongs to the machine.
    await run(
      'node-1',
      `ip netns add deep; ip link set spare netns deep; rm -f /tmp/begun
       (env -i setsid ip netns exec deep sh -c 'touch /tmp/begun; exec sleep 4711' >/dev/null 2>&1 &)
       until [ -e /tmp/begun ]; do sleep 0.05; done`,
    );
    await driver.reset(first, 'node-1');
    expect(driver.caveats?.(first)?.remains).toContainEqual({ node: 'node-1', what: '少了网卡 spare' });
    bed.hosts.on(
      'node-1',
      'pkill -f "sleep 471[1]"; while ip link show far >/dev/null 2>&1; do sleep 0.05; done; ip link add spare type veth peer name far',
    );
    await driver.reset(first, 'node-1');
    expect(driver.caveats?.(first)?.remains).toEqual([]);
    bed.hosts.on('node-1', 'ip link del spare');
  });

  it('has a shell that marks its prompts, and is found again with it by the next labd, which gives all back', async () => {
    await run('node-1', WORK);
    const { file, args, env } = driver.shell(first, 'node-2');
    const pty = spawnPty(file, args, { cols: 80, rows: 24, cwd: '/', env });
    let screen = '';
    pty.onData((text) => {
      screen += text;
    });
    const ended = new Promise((resolve) => pty.onExit(resolve));
    const sees = (text: string) => expect.poll(() => screen, { timeout: 20_000 }).toContain(text);
    await sees('\x1b]133;A\x07\x1b[38;2;183;148;244mroot@node-2\x1b[0m:~# ');
    pty.write('(exit 3)\r');
    await sees('cmdline_url=(exit 3)\x07\x1b]133;D;3\x07');
    driver = bed.reopen();
    expect(await driver.list()).toEqual([first]);
    expect(await driver.alive(first)).toBe(true);
    await driver.create(first, topology);
    expect(await run('node-1', 'ip netns')).toContain('docker1');
    pty.write("echo still''here\r");
    await sees('stillhere');
    await driver.destroy(first);
    await ended;
    expect([network('node-1'), network('node-2')]).toEqual(before);
    expect(bed.hosts.on('node-2', 'ls -A /root /run')).not.toMatch(/history|netloom/);
  });
});

describe('machines that are lent', { timeout: 60_000 }, () => {
  afterEach(async () => {
    for (const session of [first, second]) await driver.destroy(session);
  });

  it('are one learner’s at a time, and not taken from another server', async () => {
    await driver.create(first, topology);
    await expect(driver.create(second, topology)).rejects.toThrow('都有人在用');
    expect(await driver.list()).toEqual([first]);
    const other = createSshDriver({ directory: join(bed.hosts.directory, 'other'), hosts: bed.hosts.file, log });
    await expect(other.create(second, topology)).rejects.toThrow('另一台织网服务器');
    expect(await other.list()).toEqual([]);
    expect(await driver.alive(first)).toBe(true);
  });

  it('are brought back later, when they do not answer', async () => {
    const before = network('node-1');
    await driver.create(first, topology);
    await run('node-1', WORK);
    bed.hosts.answer('node-1', false);
    expect(await driver.alive(first)).toBe(false);
    await driver.destroy(first);
    expect(await driver.list()).toEqual([]);
    await expect(driver.create(second, topology)).rejects.toThrow('都有人在用');
    bed.hosts.answer('node-1', true);
    await driver.create(second, topology);
    expect(network('node-1')).toBe(before);
    await driver.destroy(second);
  });

  it('are refused where they are not what the lab needs', async () => {
    const away = { ...topology, nodes: topology.nodes.map((node) => ({ ...node, nic: 'eth7' })) };
    await expect(driver.create(first, away)).rejects.toThrow('网卡 eth7 上没有地址 192.168.245');
    await expect(driver.create(first, { ...topology, lab: 'another' })).rejects.toThrow('没有给这个实验登记');
    bed.hosts.on('node-2', 'mv /usr/bin/ping /usr/bin/ping.away');
    await expect(driver.create(first, topology)).rejects.toThrow('缺少命令 ping');
    bed.hosts.on('node-2', 'mv /usr/bin/ping.away /usr/bin/ping; [ ! -e /run/netloom-lab ]');
    expect(await driver.list()).toEqual([]);
    expect(readdirSync('/run/netloom').filter((name) => existsSync(`/run/netloom/${name}/${first}-node-1`))).toEqual(
      [],
    );
  });
});

describe('the file of machines', () => {
  const read = (text: string) => {
    const file = join(bed.hosts.directory, 'wrong.yaml');
    writeFileSync(file, text);
    return readHosts(file);
  };

  it('names what is wrong with it', () => {
    expect(() => readHosts('/nowhere/hosts.yaml')).toThrow('读不了 /nowhere/hosts.yaml');
    expect(() => read('- lab: [')).toThrow('不是合乎语法的 YAML');
    expect(() => read('- lab: x\n  nodes: { node-1: { host: "-oProxyCommand=x", identity: a, hostKey: b } }')).toThrow(
      /0\.nodes\.node-1\.host：要一个地址或主机名；0\.nodes\.node-1\.hostKey：要机器上/,
    );
  });

  it('is read with what it leaves out', () => {
    const [set] = read(
      '- lab: x\n  nodes: { node-1: { host: 10.0.0.1, identity: keys/a, hostKey: "ssh-ed25519 AAAA root@a" } }',
    );
    const identity = join(bed.hosts.directory, 'keys/a');
    const node = { host: '10.0.0.1', port: 22, user: 'root', identity, hostKey: 'ssh-ed25519 AAAA' };
    expect(set).toEqual({ lab: 'x', nodes: { 'node-1': node } });
  });
});
