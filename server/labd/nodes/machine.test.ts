import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawn as spawnPty } from 'node-pty';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHosts } from './hosts.ts';
import { createMachine, type SshMachine } from './machine.ts';
import { BUILD_TIME, LIMITS } from './testbed.ts';
import { openTestHosts, type TestHosts } from './testhosts.ts';

let hosts: TestHosts;
let machine: SshMachine;
let directory: string;
const reach = () => {
  const found = readHosts(hosts.file)[0]?.nodes['node-1'];
  if (!found) throw new Error('no machine');
  return { name: 'node-1', ...found };
};

beforeAll(async () => {
  hosts = await openTestHosts();
  mkdirSync('/run/netloom', { recursive: true, mode: 0o711 });
  directory = mkdtempSync('/run/netloom/test-');
  machine = createMachine(directory, reach());
}, BUILD_TIME);
afterAll(async () => {
  await machine.close();
  await hosts.close();
  rmSync(directory, { recursive: true, force: true });
});

it('gives a program arguments, input and environment as they are, and hands back what it says', async () => {
  const argv = ['printf', '%s|', "it's", '', '$HOME', 'a b', '隧道\n'];
  expect(await machine.exec(argv, LIMITS)).toEqual({ code: 0, stdout: "it's||$HOME|a b|隧道\n|", stderr: '' });
  const large = 'x'.repeat(200_000);
  const { stdout } = await machine.exec(['bash', '-c', 'cat; printf %s "$MINE" "$HOME"'], LIMITS, large, {
    MINE: '织网',
  });
  expect(stdout).toBe(`${large}织网/root`);
});

it('starts a program for each caller over one connection, and more than one connection carries', async () => {
  const many = await Promise.all(
    Array.from({ length: 14 }, (_, index) => machine.exec(['bash', '-c', `sleep 0.3; echo ${index}`], LIMITS)),
  );
  expect(many.map(({ code, stdout, stderr }) => [code, stdout.trim(), stderr])).toEqual(
    Array.from({ length: 14 }, (_, index) => [0, `${index}`, '']),
  );
});

it('does not take a machine for another one, nor a broken line for a result', async () => {
  const { hostKey } = reach();
  const other = readHosts(hosts.file)[0]?.nodes['node-2'];
  const impostor = createMachine(join(directory, 'other'), { ...reach(), hostKey: other?.hostKey ?? hostKey });
  await expect(impostor.exec(['true'], LIMITS)).rejects.toThrow('主机密钥');
  await impostor.close();
  const nobody = createMachine(join(directory, 'nobody'), { ...reach(), port: 1 });
  await expect(nobody.open()).rejects.toThrow('连不上');
  await nobody.close();
  await expect(machine.exec(['bash', '-c', 'kill -9 $(pgrep -f "sshd: root@notty")'], LIMITS)).rejects.toThrow(
    'ssh 连接断了',
  );
  expect((await machine.exec(['echo', 'again'], LIMITS)).stdout).toBe('again\n');
});

it('has a terminal whose size, signals and end come from here', async () => {
  const { file, args, env } = machine.shell(['bash', '--norc'], { PS1: 'p$ ' });
  const pty = spawnPty(file, args, { cols: 80, rows: 24, cwd: '/', env });
  let screen = '';
  pty.onData((text) => {
    screen += text;
  });
  const ended = new Promise<{ exitCode: number }>((resolve) => pty.onExit(resolve));
  const sees = (text: string) => expect.poll(() => screen, { timeout: 5_000 }).toContain(text);
  await sees('p$ ');
  pty.resize(101, 31);
  await expect
    .poll(
      async () =>
        (await machine.exec(['bash', '-c', 'for t in /dev/pts/[0-9]*; do stty size < $t; done'], LIMITS)).stdout,
    )
    .toContain('31 101');
  pty.write("sleep 4712; echo in''terrupted $TERM\r");
  await sees('sleep 4712');
  await expect.poll(async () => (await machine.exec(['pgrep', '-xc', 'sleep'], LIMITS)).stdout).toBe('1\n');
  pty.write('\x03');
  pty.write('exit 5\r');
  expect((await ended).exitCode).toBe(5);
  expect(screen).not.toMatch(/closed|ssh/);
  const second = spawnPty(file, args, { cols: 80, rows: 24, cwd: '/', env });
  await new Promise<void>((resolve) => second.onData((text) => text.includes('p$ ') && resolve()));
  second.kill('SIGHUP');
  await expect.poll(async () => (await machine.exec(['bash', '-c', 'ls /dev/pts'], LIMITS)).stdout).toBe('ptmx\n');
});

it('sees the namespaces there', async () => {
  hosts.on(
    'node-1',
    'mkdir -p /run/netns; ip netns add docker1; touch /run/netns/file; ln -s docker1 /run/netns/alias',
  );
  const vantage = await machine.vantage();
  expect(vantage.named.map(({ name }) => name)).toEqual(['docker1']);
  expect(`${vantage.inode}`).toBe(hosts.on('node-1', 'stat -Lc %i /proc/1/ns/net').trim());
  expect(`${vantage.named[0]?.inode}`).toBe(hosts.on('node-1', 'stat -c %i /run/netns/docker1').trim());
});
