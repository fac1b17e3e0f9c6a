import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ClientChannel, type PseudoTtyOptions } from 'ssh2';
import { expect, type Mock, vi } from 'vitest';
import { socketPath } from './env.ts';
import { createGuides, type Guides } from './guides.ts';
import type { Control } from './ptyd/contract.ts';
import { createScreens } from './screen.ts';
import { connectSeam } from './seam.ts';
import { createSessions, type Owned, type Sessions } from './sessions.ts';
import { openSsh, type Ssh } from './ssh.ts';
import { openStore } from './store/store.ts';
import { connectTerminals, type Terminals } from './terminals.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';

/** The lab of these tests, of which ann has nodes: they are fake, their shells are the host's, held by a real ptyd. */
export const LAB = 'test';

/** What ssh2's client does not let one say or do. */
export interface Inside {
  _protocol: { session(channel: number, window: number, packet: number): void };
  _sock: Socket;
}

/** A shell at the other end of ssh. */
export interface Shell {
  channel: ClientChannel;
  screen(): string;
  /** Exit status, once it has ended. */
  ended: Promise<number | null>;
  close(): void;
}

/** An ssh server with everything it needs, and a learner who uses it. */
export interface SshTestbed {
  ssh: Ssh;
  sessions: Sessions;
  guides: Guides;
  terminals: Terminals;
  ann: Owned;
  /** What the clock says. */
  at: { now: number };
  /** Where the server's key is. */
  key: string;
  fault: Mock<(error: unknown, what: string) => void>;
  /** Ann's terminals on a node. */
  terminalsOf(node: string): string[];
  token(node?: string): Promise<string>;
  /** A client that leave() ends. */
  newClient(): ssh2.Client;
  /** Logs in; rejects when it is refused. */
  login(password: string, username?: string, how?: 'password' | 'keyboard'): Promise<ssh2.Client>;
  openShell(node?: string): Promise<Shell>;
  /** Ends every client, and waits until nobody is logged in. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/** Asks for a shell; rejects when it is refused. */
export function shellOf(client: ssh2.Client, pty: PseudoTtyOptions | false = { cols: 100, rows: 30 }): Promise<Shell> {
  return new Promise((resolve, reject) => {
    client.shell(pty, (error, channel) => {
      if (error) return reject(error);
      // Now: the end may come in the same packet.
      let screen = '';
      channel.on('data', (bytes: Buffer) => {
        screen += bytes.toString();
      });
      const ended = new Promise<number | null>((tell) => {
        let status: number | null = null;
        channel.once('exit', (code: number | null) => {
          status = code;
        });
        channel.once('close', () => tell(status));
      });
      resolve({ channel, screen: () => screen, ended, close: () => client.end() });
    });
  });
}

function launchPtyd(data: string): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'ptyd/index.ts')], {
    env: { ...process.env, NETLOOM_DATA: data, NETLOOM_LOG: 'error' },
    stdio: 'inherit',
  });
}

/** Opens a testbed of its own. */
export async function openSshTestbed(): Promise<SshTestbed> {
  const data = mkdtempSync(join(tmpdir(), 'netloom-ssh-'));
  const key = join(data, 'ssh', 'host_key');
  const at = { now: 1_000_000 };
  const fault = vi.fn<(error: unknown, what: string) => void>();
  const clients: ssh2.Client[] = [];
  const ptyd = launchPtyd(data);
  const control = connectSeam<Control, object>({ path: socketPath(data, 'control'), functions: {} });
  const store = await openStore(':memory:');
  for (const person of ['ann', 'ben']) await store.people.create(person, person, 0);
  const env = { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', PS1: 'ready$ ' };
  const command = { file: 'bash', args: ['--norc', '--noprofile'], env };
  const sessions = createSessions({
    store,
    labd: {
      ...createFakeLabd(),
      openTerminal: (session, node, terminal, size) => control.remote.open(terminal, command, size, { session, node }),
      closeTerminal: (terminal) => control.remote.close(terminal),
    },
    source: () => createTestLab().source,
    sessionsMax: 2,
    idleMs: 60_000,
    now: () => at.now,
    changed: () => {},
    passed: () => {},
    fault,
  });
  const terminals = connectTerminals({
    path: socketPath(data, 'attach'),
    screens: createScreens(fault),
    mark: () => {},
    ended: (terminal) => sessions.byTerminal(terminal)?.session.terminalEnded(terminal),
    returned: () => {},
  });
  const guides = createGuides(store);
  const ssh = await openSsh({ host: '127.0.0.1', port: 0, key, sessions, guides, terminals, now: () => at.now, fault });
  const ann = await sessions.of('ann', LAB);
  await vi.waitFor(() => expect(control.connected()).toBe(true), 10_000);
  await sessions.start(ann);
  expect(ann.session.status()).toBe('ready');

  const testbed: SshTestbed = {
    ssh,
    sessions,
    guides,
    terminals,
    ann,
    at,
    key,
    fault,
    terminalsOf: (node) => ann.session.terminals().filter((each) => ann.session.nodeOf(each) === node),
    token: async (node = 'node-1') => (await ssh.token('ann', LAB, node, '127.0.0.1:3000')).token,
    newClient() {
      const client = new ssh2.Client();
      clients.push(client);
      return client;
    },
    login(password, username = 'node-1', how = 'password') {
      const client = testbed.newClient();
      return new Promise((resolve, reject) => {
        client.once('ready', () => resolve(client));
        client.on('error', reject);
        client.once('close', () => reject(new Error('closed')));
        client.on('keyboard-interactive', (_name, _instructions, _language, _prompts, answer) => answer([password]));
        const given = how === 'password' ? { password } : { tryKeyboard: true };
        client.connect({ host: '127.0.0.1', port: ssh.port, username, ...given });
      });
    },
    openShell: async (node = 'node-1') => shellOf(await testbed.login(await testbed.token(node), node)),
    async leave() {
      for (const client of clients.splice(0)) client.destroy();
      await vi.waitFor(() => expect(ssh.isUsed(ann)).toBe(false));
    },
    async close() {
      await ssh.close();
      await ann.session.end('ended');
      sessions.close();
      terminals.close();
      control.close();
      await store.close();
      const exit = once(ptyd, 'exit');
      ptyd.kill('SIGTERM');
      await exit;
      rmSync(data, { recursive: true, force: true });
    },
  };
  return testbed;
}
