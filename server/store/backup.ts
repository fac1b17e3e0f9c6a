import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';

/** Between two backups, ms. A class has one lesson a day. */
const PERIOD_MS = 24 * 60 * 60_000;
/** How many are kept: the lessons of two weeks; each is as large as the store. */
const KEPT = 10;
const NAME = /^netloom-\d{8}-\d{6}\.db$/;

/** Where the backups of a database file are. */
export function backupsOf(path: string): string {
  return join(dirname(path), 'backups');
}

/** The backups of a database file, the newest last. */
export function listBackups(path: string): string[] {
  const directory = backupsOf(path);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => join(directory, name));
}

function nameAt(now: number): string {
  const digits = new Date(now).toISOString().replace(/\D/g, '');
  return `netloom-${digits.slice(0, 8)}-${digits.slice(8, 14)}.db`;
}

/**
 * Copies an open database while others go on using it, unless the newest copy is young, and removes the oldest copies.
 * Answers the file it made.
 */
export async function backUp(database: Database.Database, path: string, now: number): Promise<string | undefined> {
  const before = listBackups(path);
  const newest = before.at(-1);
  // A clock that was set back must not stop backups for as long.
  if (newest && Math.abs(now - statSync(newest).mtimeMs) < PERIOD_MS) return undefined;
  mkdirSync(backupsOf(path), { recursive: true, mode: 0o700 });
  const target = join(backupsOf(path), nameAt(now));
  // Only a whole one gets the name.
  const half = join(backupsOf(path), `.${basename(target)}`);
  try {
    await database.backup(half);
    renameSync(half, target);
  } finally {
    for (const rest of [half, `${half}-journal`, `${half}-wal`, `${half}-shm`]) rmSync(rest, { force: true });
  }
  for (const old of listBackups(path).slice(0, -KEPT)) rmSync(old, { force: true });
  return target;
}
