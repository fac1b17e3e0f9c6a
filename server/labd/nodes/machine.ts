import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAnswered } from '../../seam.ts';
import { framed } from '../netlink.ts';
import { script } from '../observe.ts';
import { runCommand } from './command.ts';
import type { ExecResult, Limits, Machine, PtyCommand, Vantage } from './driver.ts';
import { createLookout } from './lookout.ts';
import { ENVIRONMENT } from './oci.ts';
import { CONNECT_SECONDS, optionsOf, type Reach, wordsOf } from './reach.ts';
import { removeEmpty } from './remains.ts';

const RUNNER = join(import.meta.dirname, 'runner.pl');
/** Seconds for ssh's own start and end, beside the connecting. */
const CONNECT_MARGIN = 5;
/** A connection that was just lost may still have seemed to be there. */
const EXEC_TRIES = 2;
/** Seconds by which the machine ends a command later than labd does: it is for when labd cannot say so any more. */
const PATIENCE = 5;
/** ms. Ending everything that a command started; the machine's own time for it is 15 s, which an emulated one may need. */
const SWEEP_TIMEOUT = 25_000;
/** Bytes: the lines that runner.pl puts around a command's standard error, and what ssh may say before. */
const FRAME_BYTES = 2_048;
/** Bytes, of an explanation. */
const MESSAGE_BYTES = 4_096;
/** What programs of labd's have there; the same as on this host, see observe.ts. */
const OBSERVERS = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** A machine that the OpenSSH client keeps a connection to. */
export interface SshMachine extends Machine {
  /** Connects, if that is not so already; rejects with what is wrong, for people. */
  open(): Promise<void>;
  /** Runs a command as root, bounded as NodeDriver.exec is. */
  exec(argv: string[], limits: Limits, stdin?: string, environment?: Record<string, string>): Promise<ExecResult>;
  /** What ptyd is to spawn so that a program has the caller's pty there. */
  shell(argv: string[], environment: Record<string, string>): PtyCommand;
  /** Ends everything there whose environment has this line, NAME=VALUE. */
  sweep(line: string): Promise<void>;
  /** What is to be seen there: of everything, or of what the init of this pid sees. */
  vantage(init?: number): Promise<Vantage>;
  /** Ends the connection and all that goes over it. */
  close(): Promise<void>;
}

/**
 * A machine reached by `ssh`. A connection of its own process is kept up (ControlMaster), over which programs start within
 * tens of ms; it outlives labd, and with it the shells. Where it is lost, or carries no more (MaxSessions of sshd_config(5)), ssh
 * connects anew by itself. Sockets are kept in the directory, which must be short (108 bytes in all, unix(7)).
 */
export function createMachine(directory: string, reach: Reach): SshMachine {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const socket = join(directory, reach.name);
  const knownHosts = join(directory, `${reach.name}.known`);
  writeFileSync(knownHosts, `${reach.name} ${reach.hostKey}\n`, { mode: 0o600 });
  const common = optionsOf(reach, knownHosts);
  const proxy = reach.proxy ? ['-o', `ProxyCommand=${reach.proxy}`] : [];
  const beside = reach.single ? ['-o', 'ProxyCommand=false'] : proxy;
  const destination = ['--', reach.host];
  let opening: Promise<void> | undefined;

  /** The argv of an ssh that runs a program there, as root, with nothing but this environment. */
  function client(program: string[], environment: Record<string, string>, ...options: string[]): string[] {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const root = reach.user === 'root' ? [] : ['sudo', '-n'];
    const command = ['exec', ...[...root, 'env', '-i', '-C', '/', ...variables, ...program].map(quote)].join(' ');
    return ['ssh', ...options, ...common, ...beside, '-S', socket, ...destination, command];
  }

  async function connectAnew(): Promise<void> {
    rmSync(socket, { force: true });
    // -f: it ends when the connection is there, and leaves its child to keep it up.
    const args = ['-f', '-N', '-T', '-M', ...common, ...proxy, '-S', socket, '-o', 'ControlPersist=no', ...destination];
    const { code, stderr, stopped } = await runCommand('ssh', args, {
      timeoutMs: ((reach.connectSeconds ?? CONNECT_SECONDS) + CONNECT_MARGIN) * 1_000,
      maxBytes: MESSAGE_BYTES,
    });
    if (code !== 0) throw new Error(wordsOf(reach, stopped ? 'timed out' : stderr.toString()), { cause: `${stderr}` });
  }

  async function open(): Promise<void> {
    if (await isAnswered({ path: socket })) return;
    opening ??= connectAnew().finally(() => {
      opening = undefined;
    });
    await opening;
  }

  const runner = (...args: string[]) => ['perl', '-e', readFileSync(RUNNER, 'utf8'), '--', ...args];
  const quiet = ['-T', '-o', 'LogLevel=ERROR'];

  async function sweep(line: string): Promise<void> {
    const [file = '', ...args] = client(runner('sweep', line), OBSERVERS, ...quiet);
    const { code, stderr } = await runCommand(file, args, { timeoutMs: SWEEP_TIMEOUT, maxBytes: MESSAGE_BYTES });
    if (code !== 0) throw new Error(`${reach.host} 上的进程无法结束`, { cause: stderr.toString() });
  }

  const machine: Machine = {
    argv: (program) => client(program, OBSERVERS, ...quiet),
    kept: (program) => client(runner('keep', ...program), OBSERVERS, ...quiet),
  };
  const lookout = createLookout((path) => machine.argv(script(path, [], machine)));

  return {
    ...machine,
    open,

    async exec(argv, { timeoutMs, maxBytes }, stdin = '', environment = {}) {
      const mark = randomUUID();
      const variables = { ...ENVIRONMENT, TERM: 'dumb', ...environment, NETLOOM_EXEC: mark };
      const job = [`${Math.ceil(timeoutMs / 1_000) + PATIENCE}`, ...assignments(variables), '', ...argv];
      if (job.some((field) => field.includes('\0'))) throw new Error('a command cannot contain NUL');
      const [file = '', ...args] = client(runner('run', mark), { ...OBSERVERS, NETLOOM_EXEC: mark }, ...quiet);
      for (let tries = EXEC_TRIES; ; tries -= 1) {
        await open();
        const ended = await runCommand(file, args, {
          timeoutMs,
          maxBytes: maxBytes + FRAME_BYTES,
          input: Buffer.concat([framed(job.join('\0')), Buffer.from(stdin)]),
          onStop: () => sweep(`NETLOOM_EXEC=${mark}`),
        });
        const result = unframed(ended, mark, maxBytes);
        if (result) return result;
        // What has begun says so; what has not may begin again.
        const hasBegun = ended.stopped !== undefined || ended.stderr.includes(mark);
        if (hasBegun || tries === 1) throw new Error(wordsOf(reach, `${ended.stderr}`), { cause: `${ended.stderr}` });
      }
    },

    shell(argv, environment) {
      const terminal = { ...ENVIRONMENT, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...environment };
      // -q: what ssh has to say is not the learner's concern, and would stand on the screen.
      const [file = '', ...args] = client(['env', '-C', ENVIRONMENT.HOME, ...argv], terminal, '-tt', '-q');
      return { file, args, env: { PATH: ENVIRONMENT.PATH, TERM: terminal.TERM } };
    },

    sweep,

    async vantage(init = 1) {
      await open();
      const { inode, named } = await lookout.look(init);
      const there = (name: string) => `${init === 1 ? '' : `/proc/${init}/root`}/run/netns/${name}`;
      return {
        machine,
        own: `/proc/${init}/ns/net`,
        inode,
        named: named.map((found) => ({ ...found, path: there(found.name) })),
        root: init === 1 ? '/' : `/proc/${init}/root`,
        mounts: `/proc/${init}/mountinfo`,
        // Nothing is held open: whose names these are is root of that kernel anyway, and could only mislead himself.
        close() {},
      };
    },

    async close() {
      lookout.close();
      await opening?.catch(() => undefined);
      if (await isAnswered({ path: socket })) {
        const child = spawn('ssh', ['-q', ...common, ...proxy, '-S', socket, '-O', 'exit', ...destination], {
          stdio: 'ignore',
        });
        await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
      }
      for (const path of [socket, knownHosts]) rmSync(path, { force: true });
      removeEmpty(directory);
    },
  };
}

/** A word for a shell, whatever is in it. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function assignments(environment: Record<string, string>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

/** What the command itself said and how it ended; nothing when it was not begun, or its end was not heard of. */
function unframed(
  { stdout, stderr, stopped }: Awaited<ReturnType<typeof runCommand>>,
  mark: string,
  maxBytes: number,
): ExecResult | undefined {
  const whole = stderr.toString('latin1');
  const begun = whole.indexOf(`${mark}\n`);
  const from = begun < 0 ? stderr.length : begun + mark.length + 1;
  const end = whole.lastIndexOf(`\n${mark} `);
  const said = stderr.subarray(from, end < from ? undefined : end);
  const isFull = stdout.length + said.length > maxBytes;
  const output = { stdout: cut(stdout, maxBytes), stderr: cut(said, Math.max(0, maxBytes - stdout.length)) };
  if (stopped || isFull) return { ...output, code: null, stopped: stopped ?? 'output' };
  const code = /^\d+/.exec(whole.slice(end + mark.length + 2))?.[0];
  return begun < 0 || end < 0 || code === undefined ? undefined : { ...output, code: Number(code) };
}

function cut(bytes: Buffer, most: number): string {
  return bytes.subarray(0, most).toString();
}
