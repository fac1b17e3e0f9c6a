import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Machine } from './nodes/driver.ts';

/** Nobody: what runs in a learner's namespace needs no right of the host. */
const NOBODY = '65534';
/** The host's own programs, wherever Debian and Ubuntu keep them; nothing of labd's environment goes along. */
// The cast: Next's types demand NODE_ENV of every environment.
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } as unknown as NodeJS.ProcessEnv;

/** How an observation ended; output is cut at the limit and `stopped` says so. */
export interface Observation {
  code: number | null;
  stdout: Buffer;
  stderr: string;
  stopped?: 'timeout' | 'output';
}

/** The bounds of an observation: wall clock in ms, bytes of standard output. */
export interface Bounds {
  timeoutMs: number;
  maxBytes: number;
}

/** At most this much of what a program complains about, bytes: enough for a reason. */
const STDERR_BYTES = 4096;

/** `argv` as nsenter runs it in a network namespace, as nobody, with these capabilities over it (none by default). */
export function inNamespace(path: string, argv: string[], ...capabilities: ('net_raw' | 'net_admin')[]): string[] {
  if (capabilities.length === 0) {
    return ['nsenter', `--net=${path}`, '--setuid', NOBODY, '--setgid', NOBODY, '--', ...argv];
  }
  const only = ['-all', ...capabilities.map((capability) => `+${capability}`)].join();
  const drop = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', '--no-new-privs', '--bounding-set', only];
  // A ping must not outlive a labd that was killed.
  const rest = ['--inh-caps', only, '--ambient-caps', only, '--pdeathsig', 'KILL'];
  return ['nsenter', `--net=${path}`, '--', 'setpriv', ...drop, ...rest, ...argv];
}

/** How a Perl script of ours is started: from its file on this host, as an argument where there is no such file. */
export function script(path: string, args: string[], machine?: Machine): string[] {
  return machine ? ['perl', '-e', readFileSync(path, 'utf8'), '--', ...args] : ['perl', path, ...args];
}

/** Starts a program of the host, or of a machine, in its own process group, so that ending it ends what it started. */
export function start(argv: string[], machine?: Machine): ChildProcessByStdio<Writable | null, Readable, Readable> {
  const [file = '', ...args] = machine ? machine.kept(argv) : argv;
  const how = { env: ENV, cwd: '/', detached: true };
  if (!machine) return spawn(file, args, { ...how, stdio: ['ignore', 'pipe', 'pipe'] });
  const child = spawn(file, args, { ...how, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // It ended before it was told to.
  return child;
}

/** The same, of a program that is written to. */
export function startFed(argv: string[], machine?: Machine) {
  const [file = '', ...args] = machine ? machine.argv(argv) : argv;
  return spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: ENV, cwd: '/', detached: true });
}

/** Ends a program that start() or startFed() started, and what it started. */
export function end(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself between the check and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Runs a program of the host, or of a machine, to its end, within bounds. A non-zero exit is a result, not a throw. */
export function observe(argv: string[], { timeoutMs, maxBytes }: Bounds, machine?: Machine): Promise<Observation> {
  return new Promise((resolve, reject) => {
    const child = start(argv, machine);
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let stopped: Observation['stopped'];
    const stop = (why: 'timeout' | 'output') => {
      stopped ??= why;
      end(child);
    };
    const timer = setTimeout(() => stop('timeout'), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      if (size + chunk.length > maxBytes) stop('output');
      else chunks.push(chunk);
      size += chunk.length;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_BYTES) stderr += chunk.toString('latin1');
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(chunks), stderr, ...(stopped && { stopped }) });
    });
  });
}
