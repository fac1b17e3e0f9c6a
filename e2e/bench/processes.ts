import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** ms. A server listens within a second; a busy machine takes longer. */
const LISTEN_MS = 20_000;
/** Between two looks at something that is waited for, ms. */
const POLL_MS = 25;
/** Between SIGTERM and SIGKILL, ms. */
const GRACE_MS = 2_000;
/** proc(5): utime and stime count these per second on every Linux that Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Waits until `found` gives something; throws after `ms`. */
export async function until<T>(
  what: string,
  ms: number,
  found: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const end = performance.now() + ms; performance.now() < end; await pause(POLL_MS)) {
    const value = await found();
    if (value !== undefined) return value;
  }
  throw new Error(`${what}: not within ${ms} ms`);
}

function listens(port: number): Promise<true | undefined> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(undefined));
  });
}

/** A server that was started here. */
export interface Started {
  pid: number;
  close(): Promise<void>;
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Starts a server and waits until it listens; what it said is in the error when it does not. */
export async function startServer(port: number, command: string, args: string[]): Promise<Started> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const keep = (chunk: Buffer) => {
    said = (said + chunk).slice(-2_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (error) => keep(Buffer.from(error.message)));
  const { pid } = child;
  try {
    await until(`${command} ${args[0]}`, LISTEN_MS, () => {
      if (pid === undefined || ended(child)) throw new Error('it ended');
      return listens(port);
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${command} does not listen: ${said}`, { cause: error });
  }
  if (pid === undefined) throw new Error(`${command} has no pid`);
  return {
    pid,
    async close() {
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      if (!ended(child)) await new Promise((done) => child.once('exit', done));
      clearTimeout(limit);
    },
  };
}

/** Seconds of processor time that these processes have used, without their children (proc(5), stat 14 and 15). */
export function cpuSeconds(pids: number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** KB of memory that only this process uses (proc(5), smaps_rollup). */
export function privateKb(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].reduce((sum, [, kb]) => sum + Number(kb), 0);
}

/** The TCP ports a process listens on at 127.0.0.1 (proc(5), net/tcp). */
export function listeningPorts(pid: number): number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // Closed meanwhile.
      }
    }),
  );
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && inode && inodes.has(inode) ? [Number.parseInt(local?.split(':')[1] ?? '', 16)] : [];
  });
}
