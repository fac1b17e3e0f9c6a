import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { freePort } from '../../server/testport.ts';
import type { Contender } from './contender.ts';
import { startServer } from './processes.ts';

const WETTY = '3.2.0';
/** How often a long installation says that it is still at work, ms. */
const HEARTBEAT_MS = 5_000;

/** Where wetty lies: outside the project, so that it is none of its dependencies. */
function wettyDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'netloom-bench', `wetty-${WETTY}`);
}

/** Installs wetty unless it is there; hands back its program. Says what it does. */
export async function installWetty(say: (line: string) => void): Promise<string> {
  const directory = wettyDirectory();
  const main = join('node_modules', 'wetty', 'build', 'main.js');
  if (existsSync(directory)) return join(directory, main);
  // Under another name until it is whole: what was interrupted is not there.
  const half = `${directory}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const began = performance.now();
  say(`安装 wetty ${WETTY}（用来对比，放在 ${directory}）…`);
  const heartbeat = setInterval(() => {
    say(`  已经 ${Math.round((performance.now() - began) / 1_000)} 秒`);
  }, HEARTBEAT_MS);
  let said = '';
  try {
    const args = ['install', '--prefix', half, '--no-audit', '--no-fund', '--loglevel=error', `wetty@${WETTY}`];
    const code = await new Promise<number | null>((done, failed) => {
      const npm = spawn('npm', args, { cwd: half, stdio: ['ignore', 'ignore', 'pipe'] });
      npm.stderr.on('data', (chunk) => {
        said = (said + chunk).slice(-2_000);
      });
      npm.once('error', failed);
      npm.once('exit', done);
    });
    if (code !== 0 || !existsSync(join(half, main))) throw new Error(`wetty 没有装好（npm 退出码 ${code}）：${said}`);
    renameSync(half, directory);
  } finally {
    clearInterval(heartbeat);
    rmSync(half, { recursive: true, force: true });
  }
  return join(directory, main);
}

/** The program ttyd of the PATH, if there is one. */
export function findTtyd(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((directory) => resolve(directory, 'ttyd'));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false; // Not there, or not to be run.
    }
  });
}

/** A peer that runs `shell` for whoever comes. */
export type Peer = Contender & { close(): Promise<void> };

/** Starts a peer; `program` is wetty's script or ttyd's binary. */
export async function startPeer(
  name: 'wetty' | 'ttyd' | 'floor',
  program: string,
  { shell, target }: { shell: string; target: string },
): Promise<Peer> {
  const port = await freePort();
  const commands = {
    wetty: [process.execPath, program, '--base', '/wetty', '--host', '127.0.0.1', '--port', `${port}`, '-c', shell],
    ttyd: [program, '-W', '-i', '127.0.0.1', '-p', `${port}`, shell],
    floor: [process.execPath, program, `${port}`, shell],
  };
  const [command = '', ...args] = commands[name];
  const { pid, close } = await startServer(port, command, args);
  return { name, access: { kind: name, url: `http://127.0.0.1:${port}`, target }, pids: () => [pid], close };
}
