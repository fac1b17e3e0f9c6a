import { Worker } from 'node:worker_threads';
import type { Size } from './ptyd/contract.ts';
import type { Replay } from './replay.ts';

/** How long one screen may take, ms: 256 KiB of text take some 60. What takes longer was made to. */
const SCREEN_MAX_MS = 2_000;
/** How long a viewer waits for its turn, ms; after that it starts from the bytes. */
const TURN_MAX_MS = 4_000;
/** Screens that may wait, each with its bytes (256 KiB at most). */
const WAITING_MAX = 64;
/** Output that took too long is not tried again for this long, ms: it would cost every viewer's turn. */
const SOUR_MS = 60_000;
/** A worker without work ends after this, ms: its memory is some 20 MB. */
const IDLE_MS = 60_000;
/** What a worker may use, MiB: the largest screen is 5,200 lines of 500 cells of 12 bytes. */
const MEMORY_MIB = 128;

/** Output to parse: what is known of the state before it, and the size that the shell had there. */
export interface Past extends Size {
  modes: string;
  replay: Replay;
}

/** What an empty terminal of this size must be written to look like the one whose output it was. */
export interface Screen extends Size {
  text: string;
  /** Whether a full-screen program owns it. */
  alternate: boolean;
}

/** Makes screens of output, away from web's own loop: learners' output may be made to take long. */
export interface Screens {
  /** Resolves to null where it cannot be made in time. */
  make(terminal: string, past: Past): Promise<Screen | null>;
  close(): void;
}

interface Job {
  terminal: string;
  past: Past;
  resolve(screen: Screen | null): void;
  /** Gives up waiting for a turn, or, when it has come, the work. */
  limit: NodeJS.Timeout;
}

/** One worker, made when it is needed, one screen at a time. */
export function createScreens(fault: (error: unknown, what: string) => void): Screens {
  /** Terminals whose output took too long, and until when they are not tried again. */
  const sour = new Map<string, number>();
  const queue: Job[] = [];
  let job: Job | undefined;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;

  function begin(): Worker {
    const made = new Worker(new URL('./screen-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
    made.on('message', (screen: Screen | null) => {
      if (worker === made) finish(screen);
    });
    made.on('error', (error) => fault(error, 'making a screen'));
    made.on('exit', () => {
      if (worker === made) spoil();
    });
    // It must not keep a web alive that has closed everything else.
    made.unref();
    return made;
  }

  function end(): void {
    clearTimeout(idle);
    const ended = worker;
    worker = undefined;
    // It is asked for nothing any more: how it ends does not matter.
    ended?.terminate().catch(() => undefined);
  }

  function next(): void {
    clearTimeout(idle);
    job = queue.shift();
    if (!job) {
      idle = setTimeout(end, IDLE_MS).unref();
      return;
    }
    clearTimeout(job.limit);
    job.limit = setTimeout(spoil, SCREEN_MAX_MS);
    worker ??= begin();
    // Copies: the bytes may lie in buffers that hold more.
    const replay = job.past.replay.map((each) => (Buffer.isBuffer(each) ? new Uint8Array(each) : each));
    worker.postMessage({ ...job.past, replay });
  }

  function finish(screen: Screen | null): void {
    clearTimeout(job?.limit);
    job?.resolve(screen);
    next();
  }

  /** The job at hand has cost too much. */
  function spoil(): void {
    end();
    const now = performance.now();
    for (const [each, until] of sour) if (until < now) sour.delete(each);
    if (job) sour.set(job.terminal, now + SOUR_MS);
    finish(null);
  }

  return {
    make(terminal, past) {
      if (queue.length >= WAITING_MAX || (sour.get(terminal) ?? 0) > performance.now()) return Promise.resolve(null);
      return new Promise((resolve) => {
        const mine: Job = {
          terminal,
          past,
          resolve,
          limit: setTimeout(() => {
            queue.splice(queue.indexOf(mine), 1);
            resolve(null);
          }, TURN_MAX_MS),
        };
        queue.push(mine);
        if (!job) next();
      });
    },
    close() {
      end();
      for (const each of job ? [job, ...queue] : queue) {
        clearTimeout(each.limit);
        each.resolve(null);
      }
      job = undefined;
      queue.length = 0;
    },
  };
}
