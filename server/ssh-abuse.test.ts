import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Inside, openSshTestbed, type SshTestbed, shellOf } from './testssh.ts';

let bed: SshTestbed;
beforeAll(async () => {
  bed = await openSshTestbed();
}, 30_000);
afterEach(() => bed.leave());
afterAll(() => bed.close());

describe('ssh, with people who mean no good', { timeout: 30_000 }, () => {
  it('ends a connection after three wrong tokens', async () => {
    const client = bed.newClient();
    const good = await bed.token();
    const passwords = ['wrong', 'wrong', 'wrong', good];
    const ready = vi.fn();
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.on('error', () => {});
    client.on('ready', ready);
    client.connect({
      host: '127.0.0.1',
      port: bed.ssh.port,
      username: 'node-1',
      authHandler: (_left, _partial, next) => {
        next({ type: 'password', username: 'node-1', password: passwords.shift() ?? '' });
      },
    });
    await closed;
    expect(ready).not.toHaveBeenCalled();
    (await bed.login(good)).end();
  });

  it('refuses everything that is no shell with a terminal', async () => {
    const client = await bed.login(await bed.token());
    const refused = (ask: (done: (error?: Error) => void) => void) =>
      new Promise<boolean>((resolve) => ask((error) => resolve(error !== undefined)));
    expect(await refused((done) => client.exec('id', done))).toBe(true);
    await expect(bed.login(await bed.token()).then((other) => shellOf(other, false))).rejects.toThrow();
    const other = await bed.login(await bed.token());
    expect(await refused((done) => other.sftp(done))).toBe(true);
    expect(await refused((done) => other.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, done))).toBe(true);
    expect(await refused((done) => other.forwardIn('127.0.0.1', 0, done))).toBe(true);
    expect(await refused((done) => other.subsys('netconf', done))).toBe(true);
  });

  it('loses nothing of a flood, and waits for a slow line', async () => {
    const shell = await bed.openShell();
    await vi.waitFor(() => expect(shell.screen()).toContain('ready$'));
    shell.channel.pause();
    shell.channel.write('seq 1 199999; echo do""ne\r');
    await new Promise((resolve) => setImmediate(resolve));
    shell.channel.resume();
    await vi.waitFor(() => expect(shell.screen()).toContain('done'), 20_000);
    const numbers = shell
      .screen()
      .split('\r\n')
      .filter((line) => /^\d{6}$/.test(line));
    expect(numbers).toEqual(Array.from({ length: 100_000 }, (_, index) => `${index + 100_000}`));
    shell.close();
  });

  it('holds a shell whose output the line does not take, whatever window the other side claims', async () => {
    const client = await bed.login(await bed.token());
    const { _protocol: protocol, _sock: socket } = client as ssh2.Client & Inside;
    const session = protocol.session.bind(protocol);
    protocol.session = (channel, _window, packet) => session(channel, 0xffff_ffff, packet);
    const shell = await shellOf(client);
    shell.channel.write('echo pid $$; exec yes\r');
    const pid = await vi.waitFor(() => {
      const found = /\npid (\d+)\r\n/.exec(shell.screen().replaceAll('\x1b[?2004l\r', '\n'))?.[1];
      if (!found || !readFileSync(`/proc/${found}/cmdline`, 'utf8').startsWith('yes')) throw new Error('not yet');
      return found;
    });
    socket.pause();
    const written = () => Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
    const readings: number[] = [];
    const isHeld = () => {
      readings.push(written());
      expect(readings.slice(-4)).toEqual(Array(4).fill(readings.at(-1)));
    };
    await vi.waitFor(isHeld, { timeout: 10_000, interval: 250 });
    // The kernel's buffers of both sockets, and what may wait in web and ptyd.
    expect(written()).toBeLessThan(24_000_000);
    socket.resume();
    await vi.waitFor(() => expect(written()).toBeGreaterThan((readings.at(-1) ?? 0) + 1_000_000), 10_000);
    shell.channel.write('\x03');
    await shell.ended;
  });

  it('is not disturbed by strangers', async () => {
    for (const bytes of ['', '\0'.repeat(100_000), 'SSH-2.0-x\r\n', `SSH-2.0-x\r\n${'\xff'.repeat(70_000)}`]) {
      const stranger = connect(bed.ssh.port, '127.0.0.1');
      stranger.on('error', () => {});
      await new Promise<void>((resolve) => stranger.end(bytes, resolve));
    }
    const shell = await bed.openShell();
    await vi.waitFor(() => expect(shell.screen()).toContain('ready$'));
    shell.close();
  });

  it('ends a channel whose packets would be empty for ever', async () => {
    const client = await bed.login(await bed.token());
    const { _protocol: protocol } = client as ssh2.Client & Inside;
    const session = protocol.session.bind(protocol);
    protocol.session = (channel, window) => session(channel, window, 0);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    shellOf(client).catch(() => {});
    await closed;
  });
});
