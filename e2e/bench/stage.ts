import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { socketPath } from '../../server/env.ts';
import type { Labd } from '../../server/labd/contract.ts';
import { connectSeam } from '../../server/seam.ts';
import { freePort } from '../../server/testport.ts';
import { until } from './processes.ts';

/** ms. Each is there within a second; a busy machine takes longer. */
const START_MS = 30_000;
/** ms. Two hundred sessions are removed one after the other. */
const CLEAR_MS = 300_000;
const root = resolve(import.meta.dirname, '../..');

/** The processes of the product over a data directory of its own, without pages and browser: what nodes need. */
export interface Stage {
  /** Where web listens; nobody does without it. */
  address: string;
  data: string;
  labd: Labd;
  close(): Promise<void>;
}

function answers(path: string): Promise<true | undefined> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(undefined));
  });
}

/** Starts ptyd and labd, and web unless sessions are to be made without it, which would remove what it does not know. */
export async function openStage(image: string, withWeb: boolean, more: Record<string, string>): Promise<Stage> {
  const data = mkdtempSync(join(tmpdir(), 'netloom-stage-'));
  const port = await freePort();
  const settings = { PORT: String(port), NETLOOM_DATA: data, NETLOOM_IMAGE: image, NETLOOM_LOG: 'warn', ...more };
  const env = { ...process.env, NODE_ENV: 'production' as const, ...settings };
  const children: ChildProcess[] = [];
  const run = (...args: string[]) =>
    spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const start = (entry: string) => void children.push(run('--max-semi-space-size=1', entry));
  const ended = (child: ChildProcess) =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise<void>((done) => void child.once('exit', () => done()));
  async function clear(): Promise<void> {
    const [ptyd, ...others] = children;
    for (const child of others) child.kill('SIGTERM');
    await Promise.all(others.map(ended));
    const sweep = run('server/cli.ts', 'clear');
    const limit = setTimeout(() => sweep.kill('SIGKILL'), CLEAR_MS);
    await ended(sweep);
    clearTimeout(limit);
    ptyd?.kill('SIGTERM');
    if (ptyd) await ended(ptyd);
    rmSync(data, { recursive: true, force: true });
  }
  try {
    start('server/ptyd/index.ts');
    await until('ptyd', START_MS, () => answers(socketPath(data, 'control')));
    start('server/labd/index.ts');
    await until('labd', START_MS, () => answers(socketPath(data, 'labd')));
    const address = `http://127.0.0.1:${port}`;
    if (withWeb) {
      start('server/index.ts');
      await until('web', START_MS, () =>
        fetch(`${address}/healthz`).then(
          () => true as const,
          () => undefined,
        ),
      );
    }
    const labd = connectSeam<Labd, object>({
      path: socketPath(data, 'labd'),
      functions: { progress: () => undefined, changed: () => undefined },
    });
    return {
      address,
      data,
      labd: labd.remote,
      async close() {
        labd.close();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}
