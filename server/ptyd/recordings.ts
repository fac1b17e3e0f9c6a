import { appendFile, mkdir, readdir, rm, rmdir, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Belonging, Size } from './contract.ts';
import { createRecording, type Recording } from './recording.ts';

/** What a file takes at least: a block of the file system. */
const BLOCK_BYTES = 4_096;
/** When there are too many, the oldest go until this part of what is allowed is used: looking for them takes a while. */
const KEPT_PART = 0.9;
/** … and if those being written are too many by themselves, how long until one looks again. */
const PRUNE_PAUSE_MS = 10_000;

/** The recordings of all terminals: who may write, and which are deleted to make room. */
export interface Recordings {
  open(terminal: string, belonging: Belonging, size: Size): Recording;
  /** Resolves when everything recorded so far is written. */
  close(): Promise<void>;
}

const taken = (bytes: number) => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** Opens the recordings under a directory; together they take at most about `maxBytes`. */
export function createRecordings(options: {
  directory: string;
  maxBytes: number;
  fault(error: unknown): void;
}): Recordings {
  const { directory, maxBytes } = options;
  /** Files being written. */
  const open = new Map<string, Recording>();
  let total = 0;
  let faults = 0;
  let pruning: Promise<void> | undefined;
  let prunedAt = Number.NEGATIVE_INFINITY;

  function fault(error: unknown): void {
    // One line says it; a full disk would say it a thousand times.
    if (faults === 0) options.fault(error);
    faults += 1;
  }

  async function files(): Promise<{ file: string; bytes: number; changed: number }[]> {
    const names = await readdir(directory, { recursive: true });
    const found = [];
    for (const name of names) {
      if (!name.endsWith('.cast')) continue;
      const file = join(directory, name);
      const { size, mtimeMs } = await stat(file);
      found.push({ file, bytes: taken(size), changed: mtimeMs });
    }
    return found.sort((a, b) => a.changed - b.changed);
  }

  /** Counts what there is and deletes the oldest that nobody writes if that is too much. */
  async function prune(): Promise<void> {
    const found = await files();
    total = found.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= maxBytes) return;
    for (const { file, bytes } of found) {
      if (total <= maxBytes * KEPT_PART) break;
      if (open.has(file)) continue;
      await rm(file, { force: true });
      total -= bytes;
      // The folder of a session goes with its last recording.
      await rmdir(dirname(file)).catch(() => undefined);
    }
  }

  function pruneSoon(): void {
    if (pruning || performance.now() - prunedAt < PRUNE_PAUSE_MS) return;
    pruning = prune()
      .catch(fault)
      .finally(() => {
        pruning = undefined;
        prunedAt = performance.now();
      });
  }

  const made = mkdir(directory, { recursive: true, mode: 0o700 }).then(pruneSoon, fault);

  return {
    open(terminal, belonging, size) {
      const file = join(directory, belonging.session, `${belonging.node}.${terminal}.cast`);
      let written = 0;
      const recording = createRecording({
        title: belonging.node,
        size,
        room: () => total <= maxBytes,
        async append(text) {
          const bytes = Buffer.from(text);
          try {
            if (written === 0) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
            await appendFile(file, bytes, { mode: 0o600 });
          } catch (error) {
            fault(error);
            // A line that is only half there would spoil the rest for a player.
            await truncate(file, written).catch(() => undefined);
            return false;
          }
          total += taken(written + bytes.length) - taken(written);
          written += bytes.length;
          if (total > maxBytes) pruneSoon();
          return true;
        },
      });
      open.set(file, recording);
      if (total > maxBytes) pruneSoon();
      return {
        ...recording,
        async close() {
          await recording.close();
          if (open.get(file) === recording) open.delete(file);
        },
      };
    },
    async close() {
      await made;
      await Promise.all([...open.values()].map((each) => each.close()));
      await pruning;
    },
  };
}
