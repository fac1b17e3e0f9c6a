import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { socketPath } from '../env.ts';
import { type Place, placeOf } from '../labd/nodes/place.ts';
import { isAnswered } from '../seam.ts';
import { freePort } from '../testport.ts';

const root = resolve(import.meta.dirname, '../..');
const ENTRIES = { ptyd: 'server/ptyd/index.ts', labd: 'server/labd/index.ts', web: 'server/index.ts' };
/** How long a process may take to answer, ms: on a busy machine node alone takes seconds. */
const ANSWER_MS = 60_000;
const LOOK_MS = 20;

/** One of the product's processes. */
export type Part = keyof typeof ENTRIES;

/** The product's processes over a data directory of their own, as `npm start` has them, but that nobody watches over them. */
export interface Stand {
  readonly data: string;
  readonly place: Place;
  readonly port: number;
  pid(part: Part): number;
  /** The sessions that labd knows, by its files; and what their nodes are called on the host. */
  sessions(): string[];
  nodesOf(session: string): string;
  /** `kill -9`; nothing takes its place before `restore`. Resolves when it is gone. */
  kill(part: Part): Promise<void>;
  /** Starts what is dead, and resolves when it answers. */
  restore(): Promise<void>;
  /** What a part has said so far. */
  said(part: Part): string;
  /** Ends all nodes and processes, as `npm run stop` does, and resolves with what that said; the data goes last. */
  close(): Promise<void>;
}

/** Starts the processes. `more` is added to their environment; `data` is kept by `close` where it is given. */
export async function openStand(more: Record<string, string> = {}, data?: string): Promise<Stand> {
  const directory = data ?? mkdtempSync(join(tmpdir(), 'netloom-faults-'));
  const logs = mkdtempSync(join(tmpdir(), 'netloom-faults-log-'));
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'production',
    PORT: String(port),
    NETLOOM_DATA: directory,
    NETLOOM_IMAGE: resolve(root, process.env.NETLOOM_IMAGE || 'var/image'),
    NETLOOM_LOG: 'warn',
    NETLOOM_POOL: '0',
    ...more,
  };
  const children = new Map<Part, ChildProcess>();
  const sockets = {
    ptyd: { path: socketPath(directory, 'attach') },
    labd: { path: socketPath(directory, 'labd') },
    web: { port, host: '127.0.0.1' },
  };
  /** A web that has prepared itself, as in start.js: what is measured is not how long node takes to load it. */
  let reserve: ChildProcess | undefined;

  function launch(part: Part): ChildProcess {
    const log = openSync(join(logs, part), 'a');
    const stdio = part === 'web' ? (['ignore', log, log, 'ipc'] as const) : (['ignore', log, log] as const);
    return spawn(process.execPath, [join(root, ENTRIES[part])], { cwd: root, env, stdio: [...stdio], detached: true });
  }

  async function begin(part: Part): Promise<void> {
    const child = (part === 'web' ? reserve : undefined) ?? launch(part);
    if (child === reserve) reserve = undefined;
    children.set(part, child);
    // It takes the word when it is prepared.
    if (part === 'web') child.send('go');
    for (const end = performance.now() + ANSWER_MS; !(await isAnswered(sockets[part])); await pause(LOOK_MS)) {
      if (child.exitCode !== null || performance.now() > end)
        throw new Error(`${part} does not answer:\n${said(part)}`);
    }
  }

  function said(part: Part): string {
    try {
      return readFileSync(join(logs, part), 'utf8');
    } catch {
      return ''; // It was never started.
    }
  }

  function lives(part: Part): boolean {
    const child = children.get(part);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async function kill(part: Part): Promise<void> {
    const child = children.get(part);
    if (!child || !lives(part)) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async function restore(): Promise<void> {
    for (const part of ['ptyd', 'labd', 'web'] as const) if (!lives(part)) await begin(part);
    reserve ??= launch('web');
  }

  mkdirSync(directory, { recursive: true });
  const stand: Stand = {
    data: directory,
    place: placeOf(join(directory, 'nodes')),
    port,
    pid: (part) => children.get(part)?.pid ?? 0,
    sessions() {
      const names = readdirSync(join(directory, 'sessions'));
      return names.filter((name) => name.endsWith('.json')).map((name) => name.replace('.json', ''));
    },
    nodesOf(session) {
      try {
        return readlinkSync(join(directory, 'prepared', session));
      } catch {
        return session; // They were not made ahead.
      }
    },
    kill,
    restore,
    said,
    async close() {
      reserve?.kill('SIGKILL');
      for (const part of ['web', 'labd'] as const) await kill(part);
      const stopped = spawn(process.execPath, ['server/cli.ts', 'clear'], { cwd: root, env, stdio: 'ignore' });
      const [code] = await once(stopped, 'exit');
      await kill('ptyd');
      rmSync(logs, { recursive: true, force: true });
      if (data === undefined) rmSync(directory, { recursive: true, force: true });
      if (code !== 0) throw new Error(`lab clear ended with ${code}`);
    },
  };
  await restore().catch(async (error) => {
    await stand.close().catch(() => undefined);
    throw error;
  });
  return stand;
}
