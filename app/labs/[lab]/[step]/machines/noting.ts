import type { Loss } from './typing.ts';

/** How long a note stays, ms: long enough to be read; and one that only confirms. */
const NOTE_MS = 8_000;
const CONFIRM_MS = 1_400;

/** What is to be said quietly beside a terminal just now. */
export type Note = Loss | 'not-open' | 'too-large' | 'copied' | 'no-clipboard' | null;

/** What a terminal has to say, one thing at a time. */
export interface Noting {
  /** What is being said. */
  said(): Note;
  note(what: Note): void;
  stop(): void;
}

/** Makes it; `tell` hears of every change. A note goes by itself, but for one that holds until it is mended. */
export function createNoting(tell: (note: Note) => void): Noting {
  let said: Note = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const note = (what: Note) => {
    clearTimeout(timer);
    said = what;
    tell(what);
    if (what === null || what === 'not-open') return;
    timer = setTimeout(note, what === 'copied' ? CONFIRM_MS : NOTE_MS, null);
  };
  return { said: () => said, note, stop: () => clearTimeout(timer) };
}
