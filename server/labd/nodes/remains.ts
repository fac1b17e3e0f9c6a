import { readdirSync, rmdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { arrange } from './namespace.ts';

/** The names in a directory; none when it does not exist. */
export function children(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // Never made, or removed already.
  }
}

/** Removes a directory if nothing is in it. */
export function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody needs it, or it is gone.
  }
}

/** Unmounts everything below a directory of ours and removes it. */
export async function removeMounted(directory: string): Promise<void> {
  const mounted = async () => (await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${directory}/`);
  if (await mounted()) {
    await arrange(directory, [['unmount', directory]]);
    // Removing goes through mounts: rather leave something behind than delete what is mounted there.
    if (await mounted()) throw new Error('节点的文件系统无法卸载', { cause: new Error(directory) });
  }
  await rm(directory, { recursive: true, force: true });
}
