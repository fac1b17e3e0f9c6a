import type { CheckpointResult } from './protocol.ts';

/** The time a learner's work on a lab takes: from the first nodes to the last checkpoint passed for the first time. */
export interface Clock {
  times(): { startedAt?: number; finishedAt?: number };
  /** The nodes are there; only the first time counts. */
  start(): Promise<void>;
  /** Looks whether every checkpoint of the lab has been passed once; only the first time counts. */
  note(results: CheckpointResult[]): Promise<void>;
}

/** A clock that goes on from what the store remembers. */
export function createClock(options: {
  times: { startedAt?: number; finishedAt?: number };
  now(): number;
  started(at: number): Promise<void>;
  finished(at: number): Promise<void>;
}): Clock {
  let { startedAt, finishedAt } = options.times;
  return {
    times: () => ({ startedAt, finishedAt }),
    async start() {
      const at = startedAt ?? options.now();
      await options.started(at);
      startedAt = at;
    },
    async note(results) {
      const passed = results.flatMap(({ passedAt }) => (passedAt === undefined ? [] : [passedAt]));
      if (finishedAt !== undefined || results.length === 0 || passed.length < results.length) return;
      // The clock may have been set back meanwhile; nobody is done before they began.
      const at = Math.max(...passed, startedAt ?? 0);
      await options.finished(at);
      finishedAt = at;
    },
  };
}
