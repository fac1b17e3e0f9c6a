import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSsh } from './ssh.ts';
import { LAB, openSshTestbed, type SshTestbed, shellOf } from './testssh.ts';

let bed: SshTestbed;
beforeAll(async () => {
  bed = await openSshTestbed();
}, 30_000);
afterEach(() => bed.leave());
afterAll(() => bed.close());

describe('ssh', { timeout: 30_000 }, () => {
  it('opens a terminal of the node, which is on the page as well, and ends with its status', async () => {
    const before = bed.terminalsOf('node-1');
    const shell = await bed.openShell();
    await vi.waitFor(() => expect(shell.screen()).toContain('ready$'));
    const [mine = ''] = bed.terminalsOf('node-1').filter((each) => !before.includes(each));
    expect(bed.ssh.isUsed(bed.ann)).toBe(true);
    let mirror = '';
    const sizes: number[] = [];
    const { attached, view } = await bed.terminals.attach(mine, 0, {
      output: (_offset, bytes) => {
        mirror += bytes.toString();
      },
      resized: ({ cols }) => void sizes.push(cols),
    });
    // It began in the size of every new terminal, and took that of the ssh client where the past says so.
    await vi.waitFor(() => expect([attached.cols, ...sizes].at(-1)).toBe(100));
    shell.channel.write('stty size; echo 你好\r');
    await vi.waitFor(() => expect(shell.screen()).toMatch(/30 100\r\n你好\r\n/));
    shell.channel.setWindow(24, 81, 0, 0);
    shell.channel.setWindow(25, 90, 0, 0);
    await vi.waitFor(async () => expect((await view.resize({ cols: 10, rows: 10 }, false)).cols).toBe(90));
    view.write('stty size; exit 7\r');
    expect(await shell.ended).toBe(7);
    expect(shell.screen()).toMatch(/25 90\r\n/);
    await vi.waitFor(() => expect(mirror).toBe(shell.screen()));
    await vi.waitFor(() => expect(bed.terminalsOf('node-1')).toEqual(before));
    await vi.waitFor(() => expect(bed.ssh.isUsed(bed.ann)).toBe(false));
  });

  it('lets a window on the page take the size, and keeps it', async () => {
    const before = bed.terminalsOf('node-2');
    const shell = await bed.openShell('node-2');
    await vi.waitFor(() => expect(shell.screen()).toContain('ready$'));
    const [mine = ''] = bed.terminalsOf('node-2').filter((each) => !before.includes(each));
    const { view } = await bed.terminals.attach(mine, 0, { output: () => {} });
    expect(await view.resize({ cols: 120, rows: 40 }, true)).toMatchObject({ cols: 120, decides: true });
    shell.channel.setWindow(20, 60, 0, 0);
    shell.channel.write('stty size\r');
    await vi.waitFor(() => expect(shell.screen()).toContain('40 120'));
    shell.close();
    await vi.waitFor(() => expect(bed.terminalsOf('node-2')).toEqual(before));
  });

  it('takes a token once, for its node, within five minutes', async () => {
    const given = await bed.ssh.token('ann', LAB, 'node-1', 'lab.example.edu:3000');
    const { command, token: first, fingerprint, expiresAt } = given;
    // As whoever connects for the first time sees it.
    const seen = await new Promise<Buffer>((resolve) => {
      const stranger = new ssh2.Client().on('error', () => undefined);
      const hostVerifier = (key: Buffer) => {
        resolve(key);
        return false;
      };
      stranger.connect({ host: '127.0.0.1', port: bed.ssh.port, username: 'node-1', hostVerifier });
    });
    expect(fingerprint).toBe(`SHA256:${createHash('sha256').update(seen).digest('base64').slice(0, 43)}`);
    expect(command).toBe(`ssh -p ${bed.ssh.port} node-1@lab.example.edu`);
    expect(first).toMatch(/^[\w-]{22}$/);
    expect(expiresAt).toBe(bed.at.now + 300_000);
    await expect(bed.login(first, 'node-2')).rejects.toThrow();
    (await bed.login(first, 'node-1', 'keyboard')).end();
    await expect(bed.login(first)).rejects.toThrow();
    const replaced = await bed.token();
    const old = await bed.token();
    await expect(bed.login(replaced)).rejects.toThrow();
    bed.at.now += 300_000;
    await expect(bed.login(old)).rejects.toThrow();
    await expect(bed.login('')).rejects.toThrow();
    for (const host of ['[::1]:3000', '-oProxyCommand=x', 'a b', '']) {
      const { command: other } = await bed.ssh.token('ann', LAB, 'node-1', host);
      expect(other).toBe(`ssh -p ${bed.ssh.port} node-1@${host === '[::1]:3000' ? '::1' : 'localhost'}`);
    }
  });

  it('gives tokens for nodes that are there', async () => {
    await expect(bed.ssh.token('ann', LAB, 'node-9', '')).rejects.toMatchObject({ code: 'not-found' });
    await expect(bed.ssh.token('ben', LAB, 'node-1', '')).rejects.toMatchObject({ code: 'not-ready' });
  });

  it('says why there is no terminal, and when it was cut off', async () => {
    const open = [await bed.openShell(), await bed.openShell(), await bed.openShell(), await bed.openShell()];
    await vi.waitFor(() => expect(bed.terminalsOf('node-1')).toHaveLength(5));
    await expect(bed.openShell()).rejects.toThrow();
    for (const shell of open.slice(1)) shell.close();
    await vi.waitFor(() => expect(bed.terminalsOf('node-1')).toHaveLength(2));
    while (bed.terminalsOf('node-1').length < 8) await bed.ann.session.openTerminal('node-1');
    const ninth = await bed.openShell();
    expect(await ninth.ended).toBe(1);
    expect(ninth.screen()).toContain('这个节点上的终端太多了');
    const late = await bed.login(await bed.token());
    await bed.ann.session.reset();
    expect(await open[0]?.ended).not.toBe(0);
    expect(bed.terminalsOf('node-1')).toHaveLength(1);
    await bed.sessions.end(bed.ann, 'ended');
    const last = await shellOf(late);
    expect(await last.ended).toBe(1);
    expect(last.screen()).toContain('节点还没有准备好');
    await bed.sessions.start(bed.ann);
    expect(bed.ann.session.status()).toBe('ready');
  });

  it('keeps its key, for itself alone', async () => {
    const { key, ssh, sessions, guides, terminals, fault } = bed;
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const before = readFileSync(key, 'utf8');
    const taken = { host: '127.0.0.1', port: ssh.port, key, sessions, guides, terminals, now: Date.now, fault };
    await expect(openSsh(taken)).rejects.toMatchObject({ code: 'EADDRINUSE', port: ssh.port });
    expect(readFileSync(key, 'utf8')).toBe(before);
    expect(fault).not.toHaveBeenCalled();
  });
});
