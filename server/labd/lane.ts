/** Where jobs that take the whole machine wait for each other: those people wait for, and those for quiet times. */
export interface Lane {
  /** Runs a job as soon as its turn comes: first come, first served. */
  run<T>(job: () => Promise<T>): Promise<T>;
  /** Runs a job when nobody's is under way or waits, one at a time. */
  idle<T>(job: () => Promise<T>): Promise<T>;
}

/** A lane in which so many jobs go on beside each other. More of them at once would all end late instead of one after the other. */
export function createLane(width: number): Lane {
  let busy = 0;
  const waiting: (() => void)[] = [];
  const idling: (() => void)[] = [];

  function admit(): void {
    while (busy < width && waiting.length > 0) {
      busy += 1;
      waiting.shift()?.();
    }
    if (busy > 0 || idling.length === 0) return;
    busy += 1;
    idling.shift()?.();
  }

  async function through<T>(line: (() => void)[], job: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      line.push(resolve);
      admit();
    });
    try {
      return await job();
    } finally {
      busy -= 1;
      admit();
    }
  }

  return {
    run: (job) => through(waiting, job),
    idle: (job) => through(idling, job),
  };
}
