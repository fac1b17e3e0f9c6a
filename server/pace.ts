/** Two judgements of a session keep this distance, from beginning to beginning: what happens meanwhile is judged at once, ms. */
const GAP_MS = 100;
/** So many may follow each other like this, as when somebody pastes a list of commands. */
const BURST = 12;
/** Then one more in this time: marks and changes come from the learner's own node, who may flood, ms. */
const REFILL_MS = 500;

/** What could not be done is tried again after this long, then twice as long, and so on to the last, ms: the machine was too busy. */
const AGAIN_MS = 2_000;
const AGAIN_MAX_MS = 60_000;

/** When to do what is wished again and again: the first at once, the next ones gathered. */
export interface Pace {
  /** Wishes for it: it is done now, or as soon as it may be; wishes meanwhile are one. */
  hurry(): void;
  /** Does what is still wished no more. */
  close(): void;
}

/** Makes a pace for a job, which answers whether it was done; it never rejects. */
export function createPace(job: () => Promise<boolean>, now: () => number = () => performance.now()): Pace {
  let last = Number.NEGATIVE_INFINITY;
  let left = BURST;
  let counted = now();
  let timer: NodeJS.Timeout | undefined;
  let later: NodeJS.Timeout | undefined;
  let failures = 0;
  let isClosed = false;

  function refill(): void {
    const more = Math.floor((now() - counted) / REFILL_MS);
    left = Math.min(BURST, left + more);
    counted = left === BURST ? now() : counted + more * REFILL_MS;
  }

  async function work(): Promise<void> {
    clearTimeout(later);
    const isDone = await job();
    failures = isDone ? 0 : failures + 1;
    if (isDone || isClosed) return;
    clearTimeout(later);
    later = setTimeout(hurry, Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** (failures - 1)));
  }

  function hurry(): void {
    if (timer || isClosed) return;
    refill();
    const poor = left > 0 ? 0 : counted + REFILL_MS - now();
    const wait = Math.max(0, poor, last + GAP_MS - now());
    timer = setTimeout(() => {
      timer = undefined;
      refill();
      left -= 1;
      last = now();
      void work();
    }, wait);
  }

  return {
    hurry,
    close() {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(later);
    },
  };
}
