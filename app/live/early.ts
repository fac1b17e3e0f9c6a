import type { Viewer, ViewerEvents } from '../labs/[lab]/[step]/machines/viewer.ts';
import type { Live } from './live.ts';

/** What of a lab's page lives before React has made the page its own: the lab, and the first terminal of each node. */
export interface Early {
  readonly live: Live;
  /** The terminal that was opened in the place of a node. */
  terminalOn(node: string): string | undefined;
  /** Hands over the screen of a terminal, which stays where it is, and all that goes with it; once. */
  take(terminal: string, place: HTMLElement, events: ViewerEvents): Viewer | undefined;
  /** Ends everything, also what was handed over of the lab. */
  close(): void;
}

declare global {
  interface Window {
    /** Written by app/early.ts, a script of its own; null says that React was first, or that it is over. */
    netloomEarly?: Early | null;
    /** Lets the page's own scripts begin, where the server holds them back (server/hold.ts). */
    netloomGo?: () => void;
  }
}

/** What began early of this page; from the first question on, nothing begins any more. */
export function earlyPart(): Early | null {
  if (typeof window === 'undefined') return null;
  window.netloomEarly ??= null;
  return window.netloomEarly;
}

/** Ends it with its lab: a lab that is opened later on this page begins with React. */
export function endEarly(): void {
  earlyPart()?.close();
  window.netloomEarly = null;
}
