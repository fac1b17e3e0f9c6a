import { setPriority } from 'node:os';

/** How web, ptyd and labd run, as setpriority(2) counts: keystrokes and answers go before what learners compute. */
export const PRIORITY = -10;

/** Puts this process, and what it starts, before everything else; where that may not be, all are served in turn. */
export function goFirst(fault: (error: unknown) => void): void {
  try {
    setPriority(PRIORITY);
  } catch (error) {
    fault(error);
  }
}
