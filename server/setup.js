// Sets up what is missing, with progress. Plain JavaScript on the system's Node (18 or later), no dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { basics, kernelFeatures, missingPackages, RUN_PACKAGES, TEST_PACKAGES, VM_PACKAGES } from './machine.js';

/** The project's own folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** Node 24, as the npm package `node` brings it. */
export const node = join(root, 'node_modules/.bin/node');

/** How many lines of a failed step's output are worth showing. */
const TAIL_LINES = 25;
/** How often a long step says that it is still at work. */
const HEARTBEAT_MS = 10_000;

/** How long a page may stay open over deployments and still find all of its scripts. */
const SCRIPTS_KEPT_MS = 7 * 24 * 60 * 60 * 1_000;

/** What is shorter than this fits into the first packet as it is. */
const COMPRESSED_MIN_BYTES = 1_024;
/** The highest takes ten times as long for a twentieth less. */
const BROTLI_QUALITY = 9;

/** What the site is built from, besides the pinned packages. */
const SITE_INPUTS = ['app', 'public', 'content', 'server', 'next.config.js', 'tsconfig.json', 'package-lock.json'];

/** A step that cannot be done; its message says what to do, in Chinese. */
export class SetupProblem extends Error {}

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a step with its output kept back; shows it only when the step fails. */
function step(title, command, args, options = {}) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} 秒`;
  if (!options.echo) say(`▸ ${title}…`);
  return new Promise((done, failed) => {
    const tail = [];
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const heartbeat = setInterval(() => say(`  ${title}：已经 ${seconds()}`), HEARTBEAT_MS);
    const take = (chunk) => {
      for (const line of String(chunk).split('\n')) {
        if (line.trim() === '') continue;
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        // A step that tells its own progress does so only when there is something to do.
        if (options.echo?.test(line)) say(`  ${line}`);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      clearInterval(heartbeat);
      failed(new SetupProblem(`${title}没有成功：${error.message}`));
    });
    child.on('close', (code) => {
      clearInterval(heartbeat);
      if (code === 0) {
        if (!options.echo) say(`✓ ${title}（${seconds()}）`);
        done();
      } else {
        failed(new SetupProblem(`${title}没有成功，最后的输出是：\n${tail.map((line) => `    ${line}`).join('\n')}`));
      }
    });
  });
}

function firstProblem(lines) {
  const bad = lines.find((line) => !line.ok);
  if (bad) throw new SetupProblem(bad.remedy);
}

async function installPackages(packages) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new SetupProblem(`缺少 ${missing.join('、')}，而这里没有 apt-get：请用系统的软件包管理器装好它们再试。`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await step('更新软件包目录', 'apt-get', ['-qq', 'update'], { env });
  // The tests start sshd themselves, in namespaces: this machine is not to let anybody in because of them.
  const isOpening = missing.includes('openssh-server') && existsSync('/run/systemd/system');
  const units = (...verb) => isOpening && spawnSync('systemctl', [...verb, 'ssh.service', 'ssh.socket']);
  units('mask');
  try {
    await step(
      `安装软件包 ${missing.join(' ')}`,
      'apt-get',
      ['-qq', '-y', '--no-install-recommends', 'install', ...missing],
      { env },
    );
  } finally {
    units('unmask');
    units('disable');
  }
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Installs what package-lock.json says, unless it is there. With `aside` in a directory of its own, which takes the place of
 * the old one when it is complete: what runs may need a module that it has not loaded yet.
 */
async function installModules(aside) {
  const modules = join(root, 'node_modules');
  const stamp = '.netloom-lock';
  const wanted = hashOf(readFileSync(join(root, 'package-lock.json')));
  const before = join(modules, stamp);
  if (existsSync(node) && existsSync(before) && readFileSync(before, 'utf8') === wanted) return;
  const cwd = aside ? join(root, '.npm-aside') : root;
  if (aside) {
    rmSync(cwd, { recursive: true, force: true });
    mkdirSync(cwd);
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(root, name), join(cwd, name));
  }
  const title = '安装 npm 依赖（含 Node 24）';
  await step(title, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });
  writeFileSync(join(cwd, 'node_modules', stamp), wanted);
  if (!aside) return;
  renameSync(modules, join(cwd, 'former'));
  renameSync(join(cwd, 'node_modules'), modules);
  rmSync(cwd, { recursive: true, force: true });
}

async function buildImage(settings) {
  const args = ['server/labd/image/build.ts', '--directory', settings.image, '--suite', settings.imageSuite];
  if (settings.imageMirror) args.push('--mirror', settings.imageMirror);
  await step('制作节点镜像', node, args, { echo: /^节点镜像/ });
}

async function buildGuest(settings) {
  const args = ['server/labd/guest/build.ts', '--image', settings.image];
  if (settings.imageMirror) args.push('--mirror', settings.imageMirror);
  await step('制作虚拟机镜像', node, args, { echo: /^虚拟机镜像/ });
}

/** Every file under a path, in a fixed order. */
function* filesUnder(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return;
  if (info.isDirectory()) {
    for (const name of readdirSync(path).sort()) yield* filesUnder(join(path, name));
  } else yield path;
}

function siteFingerprint() {
  const hash = createHash('sha256');
  for (const input of SITE_INPUTS) {
    for (const file of filesUnder(join(root, input))) {
      // Labs are read at run time, and tests are not part of the site.
      if (file.includes('/content/labs/') || /\.(test|mdx|md)\b/.test(file)) continue;
      hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

/**
 * Builds the site, unless it is there, into the older one of two directories that is not `served` now: a build empties its
 * directory first. Names the directory in `settings.site`.
 */
async function buildSite(settings, served) {
  const wanted = siteFingerprint();
  const stampOf = (site) => join(root, site, 'netloom-fingerprint');
  const builtAt = (site) => statSync(stampOf(site), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sites = [settings.site, `${settings.site}-2`];
  const built = sites.find((site) => builtAt(site) > 0 && readFileSync(stampOf(site), 'utf8') === wanted);
  const free = sites.filter((site) => site !== served).sort((one, other) => builtAt(one) - builtAt(other));
  settings.site = built ?? free[0];
  if (built) return;
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NETLOOM_SITE: settings.site };
  await step('编译网页', node, [join(root, 'node_modules/next/dist/bin/next'), 'build'], { env });
  await buildEarly(join(root, settings.site, 'static', 'early', wanted));
  await compressScripts(join(root, settings.site, 'static'));
  const former = join(
    root,
    sites.find((site) => site !== settings.site),
  );
  keepScripts(join(former, 'static'), join(root, settings.site, 'static'));
  // Types of pages that are no more would be mistakes to the compiler, and running needs none.
  rmSync(join(former, 'types'), { recursive: true, force: true });
  writeFileSync(stampOf(settings.site), wanted);
}

/** Builds the script that shows terminals before the page's own code is there (app/early.ts), in a directory of its own. */
async function buildEarly(directory) {
  const args = [join(root, 'node_modules/rolldown/bin/cli.mjs'), join(root, 'app/early.ts')];
  args.push('--file', join(directory, 'early.js'), '--format', 'iife', '--platform', 'browser', '--minify');
  await step('编译终端', node, args);
}

/** Compresses scripts and styles once, so that web need not do it for each reader (assets.ts). */
async function compressScripts(directory) {
  for (const file of [...filesUnder(directory)]) {
    const bytes = readFileSync(file);
    if (!/\.(js|css|svg)$/.test(file) || bytes.length < COMPRESSED_MIN_BYTES) continue;
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    writeFileSync(`${file}.br`, br);
    writeFileSync(`${file}.gz`, gz);
  }
}

/** Adds the scripts of the former site: pages that are open may yet ask for them, and their names carry hashes. */
function keepScripts(from, to) {
  if (!existsSync(from)) return;
  const since = Date.now() - SCRIPTS_KEPT_MS;
  const filter = (file) => statSync(file).isDirectory() || statSync(file).mtimeMs > since;
  cpSync(from, to, { recursive: true, force: false, preserveTimestamps: true, filter });
}

/** The parsed settings; env.ts knows them all, and needs Node 24 to be read. */
function readSettings() {
  const script = `import('./server/env.ts').then(({ readEnv }) => {
    try { console.log(JSON.stringify(readEnv(process.env))); }
    catch (error) { console.error(error.message); process.exit(2); }
  })`;
  const run = spawnSync(node, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new SetupProblem(run.stderr.trim());
  return JSON.parse(run.stdout);
}

/**
 * Brings the machine to where `purpose` can run: `run` needs everything but the browser, `test` that too, `dev` no built
 * site, `lab` no site at all, `labs` neither, but virtual machines as `test`, `stop` nothing; `restart` as `run`, but leaves
 * alone what a running web needs, `served` being the site it serves. Hands back the parsed settings. Throws SetupProblem.
 */
export async function setUp(purpose, served) {
  firstProblem(basics());
  if (purpose === 'stop') return readSettings();
  const wantsMachines = purpose === 'test' || purpose === 'labs' || process.env.NETLOOM_RUNTIME === 'vm';
  const packages = {
    ...RUN_PACKAGES,
    ...(wantsMachines ? VM_PACKAGES : {}),
    ...(purpose === 'test' ? TEST_PACKAGES : {}),
  };
  await Promise.all([installPackages(packages), installModules(purpose === 'restart')]);
  firstProblem(kernelFeatures());
  const settings = readSettings();
  mkdirSync(settings.data, { recursive: true, mode: 0o755 });
  const wantsSite = ['run', 'test', 'restart'].includes(purpose);
  const buildNodes = async () => {
    await buildImage(settings);
    if (wantsMachines) await buildGuest(settings);
  };
  await Promise.all([buildNodes(), wantsSite ? buildSite(settings, served) : undefined]);
  return settings;
}
