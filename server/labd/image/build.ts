import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { INSTALLABLE, PATHS, PREINSTALLED } from './packages.ts';
import { makeRepository } from './repository.ts';
import { sourcesFor } from './sources.ts';

/** ms. A far mirror and a slow disk; beyond this the network is gone. */
const BUILD_TIMEOUT = 20 * 60_000;
/** Lines of mmdebstrap kept to explain a failure. */
const TAIL_LINES = 15;

const RECIPE = import.meta.dirname;
const DEFAULT_SUITE = 'bookworm';
/** Lets a suite with merged /usr start merged, which saves usrmerge and with it all of perl. */
const MERGED_USR = '/usr/share/mmdebstrap/hooks/merged-usr';

/** man-db would index every page at each install; `man` finds its pages without. */
const QUIET_HOOK = [
  'rm -f "$1"/var/lib/man-db/auto-update',
  'printf "%s\\n" "man-db man-db/auto-update boolean false" "debconf debconf/frontend select Noninteractive" | chroot "$1" debconf-set-selections',
].join('; ');
/** Leaves in apt's cache what the local repository is to hold, and nothing else. */
const DOWNLOAD_HOOK = [
  'rm -f "$1"/var/cache/apt/archives/*.deb',
  `APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -qq --yes --download-only install ${INSTALLABLE.join(' ')}`,
].join('; ');

/** What mmdebstrap says when it enters a stage, and what people read. */
const STAGES: [pattern: RegExp, words: string][] = [
  [/running apt-get update/, '读取软件源'],
  [/downloading packages/, '下载基本系统'],
  [/extracting archives/, '解开基本系统'],
  [/installing essential packages/, '配置基本系统'],
  [/installing remaining packages/, '安装网络工具'],
  [/running --customize-hook/, '准备节点内的软件仓库'],
];

/** What an image is made of and where. */
export interface ImageOptions {
  /** Holds one directory per version and the link `current` to the newest. */
  directory: string;
  suite?: string | undefined;
  /** An archive to take the packages from; without it, this machine's own apt sources. */
  mirror?: string | undefined;
  /** Receives one line per stage, for people. */
  progress?: (line: string) => void;
}

/** Makes the root file system that nodes run from, unless it is there already, and returns its path. */
export async function buildImage({
  directory,
  suite = DEFAULT_SUITE,
  mirror,
  progress = () => {},
}: ImageOptions): Promise<string> {
  const version = await versionOf(suite, mirror);
  const target = join(directory, version);
  if (!existsSync(target)) {
    const start = performance.now();
    const say = (words: string) =>
      progress(`节点镜像：${words}（${((performance.now() - start) / 1000).toFixed(1)} 秒）`);
    await mkdir(directory, { recursive: true });
    // In the same directory, so that the rename is atomic; named by process, so that two builders do not meet.
    const draft = join(await realpath(directory), `.draft-${process.pid}`);
    try {
      await bootstrap(draft, suite, await sourcesFor(suite, mirror), say);
      await furnish(draft, suite);
      await rename(draft, target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another builder was first.
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    say('完成');
  }
  await publish(directory, version);
  return target;
}

/** A name that changes when anything the image is made from changes. */
async function versionOf(suite: string, mirror: string | undefined): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([suite, mirror || null, process.arch]));
  const entries = await readdir(RECIPE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'));
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(`\0${path.slice(RECIPE.length)}\0`).update(await readFile(path));
  }
  return `${suite}-${hash.digest('hex').slice(0, 16)}`;
}

async function bootstrap(target: string, suite: string, sources: string[], say: (words: string) => void) {
  const merged = suite === 'bookworm' && existsSync(MERGED_USR);
  const include = merged ? ['usr-is-merged', ...PREINSTALLED] : PREINSTALLED;
  const args = ['--mode=root', '--variant=minbase', '--format=directory', `--include=${include.join(',')}`];
  if (merged) args.push(`--hook-dir=${MERGED_USR}`);
  for (const option of ['APT::Sandbox::User "root"', 'Acquire::Languages "none"']) args.push(`--aptopt=${option}`);
  for (const pattern of PATHS) args.push(`--dpkgopt=${pattern}`);
  args.push(`--essential-hook=${QUIET_HOOK}`, `--customize-hook=${DOWNLOAD_HOOK}`);
  // Kept: the packages of the local repository, which makeRepository moves.
  args.push('--skip=cleanup/apt/cache', suite, target, ...sources);

  const child = spawn('mmdebstrap', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: BUILD_TIMEOUT });
  const tail: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    const stage = STAGES.find(([pattern]) => pattern.test(line));
    if (stage) say(stage[1]);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`mmdebstrap failed (${code ?? 'stopped'}):\n${tail.join('\n')}`);
}

/** What makes a bare system a lab node: its shell, its editor, its package source. */
async function furnish(rootfs: string, suite: string): Promise<void> {
  await cp(join(RECIPE, 'files'), rootfs, { recursive: true });
  await makeRepository(rootfs, suite);
  // "delaying package configuration, since apt-utils is not installed": nothing here asks questions.
  await rm(join(rootfs, 'etc/apt/apt.conf.d/70debconf'), { force: true });
  // What kept documentation out while building must not keep `man brctl` out of a node.
  for (const file of ['etc/apt/apt.conf.d/99mmdebstrap', 'etc/dpkg/dpkg.cfg.d/99mmdebstrap', 'etc/resolv.conf']) {
    await rm(join(rootfs, file), { force: true });
  }
  await rm(join(rootfs, 'var/cache/apt'), { recursive: true, force: true });
  await mkdir(join(rootfs, 'var/cache/apt/archives/partial'), { recursive: true });
  await writeFile(join(rootfs, 'etc/hostname'), 'node\n');
}

/** Points `current` at a version and removes the versions that nothing runs from any more. */
async function publish(directory: string, version: string): Promise<void> {
  const current = join(directory, 'current');
  const previous = await readlink(current).catch(() => null);
  if (previous !== version) {
    const link = join(directory, `.current-${process.pid}`);
    await rm(link, { force: true });
    await symlink(version, link);
    await rename(link, current);
  }
  // A running session holds its version by a mount whose root field names it; names are hashes, so nothing else does.
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const draft = /^\.draft-(\d+)$/.exec(name)?.[1];
    if (draft && !existsSync(`/proc/${draft}`)) await rm(path, { recursive: true, force: true }); // It was killed.
    const old = /^[a-z]+-[0-9a-f]{16}$/.test(name) && name !== version;
    if (old && !mounts.includes(name) && (await lstat(path)).isDirectory()) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { directory: { type: 'string' }, suite: { type: 'string' }, mirror: { type: 'string' } },
  });
  if (!values.directory) {
    console.error('用法：build.ts --directory 目录 [--suite 发行版代号] [--mirror 镜像地址]');
    process.exit(2);
  }
  const { directory, suite, mirror } = values;
  console.log(await buildImage({ directory, suite, mirror, progress: console.log }));
}
