import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROMPT } from './client.ts';

const run = promisify(execFile);
/** ms. A container is there within a second; a busy machine takes longer. */
const PROMPT_MS = 60_000;
/** ms. An image of 200 MB is read into Docker once. */
const IMPORT_MS = 300_000;
/** The shell a learner has: it prints its prompt to standard error where that is no terminal. */
const SHELL = ['/bin/bash', '-li'];

/** Two containers of the nodes' own image, each with a shell at its prompt: what others would give a learner. */
export interface Containers {
  /** Docker, where a daemon answers; else runc with the configuration it writes itself. */
  kind: 'docker' | 'runc';
  /** Starts both at once; answers how long it was to the second prompt, ms. They are gone afterwards. */
  pair(): Promise<number>;
  close(): Promise<void>;
}

/** Starts a program and waits for a prompt in what it says; answers what ends it. */
async function promptOf(file: string, args: string[], cwd?: string): Promise<() => Promise<void>> {
  const child = spawn(file, args, { cwd, stdio: ['pipe', 'ignore', 'pipe'] });
  const gone = new Promise<void>((done) => void child.once('exit', () => done()));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${file} has no prompt: ${said.slice(-500)}`)), PROMPT_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${said.slice(-500)}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (!said.includes(PROMPT)) return;
      clearTimeout(limit);
      resolve();
    });
  });
  return async () => {
    child.stdin.end('exit\n');
    await gone;
  };
}

/** Two of something at once, and how long that was; ends them. */
async function two(open: (index: number) => Promise<() => Promise<void>>): Promise<number> {
  const began = performance.now();
  const ends = await Promise.all([0, 1].map(open));
  const took = performance.now() - began;
  await Promise.all(ends.map((end) => end()));
  return took;
}

async function openDocker(rootfs: string): Promise<Containers> {
  const image = `netloom-bench:${process.pid}`;
  const pack = spawn('tar', ['-C', rootfs, '-c', '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const load = spawn('docker', ['import', '-', image], {
    stdio: [pack.stdout, 'ignore', 'inherit'],
    timeout: IMPORT_MS,
  });
  const code = await new Promise((done) => load.once('exit', done));
  if (code !== 0) throw new Error(`docker import ended with ${code}`);
  const args = ['run', '--rm', '--interactive', '--env', 'HOME=/root', '--workdir', '/root', image, ...SHELL];
  return {
    kind: 'docker',
    pair: () => two(() => promptOf('docker', args)),
    close: async () => void (await run('docker', ['image', 'rm', '--force', image])),
  };
}

/** runc's own configuration (`runc spec`), a read-only root and a loopback, but for the shell and that it has no terminal. */
async function openRunc(rootfs: string): Promise<Containers> {
  const directory = mkdtempSync(join(tmpdir(), 'netloom-runc-'));
  const state = join(directory, 'state');
  const bundles = [0, 1].map((index) => join(directory, String(index)));
  for (const bundle of bundles) {
    mkdirSync(bundle);
    await run('runc', ['spec', '--bundle', bundle]);
    const file = join(bundle, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    config.root.path = rootfs;
    Object.assign(config.process, { terminal: false, args: SHELL, cwd: '/root' });
    config.process.env.push('HOME=/root');
    writeFileSync(file, JSON.stringify(config));
  }
  return {
    kind: 'runc',
    pair: () =>
      two((index) => {
        const name = `bench-${process.pid}-${index}`;
        return promptOf('runc', ['--root', state, 'run', '--bundle', bundles[index] ?? '', name]);
      }),
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Opens whichever there is. */
export async function openContainers(image: string): Promise<Containers> {
  const rootfs = realpathSync(join(image, 'current'));
  const hasDocker = await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 10_000 }).then(
    ({ stdout }) => stdout.trim() !== '',
    () => false,
  );
  return hasDocker ? openDocker(rootfs) : openRunc(rootfs);
}
