import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { spawn as spawnPty } from 'node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../../testsample.ts';
import { createRelays } from '../relays.ts';
import type { NodeDriver } from './driver.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed, twoNodes } from './testbed.ts';

let bed: Testbed;
let driver: NodeDriver;
let run: Testbed['run'];
let main: string;

beforeAll(async () => {
  bed = await openTestbed();
  ({ driver, run } = bed);
  main = bed.newSession();
  await driver.create(main, twoNodes());
}, BUILD_TIME);
afterAll(() => bed.close());

describe('a node', () => {
  it('has the hostname, the one card and no IPv6', async () => {
    expect(await run(main, 'node-2', 'hostname; cat /etc/hostname')).toBe('node-2\nnode-2\n');
    const links = JSON.parse(await run(main, 'node-1', 'ip -json addr'));
    expect(links.map((link: { ifname: string }) => link.ifname)).toEqual(['lo', 'ens33']);
    expect(await run(main, 'node-1', 'cat /proc/net/if_inet6; ip -6 route')).toBe('');
  });

  it('gives its root no power outside', async () => {
    const base = JSON.parse(readFileSync(bed.place.session(main).plan, 'utf8')).base;
    expect((await run(main, 'node-1', 'cat /proc/self/uid_map')).trim().split(/\s+/)).toEqual([
      '0',
      `${base}`,
      '65536',
    ]);
    const status = await run(main, 'node-1', 'cat /proc/self/status');
    expect(status).toMatch(/NoNewPrivs:\s1/);
    expect(status).toMatch(/Seccomp:\s2/);
    expect(status).toMatch(/CapBnd:\s00000000802c35fb/);
    for (const forbidden of ['echo 1 > /proc/sys/kernel/sysrq', 'unshare --user true', 'mknod /tmp/x b 254 0', 'dmesg'])
      expect((await driver.exec(main, 'node-1', ['bash', '-c', forbidden], LIMITS)).code, forbidden).not.toBe(0);
    expect(await run(main, 'node-1', 'cat /proc/sys/user/max_net_namespaces')).toBe('64\n');
    expect(await run(main, 'node-1', 'ulimit -c; ulimit -n; readlink /proc/1/fd/1')).toBe('0\n4096\n/dev/null\n');
  });

  it('survives `kill -9 -1` and leaves no zombies', async () => {
    await driver.exec(main, 'node-1', ['bash', '-c', '(sleep 300 & sleep 300 &); kill -9 -1'], LIMITS);
    expect(await driver.alive(main)).toBe(true);
    await run(main, 'node-1', '(true &); (sleep 0.1 &)');
    await expect.poll(() => run(main, 'node-1', 'pgrep -c sleep')).toBe('1\n');
    expect(await run(main, 'node-1', 'ps -eo stat | grep -c Z || true')).toBe('0\n');
  });

  it('has netfilter only when its lab asks', async () => {
    const refused = await driver.exec(main, 'node-1', ['iptables', '-S'], LIMITS);
    expect(refused.code).not.toBe(0);
    const open = bed.newSession();
    await driver.create(open, twoNodes(1, 2, true));
    expect(await run(open, 'node-1', 'iptables -A FORWARD -j DROP; iptables -S FORWARD')).toContain(
      '-A FORWARD -j DROP',
    );
    expect(await run(open, 'node-1', 'nft list ruleset')).toContain('table ip filter');
    await driver.destroy(open);
  });

  it('installs the missing tools from its own repository', async () => {
    expect((await driver.exec(main, 'node-1', ['bash', '-c', 'command -v brctl route arp'], LIMITS)).code).not.toBe(0);
    for (const node of ['node-1', 'node-2'] as const) {
      const output = await run(main, node, '{ apt update && apt install bridge-utils net-tools; } 2>&1 </dev/null');
      expect(output).not.toMatch(/debconf|delaying|^[EW]:/m);
      expect(await run(main, node, 'command -v brctl route arp')).toBe(
        '/usr/sbin/brctl\n/usr/sbin/route\n/usr/sbin/arp\n',
      );
    }
    expect(await run(main, 'node-1', 'man -w ip bridge tcpdump brctl | wc -l')).toBe('4\n');
  });
});

describe('a shell', () => {
  it('has a prompt at once, in the colour of its node, and marks it for the page', async () => {
    const { file, args, env } = driver.shell(main, 'node-2');
    const quoted = [file, ...args].map((word) => `'${word}'`).join(' ');
    const shell = spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
      env: { ...process.env, ...env },
    });
    let screen = '';
    shell.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
    });
    const prompt = '\x1b]133;A\x07\x1b[38;2;183;148;244mroot@node-2\x1b[0m:~# \x1b]133;B\x07';
    await expect.poll(() => screen, { timeout: 5_000 }).toContain(prompt);
    screen = '';
    shell.stdin.write('(exit 3)\r');
    await expect
      .poll(() => screen, { timeout: 5_000 })
      .toContain(`\x1b]133;C\x07\x1b]133;C;cmdline_url=(exit 3)\x07\x1b]133;D;3\x07`);
    shell.stdin.write('exit\r');
    await new Promise((resolve) => shell.once('close', resolve));
  });

  it('has its terminal for itself: signals, sizes and its end come from there, and nothing stays', async () => {
    const { file, args, env } = driver.shell(main, 'node-1');
    const pty = spawnPty(file, args, { cols: 80, rows: 24, cwd: '/', env });
    let screen = '';
    pty.onData((text) => {
      screen += text;
    });
    const ended = new Promise<{ exitCode: number; signal?: number }>((resolve) => pty.onExit(resolve));
    const sees = (text: string) => expect.poll(() => screen, { timeout: 5_000 }).toContain(text);
    await sees('\x1b]133;B');
    expect(screen).not.toContain('no job control');
    pty.resize(101, 31);
    pty.write("stty size; echo a''gain > /dev/stderr\r");
    await sees('31 101\r\nagain\r\n');
    pty.write("sleep 4712; echo in''terrupted\r");
    await expect.poll(() => run(main, 'node-1', 'pgrep -c -f "^sleep 4712" || true')).toBe('1\n');
    pty.write('\x03');
    await sees('\x1b]133;D;130');
    // The terminal is the node's root's and nobody else's; what it is called on the host leads nowhere in the node.
    expect(await run(main, 'node-1', 'ls /dev/pts')).toBe('ptmx\n');
    pty.write('sleep 4713\r');
    await expect.poll(() => run(main, 'node-1', 'pgrep -c -f "^sleep 4713" || true')).toBe('1\n');
    pty.kill('SIGHUP');
    expect(await ended).toMatchObject({ exitCode: 129 });
    expect(await run(main, 'node-1', 'pgrep -c "bash|sleep 47" || true')).toBe('1\n');
  });
});

describe('the wire', () => {
  it('joins the two nodes and nobody else', async () => {
    const other = bed.newSession();
    await driver.create(other, twoNodes(10, 11));
    const [own, foreign] = await Promise.all([
      run(main, 'node-1', 'ping -c 1 -W 2 192.168.245.172 && ping -c 1 -W 2 node-2'),
      driver.exec(other, 'node-1', ['ping', '-c', '1', '-W', '1', '192.168.245.172'], LIMITS),
    ]);
    expect(own).toContain('1 received');
    expect(foreign.code).toBe(1);
    expect(foreign.stdout).toContain('0 received');
    const outside = await driver.exec(other, 'node-1', ['ping', '-c', '1', '-W', '1', '169.254.169.254'], LIMITS);
    expect(outside.stderr).toContain('Network is unreachable');
    await driver.destroy(other);
  });

  it('is a switch of the host, without address and without memory', () => {
    const wire = driver.wire?.(main);
    expect(wire?.ports).toEqual({ 'node-1': 'p1', 'node-2': 'p2' });
    const look = (...args: string[]) => execFileSync('nsenter', [`--net=${wire?.path}`, ...args], { encoding: 'utf8' });
    expect(look('ip', '-brief', 'addr')).not.toMatch(/\d+\.\d+\.\d+\.\d+|fe80/);
    expect(JSON.parse(look('bridge', '-json', '-details', 'link'))).toMatchObject([
      { learning: false },
      { learning: false },
    ]);
    expect(look('bridge', 'fdb')).not.toContain('vlan');
  });
});

/** The commands of the lab on one node, as its text gives them; the peer's number and MAC are what differs. */
const setUp = (own: number, address: number) => `
sysctl net.ipv4.conf.all.forwarding=1
ip netns add docker${own}
ip link add veth0 type veth peer name veth1
ip link set veth0 netns docker${own}
brctl addbr br0
brctl addif br0 veth1
ip netns exec docker${own} ip addr add 172.1${6 + own}.0.2/24 dev veth0
ip netns exec docker${own} ip link set veth0 up
ip link set veth1 up
ip addr add 172.1${6 + own}.0.1/24 dev br0
ip link set br0 up
ip netns exec docker${own} route add default gw 172.1${6 + own}.0.1 veth0
ip link add vxlan100 type vxlan \\
    id 100 \\
    local 192.168.245.${address} \\
    dev ens33 \\
    dstport 4789 \\
    nolearning
ip addr add 172.1${6 + own}.0.0/32 dev vxlan100
ip link set vxlan100 up
ip route add 172.1${9 - own}.0.0/24 dev vxlan100
cat /sys/class/net/vxlan100/address`;

describe('the lab', () => {
  it('works as its text has it', async () => {
    const macs = [await run(main, 'node-1', setUp(1, 168)), await run(main, 'node-2', setUp(2, 172))].map(
      (output) => output.trim().split('\n').at(-1) ?? '',
    );
    const join = (peer: number, mac: string, address: number) =>
      `ip neighbor add 172.1${6 + peer}.0.2 lladdr ${mac} dev vxlan100\nbridge fdb append ${mac} dev vxlan100 dst 192.168.245.${address}`;
    await run(main, 'node-1', join(2, macs[1] ?? '', 172));
    await run(main, 'node-2', join(1, macs[0] ?? '', 168));
    const capture =
      'tcpdump -l -n -c 2 -i ens33 udp port 4789 2>/tmp/log & until grep -q listening /tmp/log; do sleep 0.01; done; ';
    const there = await run(main, 'node-1', `${capture} ip netns exec docker1 ping -c 3 -i 0.2 172.18.0.2; wait`);
    expect(there).toMatch(/VXLAN, flags \[I\] \(0x08\), vni 100/);
    expect(there).toMatch(/ttl=62[\s\S]*3 received/);
    expect(await run(main, 'node-2', 'ip netns exec docker2 ping -c 2 -i 0.2 172.17.0.2')).toMatch(
      /ttl=62[\s\S]*2 received/,
    );
  });

  it('is seen from outside, and no forged name leads elsewhere', async () => {
    const forge =
      'touch /run/netns/file; ln -s /proc/1/ns/net /run/netns/link; mkdir /run/netns/folder; ln -s docker1 /run/netns/alias';
    await run(main, 'node-1', forge);
    const vantage = await driver.vantage?.(main, 'node-1');
    expect(vantage?.named.map(({ name }) => name)).toEqual(['docker1']);
    const inside = (path: string) =>
      execFileSync('nsenter', [`--net=${path}`, 'ip', '-brief', 'addr'], { encoding: 'utf8' });
    expect(inside(vantage?.named[0]?.path ?? '')).toContain('172.17.0.2/24');
    expect(inside(vantage?.own ?? '')).toContain('192.168.245.168/24');
    vantage?.close();
  });
});

describe('reading a file of a node', () => {
  it('reads regular files of the node only', async () => {
    const make = 'cd /root; echo 12345678 > plain; ln -s /root/plain link; ln -s /etc/shadow shadow; mkfifo pipe';
    await run(
      main,
      'node-1',
      `${make}; ln -s /proc/kcore kcore; ln -s /proc/self/root/etc/passwd magic; ln -s ../../../../etc/hostname up`,
    );
    const read = async (path: string) => {
      const root = bed.place.session(main).node('node-1').root;
      const relay = createRelays().open({ files: [{ root, path }] });
      const bytes = await relay.readFile(0, 8);
      relay.close();
      return bytes?.toString() ?? null;
    };
    expect(await read('/root/plain')).toBe('12345678');
    expect(await read('root/link')).toBe('12345678');
    expect(await read('/root/up')).toBe('node-1\n');
    expect(await read('/root/shadow')).toBe(await run(main, 'node-1', 'head -c 8 /etc/shadow'));
    for (const path of ['/root/pipe', '/root/kcore', '/root/magic', '/root', '/root/none', '/proc/1/environ'])
      expect(await read(path), path).toBeNull();
  });
});

describe('a reset', () => {
  it('works wherever the card has gone, while the kernel is still taking the old network apart', async () => {
    const away = [
      'ip link delete ens33',
      'ip link set ens33 down; ip link set ens33 name p1',
      'ip link set ens33 netns n7',
    ];
    for (const script of sampled([...away, ...away], 2)) {
      // Namespaces and pairs make the taking apart long, and the card's other end is deleted in the midst of it.
      const crowd = 'for i in $(seq 20); do ip netns add n$i; ip link add v$i type veth peer name w$i netns n$i; done';
      await run(main, 'node-1', `${crowd}; ${script}`);
      await driver.reset(main, 'node-1');
    }
    expect(await run(main, 'node-1', 'ping -c 1 -W 2 192.168.245.172')).toContain('1 received');
  });

  it('gives back the first state of one node on the same wire', async () => {
    const mac = await run(main, 'node-1', 'cat /sys/class/net/ens33/address');
    await run(main, 'node-1', 'touch /root/mine; nohup sleep 4712 >/dev/null 2>&1 & ip link delete ens33');
    await run(main, 'node-2', 'touch /root/mine');
    await driver.reset(main, 'node-1');
    expect(await run(main, 'node-1', 'ls /root; pgrep -c sleep; ls /run/netns 2>/dev/null || true')).toBe('1\n');
    expect(await run(main, 'node-1', 'cat /sys/class/net/ens33/address')).toBe(mac);
    expect(await run(main, 'node-1', 'ip -brief link | wc -l')).toBe('2\n');
    expect(await run(main, 'node-2', 'ls /root; ip netns')).toMatch(/^mine\ndocker2/);
    expect(await run(main, 'node-1', 'ping -c 1 -W 2 192.168.245.172')).toContain('1 received');
  });
});
