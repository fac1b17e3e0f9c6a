import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the repository lies inside a node. */
const HOME = '/srv/apt';
/** ms. dpkg-deb reads a small file. */
const READ_TIMEOUT = 10_000;

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Turns the packages apt has downloaded in a root file system into an apt repository inside it, and makes that the
 * only source. It is not signed (`trusted=yes`): it lies in the read-only image that its reader also runs from.
 */
export async function makeRepository(rootfs: string, suite: string): Promise<void> {
  const archives = join(rootfs, 'var/cache/apt/archives');
  const home = join(rootfs, HOME);
  const pool = join(home, 'pool');
  await mkdir(pool, { recursive: true });
  const stanzas: string[] = [];
  const architectures = new Set<string>();
  for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort()) {
    // A colon of an epoch is written %3a by apt; apt would decode it when it reads Filename.
    const name = file.replaceAll('%3a', '.');
    await rename(join(archives, file), join(pool, name));
    const deb = await readFile(join(pool, name));
    const { stdout: control } = await run('dpkg-deb', ['--field', join(pool, name)], { timeout: READ_TIMEOUT });
    const architecture = /^Architecture: (\S+)$/m.exec(control)?.[1];
    if (architecture && architecture !== 'all') architectures.add(architecture);
    stanzas.push(`${control.trimEnd()}\nFilename: pool/${name}\nSize: ${deb.length}\nSHA256: ${digest(deb)}\n`);
  }
  const packages = stanzas.join('\n');
  const release = [`Origin: NetLoom`, `Label: NetLoom`, `Suite: ${suite}`, `Codename: ${suite}`, `Components: main`];
  release.push(`Architectures: ${[...architectures].join(' ')}`, `Date: ${new Date(0).toUTCString()}`, `SHA256:`);
  for (const architecture of architectures) {
    const path = `main/binary-${architecture}/Packages`;
    await mkdir(join(home, 'dists', suite, path, '..'), { recursive: true });
    await writeFile(join(home, 'dists', suite, path), packages);
    release.push(` ${digest(packages)} ${Buffer.byteLength(packages)} ${path}`);
  }
  await writeFile(join(home, 'dists', suite, 'Release'), `${release.join('\n')}\n`);
  await rm(join(rootfs, 'etc/apt/sources.list.d'), { recursive: true, force: true });
  await mkdir(join(rootfs, 'etc/apt/sources.list.d'));
  await writeFile(join(rootfs, 'etc/apt/sources.list'), `deb [trusted=yes] file:${HOME} ${suite} main\n`);
}
