import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { LEFTOVER, listFolders } from './folder.ts';

/** Editors write, rename and touch in quick succession; an author does not notice this long, ms. */
const QUIET_MS = 100;

/**
 * Calls onChange with a lab's id soon after its files changed, it came or it went. The folders are watched, not the files:
 * an editor that saves by renaming puts another file under the same name.
 */
export function watchContent(directory: string, onChange: (lab: string) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  const timers = new Map<string, NodeJS.Timeout>();

  const announce = (lab: string) => {
    clearTimeout(timers.get(lab));
    timers.set(
      lab,
      setTimeout(() => {
        timers.delete(lab);
        onChange(lab);
      }, QUIET_MS),
    );
  };
  const drop = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const follow = () => {
    for (const lab of listFolders(directory).folders) {
      for (const folder of [lab, join(lab, 'checks')]) {
        if (watchers.has(folder)) continue;
        const watcher = watchFolder(join(directory, folder), () => {
          announce(lab);
          follow();
        });
        if (!watcher) continue;
        // A folder that is removed while it is watched ends here; its parent's event tells the rest.
        watcher.on('error', () => drop(folder));
        watchers.set(folder, watcher);
      }
    }
  };

  const root = watch(directory, (_event, name) => {
    if (!name || LEFTOVER.test(name)) return;
    // The same name may be another folder now.
    drop(name);
    drop(join(name, 'checks'));
    follow();
    announce(name);
  });
  follow();
  return {
    close() {
      root.close();
      for (const watcher of watchers.values()) watcher.close();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** A watcher of one folder, or undefined when there is no such folder (any more). */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, onEvent);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
