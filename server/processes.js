// The processes of one data directory: which they are, whether they live, how they start and end. Plain JavaScript, as start.js.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { node, root, SetupProblem } from './setup.js';

/** How long a background process may take until it answers on its socket. */
const ANSWER_WAIT_MS = 10_000;
const POLL_MS = 50;
/** How long a process may take to end when asked. */
const STOP_WAIT_MS = 5_000;

/** Writes a line to whoever started this. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Resolves after a pause, ms. */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The processes: their entry, the file with their number, the socket they answer on. */
export function processes(settings) {
  const run = join(settings.data, 'run');
  return {
    ptyd: { entry: 'server/ptyd/index.ts', socket: join(run, 'attach.sock'), pid: join(run, 'ptyd.pid') },
    labd: { entry: 'server/labd/index.ts', socket: join(run, 'labd.sock'), pid: join(run, 'labd.pid') },
    web: { entry: 'server/index.ts', pid: join(run, 'web.pid') },
    reserve: { entry: 'server/index.ts', pid: join(run, 'reserve.pid') },
    // Two, because in a deployment the new pages are prepared while the old ones serve.
    pages: { entry: 'server/pages.ts', socket: join(run, 'pages.sock'), pid: join(run, 'pages.pid') },
    otherPages: { entry: 'server/pages.ts', socket: join(run, 'pages-2.sock'), pid: join(run, 'pages-2.pid') },
    start: { entry: 'server/start.js', socket: join(run, 'start.sock'), pid: join(run, 'start.pid') },
  };
}

/** Whether somebody answers on a Unix socket. */
export function answers(socket) {
  return new Promise((done) => {
    const attempt = connect(socket);
    attempt.once('connect', () => {
      attempt.destroy();
      done(true);
    });
    attempt.once('error', () => done(false));
  });
}

/** The living process of a pid file, or undefined; a reused number is told by its command line. */
export function livingPid({ pid, entry }) {
  if (!existsSync(pid)) return undefined;
  const number = Number(readFileSync(pid, 'utf8'));
  try {
    const command = readFileSync(`/proc/${number}/cmdline`, 'utf8');
    return command.includes(entry) ? number : undefined;
  } catch {
    return undefined;
  }
}

/** Asks a process to end, and insists after a while. */
export async function end(which, signal = 'SIGTERM') {
  const number = livingPid(which);
  if (!number) return;
  process.kill(number, signal);
  const deadline = Date.now() + STOP_WAIT_MS;
  while (livingPid(which) && Date.now() < deadline) await pause(POLL_MS);
  if (livingPid(which)) process.kill(number, 'SIGKILL');
}

/**
 * How Node runs those that carry terminals. Output passes through in buffers outside of V8's heap; with a young generation
 * of 16 MB (the default) dozens of megabytes of them gather before it looks, and then it marks the whole heap: half of
 * web's processor time under a flood.
 */
export const CARRIER = '--max-semi-space-size=1';

/** Starts a background process that outlives this one; its words go to a log file. */
export async function launch(name, which, settings) {
  mkdirSync(join(settings.data, 'log'), { recursive: true });
  mkdirSync(join(settings.data, 'run'), { recursive: true, mode: 0o700 });
  const log = openSync(join(settings.data, 'log', `${name}.log`), 'a');
  const child = spawn(node, [CARRIER, which.entry], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production' },
  });
  closeSync(log);
  child.unref();
  writeFileSync(which.pid, String(child.pid));
  const deadline = Date.now() + ANSWER_WAIT_MS;
  while (!(await answers(which.socket))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new SetupProblem(`${name} 没有启动成功，原因见 ${join(settings.data, 'log', `${name}.log`)} 的末尾。`);
    }
    await pause(POLL_MS);
  }
  return child;
}
