import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn as spawnPty } from 'node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL } from '../../testsample.ts';
import { openCgroups } from './cgroup.ts';
import type { NodeDriver } from './driver.ts';
import { BUILD_TIME, openVmTestbed, SLOW_LIMITS, type Testbed, twoNodes } from './testbed.ts';

/** bytes that a pair of machines may take of the host's memory. */
const PAIR_MAX = 512 * 2 ** 20;
/** ms. What is emulated takes a while beside other tests. */
const SLOW = { timeout: 120_000 };
const SOON = { timeout: 60_000 };

let bed: Testbed;
let driver: NodeDriver;
let run: Testbed['run'];
let id: string;

const cgroups = openCgroups();
const place = () => bed.place.session(id);
const qemuOf = (node: string) => Number(readFileSync(place().node(node).pid, 'utf8'));
const status = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
/** What a learner's root may not do; each is tried in the node. */
const FORBIDDEN = [
  'mknod /tmp/vda b 254 0 && head -c 1 /tmp/vda',
  'mount -t devtmpfs devtmpfs /tmp/d',
  'mount -t ext4 /dev/vda /tmp/d',
  'head -c 1 /proc/kcore',
  'echo "|/bin/true" > /proc/sys/kernel/core_pattern',
  'echo c > /proc/sysrq-trigger',
  'echo 0 > /proc/sys/kernel/modules_disabled',
  'nsenter -t 1 -m ls /netloom',
  'perl -e "exit(syscall(175, 0, 0, 0) != 0)"',
  'perl -e "exit(syscall(169, 0xfee1dead, 672274793, 0x4321fedc, 0) != 0)"',
];

beforeAll(async () => {
  bed = await openVmTestbed();
  ({ driver, run } = bed);
  id = bed.newSession();
  await driver.create(id, twoNodes());
}, BUILD_TIME);
afterAll(() => bed.close(), BUILD_TIME);

describe('a machine', SLOW, () => {
  it('has a kernel, a name and random numbers of its own, the one card and the right time', async () => {
    const look =
      'uname -r; hostname; cat /etc/hostname; ip -brief link | cut -d" " -f1; cat /proc/net/if_inet6; ip link add v type vxlan id 1 dstport 4789; cat /sys/class/net/v/address; ip link delete v; cat /proc/sys/kernel/random/uuid; date +%s';
    const [one, two] = await Promise.all([run(id, 'node-1', look), run(id, 'node-2', look)]);
    const lines = one.trim().split('\n');
    expect(lines.slice(0, 5)).toEqual([expect.stringMatching(/cloud-amd64$/), 'node-1', 'node-1', 'lo', 'ens33']);
    const other = two.trim().split('\n');
    expect(other[5]).not.toBe(lines[5]);
    expect(other[6]).not.toBe(lines[6]);
    expect(Math.abs(Number(lines[7]) - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('is joined with the other by a wire of the host, where captures are taken as with containers', async () => {
    expect(await run(id, 'node-1', 'ping -c 1 -W 5 node-2')).toContain('1 received');
    const wire = driver.wire?.(id);
    const look = (...args: string[]) => execFileSync('nsenter', [`--net=${wire?.path}`, ...args], { encoding: 'utf8' });
    expect(look('ip', '-brief', 'addr')).not.toMatch(/\d+\.\d+\.\d+\.\d+|fe80/);
    expect(JSON.parse(look('bridge', '-json', '-details', 'link'))).toMatchObject([
      { learning: false },
      { learning: false },
    ]);
  });

  it('leaves its QEMU no power on the host: an id of nobody, no network, no files, a filter of system calls', () => {
    const { base } = JSON.parse(readFileSync(place().plan, 'utf8'));
    const pid = qemuOf('node-1');
    expect(status(pid)).toMatch(new RegExp(`^Uid:\\t${base}\\t${base}\\t${base}\\t${base}$`, 'm'));
    expect(status(pid)).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status(pid)).toMatch(/^Seccomp:\t2$/m);
    expect(status(pid)).toMatch(/^CapEff:\t0+$/m);
    const net = execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-brief', 'link'], { encoding: 'utf8' });
    expect(net.trim().split('\n')).toHaveLength(1);
    expect(cgroups.holds(place().node('node-1').cgroup, pid)).toBe(true);
    const open = readdirSync(`/proc/${pid}/fdinfo`).map((file) => readFileSync(`/proc/${pid}/fdinfo/${file}`, 'utf8'));
    expect(open.some((info) => info.includes(`iff:\t`))).toBe(true);
  });

  it('takes with another less than 512 MiB of the host', () => {
    const taken = ['node-1', 'node-2'].map((node) => {
      const [, pss] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${qemuOf(node)}/smaps_rollup`, 'utf8')) ?? [];
      return Number(pss) * 1024;
    });
    expect(taken.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(PAIR_MAX);
  });
});

describe('its root', SLOW, () => {
  it('cannot reach the agent, the disk, the memory, or the code of the kernel', async () => {
    const tries = FORBIDDEN.map((script, number) => `( ${script} ) > /dev/null 2>&1 && echo 'worked: ${number}'`);
    const said = await run(
      id,
      'node-1',
      ['set +e', 'mkdir /tmp/d', 'ps -e -o comm=', 'ls /dev', ...tries, 'true'].join('\n'),
    );
    expect(said).toContain('sleep\n');
    expect(said).not.toMatch(/worked|agent|sshd|vda|vport|mem|kmsg|ttyS/);
    expect(await driver.alive(id)).toBe(true);
  });

  it('has a terminal for itself, with its size, and ends with it', async () => {
    const { file, args, env } = driver.shell(id, 'node-1');
    const pty = spawnPty(file, args, { cols: 80, rows: 24, cwd: '/', env });
    let screen = '';
    pty.onData((text) => {
      screen += text;
    });
    const ended = new Promise((resolve) => pty.onExit(resolve));
    const sees = (text: string | RegExp) => expect.poll(() => screen, SOON).toMatch(text);
    await sees(/\x1b\]133;B/);
    expect(screen).not.toContain('no job control');
    pty.resize(101, 31);
    pty.write("stty size; echo a''gain > /dev/stderr\r");
    await sees(/31 101\r\nagain\r\n/);
    pty.write('sleep 4712\r');
    await expect.poll(() => run(id, 'node-1', 'pgrep -c -f "^sleep 4712" || true'), SOON).toBe('1\n');
    pty.write('\x03');
    await sees(/\x1b\]133;D;130/);
    pty.kill('SIGHUP');
    await ended;
    await expect.poll(() => run(id, 'node-1', 'pgrep -c "^bash$" || true'), SOON).toBe('1\n');
  });
});

describe('its life', SLOW, () => {
  it('is gone on with by another labd, and one node begins anew on the same wire', async () => {
    const other = bed.reopen();
    expect(await other.list()).toEqual([id]);
    expect(await other.alive(id)).toBe(true);
    await run(id, 'node-1', 'touch /root/mine');
    await run(id, 'node-2', 'touch /root/mine');
    await other.reset(id, 'node-1');
    const ls = async (node: string) => (await other.exec(id, node, ['ls', '/root'], SLOW_LIMITS)).stdout;
    expect([await ls('node-1'), await ls('node-2')]).toEqual(['', 'mine\n']);
    expect((await other.exec(id, 'node-2', ['ping', '-c', '1', '-W', '5', 'node-1'], SLOW_LIMITS)).code).toBe(0);
    expect(await other.alive(id)).toBe(true);
  });

  it('is reached again when the connection to it was killed', async () => {
    const connection = `${place().node('node-2').directory}/c/m`;
    const words = (pid: string) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      } catch {
        return []; // It ended meanwhile.
      }
    };
    const masters = () => {
      const pids = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid));
      return pids.filter((pid) => words(pid).includes(connection) && words(pid).includes('-M'));
    };
    await run(id, 'node-2', 'true');
    // The one before, of the node as it was, may still be going.
    await expect.poll(masters, { timeout: 10_000 }).toHaveLength(1);
    const [master = ''] = masters();
    process.kill(Number(master), 'SIGKILL');
    await expect.poll(() => words(master).join('')).toBe('');
    expect(await run(id, 'node-2', 'hostname')).toBe('node-2\n');
  });

  it('ends with its QEMU, and leaves nothing', async () => {
    const pids = cgroups.processes(place().cgroup);
    process.kill(qemuOf('node-2'), 'SIGKILL');
    await expect.poll(() => driver.fallen?.(id, ['node-1', 'node-2'])).toEqual(['node-2']);
    expect(await driver.alive(id)).toBe(false);
    await driver.destroy(id);
    expect(await driver.list()).toEqual([]);
    expect(cgroups.processes(place().cgroup)).toEqual([]);
    expect(pids.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
    expect(existsSync(place().directory)).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(place().directory);
  });

  it.runIf(process.env[ALL])('boots where a memory snapshot cannot be gone on with', async () => {
    const [version] = readdirSync(join(bed.image, 'vm')).filter((name) => /^[0-9a-f]{16}$/.test(name));
    const home = join(bed.image, 'vm', version ?? '');
    const [memory] = readdirSync(home).filter((name) => name.startsWith('memory-'));
    const file = join(home, memory ?? '');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 1_000_000));
    try {
      const other = bed.newSession();
      await driver.create(other, twoNodes());
      expect(await run(other, 'node-1', 'hostname')).toBe('node-1\n');
      await driver.destroy(other);
    } finally {
      rmSync(file, { force: true });
      writeFileSync(file, whole);
    }
  });
});
