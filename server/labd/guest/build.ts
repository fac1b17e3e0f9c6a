import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sourcesFor } from '../image/sources.ts';
import { runCommand } from '../nodes/command.ts';
import { recordsOf } from '../nodes/namespace.ts';
import { archive, type Entry } from './archive.ts';
import { modulesOf } from './modules.ts';
import { guestSteps, guestWords, SSHD_CONFIG } from './system.ts';

/** What a machine has besides the node image: a kernel, the server by which the host enters, a shell for the first steps. */
const PACKAGES = ['linux-image-cloud-amd64', 'openssh-server', 'busybox-static'];
/** ms. 70 MB from a far mirror; copying 130 MB of files. */
const DOWNLOAD_TIMEOUT = 10 * 60_000;
const COPY_TIMEOUT = 120_000;
/** Bytes, of an explanation. */
const MAX_MESSAGE = 65_536;
/** Beyond what the files take: tables of inodes and blocks, as a part; and bytes. */
const SLACK_PART = 1.15;
const SLACK_BYTES = 16 * 2 ** 20;
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
/** What is needed of the packages, wherever a release has it. */
const MODULES = ['usr/lib/modules', 'lib/modules'];
const BUSYBOX = ['usr/bin/busybox', 'bin/busybox'];
const PARTS = ['boot', ...MODULES, ...BUSYBOX, 'usr/sbin/sshd', LIBRARIES, 'lib/x86_64-linux-gnu'];
const RECIPE = import.meta.dirname;
/** Files of the machine's own tree, in /netloom. */
const SCRIPTS = ['agent.pl', 'enter.pl', 'setup.sh', 'learner.sh'];
const NAMESPACE_SCRIPT = join(RECIPE, '../nodes/namespace.pl');

/** What a virtual machine starts from; nothing in it is secret. */
export interface GuestImage {
  /** A name that changes when anything in it changes. */
  version: string;
  directory: string;
  kernel: string;
  initrd: string;
  /** A file system with the node image at /image and the machine's own tree at /tools, read-only to all machines. */
  disk: string;
}

/** What a guest image is made of. */
export interface GuestOptions {
  /** The directory that buildImage has filled; guest images are kept in `vm` beside the node images. */
  image: string;
  /** An archive to take the packages from; without it, this machine's own apt sources. */
  mirror?: string | undefined;
  /** Receives one line per stage, for people. */
  progress?: ((line: string) => void) | undefined;
}

/** Makes what virtual machines start from out of the current node image, unless it is there already. */
export async function buildGuest({ image, mirror, progress = () => {} }: GuestOptions): Promise<GuestImage> {
  const rootfs = await realpath(join(image, 'current')).catch((cause) => {
    throw new Error('还没有节点镜像', { cause });
  });
  const words = guestWords();
  const version = await versionOf(rootfs, mirror, words);
  const home = join(image, 'vm');
  const directory = join(home, version);
  if (!existsSync(directory)) {
    const began = performance.now();
    const say = (line: string) =>
      progress(`虚拟机镜像：${line}（${((performance.now() - began) / 1000).toFixed(1)} 秒）`);
    await mkdir(home, { recursive: true });
    const draft = join(await realpath(home), `.draft-${process.pid}-${randomUUID().slice(0, 8)}`);
    try {
      await mkdir(join(draft, 'new'), { recursive: true });
      const packages = await packagesFor(home, draft, rootfs, mirror, say);
      say('制作磁盘');
      await assemble(draft, packages, rootfs, words);
      await rename(join(draft, 'new'), directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another builder was first.
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    // Machines hold open what they run from: an older version may go at any time.
    for (const name of await readdir(home)) {
      if (/^[0-9a-f]{16}$/.test(name) && name !== version) await rm(join(home, name), { recursive: true, force: true });
    }
    say('完成');
  }
  const file = (name: string) => join(directory, name);
  return { version, directory, kernel: file('kernel'), initrd: file('initrd'), disk: file('disk') };
}

async function versionOf(rootfs: string, mirror: string | undefined, words: object): Promise<string> {
  const image = rootfs.split('/').at(-1);
  const hash = createHash('sha256').update(JSON.stringify([image, mirror || null, words, guestSteps()]));
  const files = (await readdir(RECIPE)).filter((name) => !name.endsWith('.test.ts')).sort();
  for (const path of [...files.map((name) => join(RECIPE, name)), NAMESPACE_SCRIPT]) hash.update(await readFile(path));
  return hash.digest('hex').slice(0, 16);
}

async function run(timeoutMs: number, file: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(file, args, { timeoutMs, maxBytes: MAX_MESSAGE });
  if (code !== 0) throw new Error(`${file} failed (${code ?? 'stopped'}): ${stderr.toString().slice(-2_000)}`);
  return stdout.toString();
}

/**
 * What is needed of the packages, and of those they depend on, of the release that the node image is of: kept for the next
 * guest image, because the download takes longer than all the rest.
 */
async function packagesFor(
  home: string,
  draft: string,
  rootfs: string,
  mirror: string | undefined,
  say: (line: string) => void,
): Promise<string> {
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile(join(rootfs, 'usr/lib/os-release'), 'utf8'))?.[1] ?? '';
  const key = createHash('sha256').update(JSON.stringify([suite, mirror || null, process.arch, PACKAGES, PARTS]));
  const kept = join(home, `packages-${key.digest('hex').slice(0, 16)}`);
  if (existsSync(kept)) return kept;
  say('下载内核和 ssh 服务');
  const unpacked = join(draft, 'unpacked');
  const options = ['--quiet', '--mode=root', '--variant=extract', '--format=directory'];
  const apt = ['APT::Sandbox::User "root"', 'Acquire::Languages "none"'].map((option) => `--aptopt=${option}`);
  const packages = [`--include=${PACKAGES.join()}`, suite, unpacked, ...(await sourcesFor(suite, mirror))];
  await run(DOWNLOAD_TIMEOUT, 'mmdebstrap', ...options, ...apt, ...packages);
  const chosen = join(draft, 'chosen');
  for (const part of PARTS.filter((path) => existsSync(join(unpacked, path)))) {
    await mkdir(join(chosen, part, '..'), { recursive: true });
    await rename(join(unpacked, part), join(chosen, part));
  }
  await rename(chosen, kept).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // As above.
  });
  return kept;
}

async function assemble(draft: string, packages: string, rootfs: string, words: Record<string, string>): Promise<void> {
  const made = join(draft, 'new');
  const [kernel = ''] = (await readdir(join(packages, 'boot'))).filter((name) => name.startsWith('vmlinuz-'));
  await copyFile(join(packages, 'boot', kernel), join(made, 'kernel'));
  const modules = await firstThere(packages, MODULES);
  await writeFile(
    join(made, 'initrd'),
    await initramfs(packages, join(modules, kernel.slice('vmlinuz-'.length)), words),
  );
  const content = join(draft, 'content');
  await mkdir(content);
  // Hard links: nothing of it is written to.
  await run(COPY_TIMEOUT, 'cp', '--archive', '--link', rootfs, join(content, 'image'));
  await tools(join(content, 'tools'), packages, rootfs, words);
  const used = Number((await run(COPY_TIMEOUT, 'du', '--summarize', '--block-size=1', content)).split('\t')[0]);
  const size = Math.ceil((used * SLACK_PART + SLACK_BYTES) / 2 ** 20);
  // Nobody ever writes to it: no journal, no room kept.
  const options = ['-q', '-F', '-t', 'ext4', '-O', '^has_journal,^metadata_csum', '-m', '0', '-L', 'netloom'];
  await run(COPY_TIMEOUT, 'mke2fs', ...options, '-d', content, join(made, 'disk'), `${size}M`);
}

async function firstThere(directory: string, names: string[]): Promise<string> {
  const found = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`no ${names[0]} among the packages`);
  return found;
}

async function script(name: string, words: Record<string, string>): Promise<string> {
  const text = await readFile(join(RECIPE, name), 'utf8');
  return text.replace(/@([A-Z]+)@/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`${name} has a word that nobody knows: ${word}`);
    return value;
  });
}

async function initramfs(packages: string, modules: string, words: Record<string, string>): Promise<Buffer> {
  const chosen = modulesOf(modules);
  const busybox = await readFile(await firstThere(packages, BUSYBOX));
  const entries: Entry[] = ['bin', 'dev', 'proc', 'sys', 'disk', 'root', 'modules'].map((path) => ({
    path,
    mode: 0o755,
  }));
  entries.push({ path: 'init', mode: 0o755, content: Buffer.from(await script('init.sh', words)) });
  entries.push({ path: 'bin/busybox', mode: 0o755, content: busybox });
  for (const { name, path } of chosen) {
    entries.push({ path: `modules/${name}`, mode: 0o644, content: await readFile(path) });
  }
  const order = chosen.map(({ name }) => `${name}\n`).join('');
  entries.push({ path: 'modules/order', mode: 0o644, content: Buffer.from(order) });
  return archive(entries);
}

/** What lies over the node image in the agent's tree: sshd with the libraries that the image lacks, and our scripts. */
async function tools(target: string, packages: string, rootfs: string, words: Record<string, string>): Promise<void> {
  const own = join(target, 'netloom');
  await mkdir(join(own, 'disk'), { recursive: true });
  for (const name of SCRIPTS) await writeFile(join(own, name), await script(name, words));
  await copyFile(NAMESPACE_SCRIPT, join(own, 'namespace.pl'));
  await writeFile(join(own, 'steps'), recordsOf(guestSteps()));
  await writeFile(join(own, 'sshd_config'), SSHD_CONFIG);
  await mkdir(join(target, 'etc'));
  const people = await readFile(join(rootfs, 'etc/passwd'), 'utf8');
  const sshd = 'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n';
  await writeFile(join(target, 'etc/passwd'), people.replace(/^(root:.*):[^:]*$/m, '$1:/bin/sh') + sshd);
  await mkdir(join(target, 'usr/sbin'), { recursive: true });
  await copyFile(join(packages, 'usr/sbin/sshd'), join(target, 'usr/sbin/sshd'));
  await mkdir(join(target, LIBRARIES), { recursive: true });
  for (const directory of [LIBRARIES, LIBRARIES.replace('usr/', '')]) {
    for (const name of await readdir(join(packages, directory)).catch(() => [])) {
      if (!/\.so(\.|$)/.test(name) || existsSync(join(rootfs, LIBRARIES, name))) continue;
      await cp(join(packages, directory, name), join(target, LIBRARIES, name), { verbatimSymlinks: true });
    }
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { image: { type: 'string' }, mirror: { type: 'string' } } });
  if (!values.image) {
    console.error('用法：build.ts --image 节点镜像的目录 [--mirror 镜像地址]');
    process.exit(2);
  }
  const { directory } = await buildGuest({ image: values.image, mirror: values.mirror, progress: console.log });
  console.log(directory);
}
