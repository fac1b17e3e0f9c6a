import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ContentMistake } from './mistake.ts';
import { MOST_BYTES } from './prose.ts';

/** What editors, file managers and version control leave lying about. */
export const LEFTOVER = /^\.|^#.*#$|^4913$|~$|\.(?:sw[a-p]|tmp|bak|orig|rej)$/;
/** Folders an author may keep beside a lab's text: the parts of checks.ts, and what its tests read. */
const FOLDERS = ['checks', 'fixtures', 'recorded'];

/** The files of one lab's folder, as text. */
export interface Folder {
  directory: string;
  files: Map<string, string>;
  /** Files that could not be read as text. */
  mistakes: ContentMistake[];
}

/** The folders under a directory of labs, and the names of what does not belong there. */
export function listFolders(directory: string): { folders: string[]; strays: string[] } {
  const folders: string[] = [];
  const strays: string[] = [];
  for (const name of readdirSync(directory).sort()) {
    if (LEFTOVER.test(name)) continue;
    const stats = statSync(join(directory, name), { throwIfNoEntry: false });
    if (stats) (stats.isDirectory() ? folders : strays).push(name);
  }
  return { folders, strays };
}

/** A string that changes when a file of the folder does: names, times and sizes, no contents. */
export function fingerprint(directory: string): string {
  return entries(directory)
    .map(({ name, stats }) => `${name}\u0000${stats.mtimeMs}\u0000${stats.size}\u0000${stats.ino}`)
    .join('\n');
}

/** Reads the files of a lab's folder. */
export function readFolder(directory: string): Folder {
  const files = new Map<string, string>();
  const mistakes: ContentMistake[] = [];
  for (const { name, stats } of entries(directory)) {
    const file = join(directory, name);
    const wrong = (line: number, message: string) =>
      mistakes.push(new ContentMistake({ file, line, column: 1 }, message));
    if (!stats.isFile()) {
      if (!FOLDERS.includes(name)) wrong(1, `实验的文件夹里只能有这些文件夹：${FOLDERS.join('、')}`);
    } else if (stats.size > MOST_BYTES) {
      wrong(1, `文件太大：${stats.size} 字节，最多 ${MOST_BYTES / 1024} KiB`);
    } else {
      const text = readFileSync(file, 'utf8');
      const garbled = text.indexOf('\uFFFD');
      if (garbled >= 0) wrong(text.slice(0, garbled).split('\n').length, '这一行不是 UTF-8：用 UTF-8 编码重新保存');
      else files.set(name, text);
    }
  }
  return { directory, files, mistakes };
}

function entries(directory: string) {
  return readdirSync(directory)
    .filter((name) => !LEFTOVER.test(name))
    .sort()
    .flatMap((name) => {
      const stats = statSync(join(directory, name), { throwIfNoEntry: false });
      return stats ? [{ name, stats }] : [];
    });
}
