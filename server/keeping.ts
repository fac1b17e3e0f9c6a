import type { Circumstances } from './grading.ts';
import type { SessionRecord } from './lab-session.ts';
import type { CheckpointResult } from './protocol.ts';
import { storeTrouble } from './store/trouble.ts';

/** Between two tries to write what could not be written, ms. */
const AGAIN_MS = 3_000;

interface Waiting {
  checkpoint: string;
  result: CheckpointResult;
  circumstances: Circumstances | undefined;
}

/** A session's record that loses no result while the store cannot be written: it keeps it and tries again. */
export interface Keeping {
  readonly record: SessionRecord;
  /** What is wrong with the store, in Chinese, since the last write that failed; undefined when nothing is. */
  trouble(): string | undefined;
  close(): void;
}

/**
 * Wraps a record. Only results wait, and only where the store is what fails; other writes reject as they did, but they, too,
 * are told as trouble until something can be written again. `changed` hears of trouble that comes or goes.
 */
export function createKeeping(options: {
  record: SessionRecord;
  /** Rejects while nothing can be written. */
  tryWriting(): Promise<void>;
  changed(): void;
  fault(error: unknown, what: string): void;
}): Keeping {
  const { record } = options;
  let waiting: Waiting[] = [];
  let trouble: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let draining: Promise<void> | undefined;
  let closed = false;

  function note(next: string | undefined): void {
    if (next !== undefined && !timer && !closed) timer = setTimeout(again, AGAIN_MS).unref();
    if (next === trouble) return;
    trouble = next;
    options.changed();
  }

  /** The trouble that an error tells of; throws what is none of the store's. */
  function noted(error: unknown): string {
    const words = storeTrouble(error);
    if (words === undefined) throw error;
    if (trouble === undefined) options.fault(error, 'the store cannot be written; results wait in memory');
    note(words);
    return words;
  }

  /** Of each checkpoint its first passing, which a grade goes by, and the newest are enough. */
  function enqueue(next: Waiting): void {
    const mine = waiting.filter(({ checkpoint }) => checkpoint === next.checkpoint);
    const spare = mine.filter((each, index) => index > 0 || each.result.passedAt === undefined);
    if (mine.length > 1) waiting = waiting.filter((each) => !spare.includes(each));
    waiting.push(next);
  }

  async function drainNow(): Promise<void> {
    for (let first = waiting[0]; first; first = waiting[0]) {
      await record.save(first.checkpoint, first.result, first.circumstances);
      waiting = waiting.filter((each) => each !== first);
    }
    note(undefined);
  }

  /** Writes what waits, in its order; whoever asks meanwhile shares the end of it. */
  function drain(): Promise<void> {
    draining ??= drainNow().finally(() => {
      draining = undefined;
    });
    return draining;
  }

  function again(): void {
    timer = undefined;
    options
      .tryWriting()
      .then(drain)
      .catch(noted)
      .catch((error: unknown) => options.fault(error, 'keeping results that waited'));
  }

  function watched<Args extends unknown[]>(write: (...args: Args) => Promise<void>) {
    return (...args: Args) =>
      write(...args).catch((error: unknown) => {
        noted(error);
        throw error;
      });
  }

  return {
    record: {
      async save(checkpoint, result, circumstances) {
        enqueue({ checkpoint, result, circumstances });
        // Its time comes by itself.
        if (timer) return;
        await drain().catch(noted);
      },
      started: watched(record.started),
      finished: watched(record.finished),
      openHint: watched(record.openHint),
      setTerminals: watched(record.setTerminals),
      setStanding: watched(record.setStanding),
    },
    trouble: () => trouble,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
