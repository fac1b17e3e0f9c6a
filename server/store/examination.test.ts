import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storePath } from '../env.ts';
import { listBackups } from './backup.ts';
import { examineStore } from './examination.ts';
import { openStore } from './store.ts';
import { StoreProblem } from './trouble.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Where SQLite's first page ends: what follows holds tables. */
const PAGE = 4_096;

let data: string;
let path: string;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'netloom-store-'));
  path = storePath(data);
  const store = await openStore(path);
  for (let number = 0; number < 50; number++) await store.people.create(`person${number}`, `token${number}`, number);
  await store.close();
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function spoil(): void {
  const file = openSync(path, 'r+');
  for (const page of [1, 2, 3, 5, 8]) writeSync(file, Buffer.alloc(600, 0xaa), 0, 600, page * PAGE);
}

const print = () => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What opening it says; it must fail as a StoreProblem. */
async function problem(job: () => unknown): Promise<string> {
  const error = await Promise.resolve()
    .then(job)
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(StoreProblem);
  return error instanceof Error ? error.message : '';
}

describe('a store', () => {
  it('that is sound, or not there yet, is fine', () => {
    examineStore(path);
    examineStore(join(data, 'none.db'));
    examineStore(':memory:');
    expect(existsSync(join(data, 'none.db'))).toBe(false);
  });

  it.each<[what: string, damage: () => void]>([
    ['in which bytes were changed', spoil],
    ['that was cut off', () => truncateSync(path, 3 * PAGE + 100)],
    ['that is something else', () => copyFileSync(import.meta.filename, path)],
  ])('%s is not opened and not altered, and it is said what to do', async (_what, damage) => {
    damage();
    const before = print();
    expect(await problem(() => examineStore(path))).toMatch(/成绩库的文件损坏了[\s\S]*还没有备份/);
    expect(print()).toBe(before);
  });

  it('that is damaged keeps web from starting, in Chinese and with the newest backup named', async () => {
    const store = await openStore(path);
    await store.backUp(Date.now());
    await store.close();
    spoil();
    const before = print();
    const env = { ...process.env, NETLOOM_DATA: data, PORT: '1', NETLOOM_LOG: 'warn' };
    const ended = spawnSync(process.execPath, ['server/index.ts'], { env, encoding: 'utf8', timeout: 60_000 });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('成绩库的文件损坏了');
    expect(ended.stderr).toContain(`cp ${listBackups(path)[0]} ${path}`);
    expect(print()).toBe(before);
    // What it says works.
    const [, ...commands] = /移开[^：]*：\s+(.*)\n.*：\s+(.*)\n/.exec(ended.stderr) ?? [];
    for (const command of commands) execFileSync('sh', ['-c', command]);
    const again = await openStore(path);
    await again.ping();
    await again.close();
  });

  it('on a disk that cannot be written says so', async () => {
    const mount = join(data, 'mount');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount]);
    try {
      const there = storePath(mount);
      mkdirSync(dirname(there));
      copyFileSync(path, there);
      execFileSync('mount', ['-o', 'remount,ro', mount]);
      expect(await problem(() => openStore(there))).toMatch(/成绩库(是只读的|打不开)[\s\S]*成绩都还在/);
      execFileSync('mount', ['-o', 'remount,rw', mount]);
      await (await openStore(there)).close();
    } finally {
      execFileSync('umount', ['--lazy', mount]);
    }
  });

  it('on a full disk opens, says that it cannot be written, and recovers', async () => {
    const mount = join(data, 'mount');
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
    try {
      const store = await openStore(storePath(mount));
      await store.tryWriting();
      const filler = openSync(join(mount, 'filler'), 'w');
      expect(() => {
        for (;;) writeSync(filler, Buffer.alloc(PAGE));
      }).toThrow('ENOSPC');
      const full = async () => {
        for (let number = 0; number < 1_000; number++) await store.people.create(`p${number}`, `t${number}`, number);
      };
      await expect(full()).rejects.toMatchObject({ code: 'SQLITE_FULL' });
      await expect(store.tryWriting()).rejects.toMatchObject({ code: 'SQLITE_FULL' });
      rmSync(join(mount, 'filler'));
      truncateSync(`/proc/self/fd/${filler}`);
      await store.tryWriting();
      await store.close();
      examineStore(storePath(mount));
    } finally {
      execFileSync('umount', ['--lazy', mount]);
    }
  });
});

describe('backups', () => {
  it('are made once a day, are whole, and the oldest go', async () => {
    const store = await openStore(path);
    const now = Date.now();
    const first = await store.backUp(now);
    expect(listBackups(path)).toEqual([first]);
    expect(await store.backUp(now + DAY_MS - 60_000)).toBeUndefined();
    for (let day = 1; day <= 12; day++) {
      const newest = listBackups(path).at(-1) ?? '';
      utimesSync(newest, new Date(now - DAY_MS), new Date(now - DAY_MS));
      await store.people.create(`later${day}`, `later${day}`, day);
      expect(await store.backUp(now + day * 1_000)).toBeDefined();
    }
    const kept = listBackups(path);
    expect(kept).toHaveLength(10);
    expect(kept).not.toContain(first);
    const copy = await openStore(kept.at(-1) ?? '');
    await copy.ping();
    expect(await copy.people.byToken('later12', 0)).toMatchObject({ person: 'later12' });
    await copy.close();
    await store.close();
  });
});
