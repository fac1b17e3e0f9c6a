import type { DefaultEventsMap, Socket } from 'socket.io';
import type { Helper } from './helping.ts';
import type { Sight, View } from './terminals.ts';

/** What one socket may ask for within ten seconds: fast typing and acknowledgements of a flood stay far below. */
const REQUESTS_PER_WINDOW = 2_000;
const REQUEST_WINDOW_MS = 10_000;
/**
 * Terminal bytes that may wait for one socket: an honest screen acknowledges what it has read, and so never has more
 * than 256 KiB of each terminal on the way; one that only says so must not fill this process's memory.
 */
const WAITING_MAX_BYTES = 8 * 1024 * 1024;

/** How long the answer to a keystroke waits for the echo, ms: they go in one write, which is half of what a key costs. */
const COMPANY_MS = 5;

/** Who sits at a socket, and what it looks at. */
export interface Seat {
  person: string;
  /** The browser it is: sha-256 of its token. */
  browser: string;
  /** The terminals this socket looks at; one who watches can neither type nor resize. */
  views: Map<string, Sight & Partial<View>>;
  /** Whose session it watches: by an invitation, which ends, or by a right in a class. */
  watching?: { person: string; lab: string; until?: NodeJS.Timeout; helper?: Helper };
  /** The class at work that it hears of: the name of a room. */
  lesson?: string | undefined;
  /** Counts requests, a long input as several; false when there are too many. */
  may(weight: number): boolean;
  /** Whether there is output that was not acknowledged yet; if so, this counts as an acknowledgement of a piece of it. */
  hasOutput(): boolean;
  /** Counts bytes that are about to be sent; false when the browser has left too many waiting. */
  owes(bytes: number): boolean;
  /** Sends an answer that may wait a moment. */
  later(answer: () => void): void;
  /** Sends news, and what waits with it. */
  now(news: () => void): void;
}

/** A browser's socket. */
export type Client = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>;

/** A seat for a socket that has just come in. */
export function createSeat(person: string, browser: string, client: Client): Seat {
  let since = 0;
  let asked = 0;
  /** Bytes given to the network, of which some may be on their way, and bytes that wait for their turn. */
  let given = 0;
  let waiting = 0;
  /** Pieces of output that were given, less the acknowledgements that came. */
  let pieces = 0;
  let answers: (() => void)[] = [];
  let isTimed = false;
  const { socket } = client.request;

  function answerAll(): void {
    const all = answers;
    answers = [];
    for (const answer of all) answer();
  }

  // engine.io flushes when everything it gave before has gone.
  client.conn.on('flush', () => {
    given = waiting;
    waiting = 0;
  });
  return {
    person,
    browser,
    views: new Map(),
    may(weight) {
      const now = performance.now();
      if (now - since > REQUEST_WINDOW_MS) {
        since = now;
        asked = 0;
      }
      asked += weight;
      return asked <= REQUESTS_PER_WINDOW;
    },
    hasOutput() {
      if (pieces === 0) return false;
      pieces -= 1;
      return true;
    },
    owes(bytes) {
      pieces += 1;
      waiting += bytes;
      return given + waiting <= WAITING_MAX_BYTES;
    },
    later(answer) {
      answers.push(answer);
      if (isTimed) return;
      isTimed = true;
      setTimeout(() => {
        isTimed = false;
        answerAll();
      }, COMPANY_MS);
    },
    now(news) {
      if (answers.length === 0) return news();
      socket.cork();
      news();
      answerAll();
      socket.uncork();
    },
  };
}
