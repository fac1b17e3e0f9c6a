import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { backupsOf, listBackups } from './backup.ts';
import { StoreProblem, storeTrouble } from './trouble.ts';

/** Findings of the check that are told: the first says enough. */
const FINDINGS = 3;

/**
 * Looks whether a database file is sound, without changing anything; throws a StoreProblem that says what to do. Of a
 * class's store it takes a tenth of a second. A file that is not there yet is.
 */
export function examineStore(path: string): void {
  if (path === ':memory:' || !existsSync(path)) return;
  let findings: string[];
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true });
    const rows = database.prepare('PRAGMA quick_check').pluck().all();
    findings = rows.map(String).filter((line) => line !== 'ok');
  } catch (error) {
    throw problemOf(path, error);
  } finally {
    database?.close();
  }
  if (findings.length > 0) throw damaged(path, findings.slice(0, FINDINGS).join('；'));
}

/** What an operator is told when a database cannot be opened; any other error as it is. */
export function problemOf(path: string, error: unknown): unknown {
  const trouble = storeTrouble(error);
  if (error instanceof StoreProblem || trouble === undefined) return error;
  const detail = error instanceof Error ? error.message : '';
  if (/CORRUPT|NOTADB/.test(String((error as NodeJS.ErrnoException).code))) return damaged(path, detail);
  return new StoreProblem(
    `${trouble}（${path}：${detail}）。
什么也没有改动。腾出磁盘空间，或者让这个目录可写，再启动；成绩都还在。`,
    { cause: error },
  );
}

function damaged(path: string, detail: string): StoreProblem {
  const backups = listBackups(path);
  const newest = backups.at(-1);
  const from = newest
    ? `最近的备份是 ${newest}（${new Date(statSync(newest).mtimeMs).toLocaleString('zh-CN')}），一共 ${backups.length} 份：
  1. 把坏的整个移开，不要删：  mkdir ${path}.bad && mv ${path} ${path}-* ${path}.bad/
  2. 换上备份：                cp ${newest} ${path}
  3. 再启动。备份之后的成绩可以试着从 ${path}.bad 里救出来（sqlite3 的 .recover）。`
    : `还没有备份（备份在 ${backupsOf(path)}，每天一份）。先把整个目录复制一份，再用 sqlite3 的 .recover 试着救出成绩：
  sqlite3 ${path} .recover | sqlite3 ${path}.new`;
  return new StoreProblem(`成绩库的文件损坏了（${path}：${detail}）。
织网没有启动，也没有改动它。${from}`);
}
