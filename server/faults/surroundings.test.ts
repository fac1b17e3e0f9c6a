import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NodePlace, SessionPlace } from '../labd/nodes/place.ts';
import { BUILD_TIME, LIMITS, openTestbed, type Testbed, twoNodes } from '../labd/nodes/testbed.ts';
import { openSessionFiles } from '../labd/sessions.ts';
import { ALL, sampled } from '../testsample.ts';
import { createAuditor } from './inventory.ts';

let bed: Testbed;
let audit: ReturnType<typeof createAuditor>;
const temporary: string[] = [];
const { PATH } = process.env;

beforeAll(async () => {
  bed = await openTestbed();
  audit = createAuditor({ data: bed.directory, place: bed.place });
}, BUILD_TIME);
afterAll(async () => {
  await bed?.close();
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'netloom-faults-bin-'));
  temporary.push(directory);
  return directory;
}

/** A directory with a runc that waits before each of its jobs, as one on a slow disk does. */
function slowRunc(seconds: number): string {
  const directory = newDirectory();
  const runc = execFileSync('sh', ['-c', 'command -v runc'], { encoding: 'utf8' }).trim();
  writeFileSync(join(directory, 'runc'), `#!/bin/sh\nsleep ${seconds}\nexec ${runc} "$@"\n`);
  chmodSync(join(directory, 'runc'), 0o755);
  return directory;
}

/** A directory with every program of this machine but runc. */
function allButRunc(): string {
  const directory = newDirectory();
  for (const from of ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']) {
    for (const name of readdirSync(from)) {
      if (name === 'runc') continue;
      try {
        symlinkSync(join(from, name), join(directory, name));
      } catch {
        // The other directory has one of that name, too.
      }
    }
  }
  return directory;
}

/** Does something while programs are looked for elsewhere. */
async function withPath<T>(path: string, job: () => Promise<T>): Promise<T> {
  process.env.PATH = path;
  try {
    return await job();
  } finally {
    process.env.PATH = PATH;
  }
}

const unmount = (path: string) => execFileSync('umount', ['--lazy', path]);

describe('a node of which something was taken away', () => {
  const own: [what: string, take: (node: NodePlace) => void][] = [
    ['its first process', (node) => process.kill(Number(readFileSync(node.pid, 'utf8')), 'SIGKILL')],
    ['the pin of its network', (node) => unmount(node.netns)],
    ['its overlay', (node) => unmount(node.root)],
    ["runc's memory of it", (node) => rmSync(join(bed.place.runc, node.container), { recursive: true })],
    ["half of runc's memory of it", (node) => truncateSync(join(bed.place.runc, node.container, 'state.json'), 100)],
    ['the file with its number', (node) => truncateSync(node.pid)],
  ];
  const shared: [what: string, take: (session: SessionPlace) => void][] = [
    ['the wire', (session) => unmount(session.wire)],
    ['the pin of the user namespace', (session) => unmount(session.userns)],
    ['the plan', (session) => truncateSync(session.plan, 20)],
  ];
  const nodes = ['node-1', 'node-2'];
  let id: string;
  beforeAll(async () => {
    id = bed.newSession();
    await bed.driver.create(id, twoNodes());
  });
  afterAll(async () => {
    await bed.driver.destroy(id);
    await vi.waitFor(() => expect(empty(audit.take(id))).toEqual([]));
  });

  it.each(sampled(own, 4))('%s: is known to be down, is not judged, and can be reset alone', async (_what, take) => {
    const { driver } = bed;
    await bed.run(id, 'node-1', 'touch /root/kept');
    take(bed.place.session(id).node('node-2'));
    await expect.poll(() => driver.fallen?.(id, nodes)).toEqual(['node-2']);
    expect(await driver.alive(id)).toBe(false);
    await expect(driver.exec(id, 'node-2', ['true'], LIMITS)).rejects.toThrow(/^节点/);
    expect(() => driver.vantage?.(id, 'node-2')).toThrow(/^节点/);
    expect(() => driver.shell(id, 'node-2')).toThrow(/^节点/);
    await driver.reset(id, 'node-2');
    expect(await driver.alive(id)).toBe(true);
    expect(await bed.run(id, 'node-1', 'ls /root/kept; ping -c 1 -W 2 node-2')).toContain('1 received');
  });

  it.each(sampled(shared, 3))('%s of the session: both are down, and made anew together', async (_what, take) => {
    const { driver } = bed;
    take(bed.place.session(id));
    expect(driver.fallen?.(id, nodes)).toEqual(nodes);
    expect(await driver.alive(id)).toBe(false);
    await driver.create(id, twoNodes());
    expect(await bed.run(id, 'node-1', 'ls /root; ping -c 1 -W 2 node-2')).toContain('1 received');
  });

  it.runIf(process.env[ALL])('its room for processes: a reset ends them all', async () => {
    const fill = 'while (defined(my $child = fork)) { sleep 600 unless $child }';
    await bed.driver.exec(id, 'node-1', ['perl', '-e', fill], LIMITS);
    expect((await bed.driver.exec(id, 'node-1', ['true'], LIMITS)).code).not.toBe(0);
    expect(await bed.driver.alive(id)).toBe(true);
    await Promise.all([bed.driver.reset(id, 'node-1'), bed.driver.reset(id, 'node-1')]);
    expect(await bed.run(id, 'node-1', 'pgrep -c perl || true')).toBe('0\n');
  });
});

function empty(inventory: ReturnType<ReturnType<typeof createAuditor>['take']>): string[] {
  const { links: _, ...rest } = inventory;
  return Object.values(rest).flat();
}

describe('runc', () => {
  it('missing: says so in Chinese when nodes are made and when they are entered, and leaves nothing', async () => {
    const id = bed.newSession();
    const path = allButRunc();
    await withPath(path, async () => {
      await expect(bed.driver.create(id, twoNodes())).rejects.toThrow('找不到 runc');
      expect(empty(audit.take(id))).toEqual([]);
    });
    await bed.driver.create(id, twoNodes());
    await withPath(path, async () => {
      await expect(bed.driver.exec(id, 'node-1', ['true'], LIMITS)).rejects.toThrow('找不到 runc');
    });
    await bed.driver.destroy(id);
  });

  it.runIf(process.env[ALL])('on a slow disk: is waited for, and ended when labd was killed meanwhile', async () => {
    const { driver, directory, image } = bed;
    const id = bed.newSession();
    const slow = `${slowRunc(1)}:${PATH}`;
    await withPath(slow, () => driver.create(id, twoNodes()));
    expect(await driver.alive(id)).toBe(true);
    await driver.destroy(id);

    const module = join(import.meta.dirname, '../labd/nodes/container.ts');
    const source = `
      import { createContainerDriver } from ${JSON.stringify(module)};
      const options = ${JSON.stringify({ directory, image })};
      const driver = createContainerDriver({ ...options, log: { info() {}, warn() {} } });
      await driver.create(${JSON.stringify(id)}, ${JSON.stringify(twoNodes())}, (stage) => console.log(stage));`;
    const labd = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PATH: slow },
    });
    for await (const line of createInterface(labd.stdout)) if (line === 'starting') labd.kill('SIGKILL');
    expect(await driver.list()).toEqual([id]);
    await driver.destroy(id);
    expect(empty(audit.take(id))).toEqual([]);
  });
});

describe('the disk', () => {
  it('full: nodes are refused in Chinese, nothing half written stays, and what is there goes on', async () => {
    const directory = newDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
    try {
      const files = openSessionFiles(join(directory, 'sessions'));
      files.put('session1', twoNodes());
      expect(() => writeFileSync(join(directory, 'filler'), Buffer.alloc(65_536))).toThrow('ENOSPC');
      expect(() => files.put('session2', twoNodes())).toThrow('磁盘满了');
      expect(readdirSync(join(directory, 'sessions'))).toEqual(['session1.json']);
      expect(openSessionFiles(join(directory, 'sessions')).list()).toEqual(['session1']);
      execFileSync('mount', ['-o', 'remount,ro', directory]);
      expect(() => files.put('session2', twoNodes())).toThrow('只读');
    } finally {
      unmount(directory);
    }
  });

  it('cut off by a crash: what is no session file is none, and the rest is', async () => {
    const directory = newDirectory();
    const files = openSessionFiles(directory);
    for (const id of ['session1', 'session2']) files.put(id, twoNodes());
    truncateSync(join(directory, 'session2.json'), 30);
    writeFileSync(join(directory, 'session3.json.new'), '{');
    mkdirSync(join(directory, 'session4.json'));
    expect(openSessionFiles(directory).list()).toEqual(['session1']);
    expect(readdirSync(directory).sort()).toEqual(['session1.json']);
  });
});
