/** How much of the end of the output is kept to find a prompt in, characters. */
const TAIL_CHARS = 512;

/** A screen as far as a server notices one: it parses at some speed, and says when it has parsed. */
export interface Screen {
  /** Parses a piece after those before it; `done` is called then, as xterm calls back after a write. */
  take(piece: Uint8Array | string, done?: () => void): void;
  /** Bytes that were parsed. */
  parsed(): number;
  /** Bytes that came and are not parsed yet. */
  backlog(): number;
  /** Resolves as soon as the output that is parsed from now on holds this text; rejects after `ms`. */
  sees(text: string, ms: number): Promise<void>;
  /** Is called after each piece that was parsed. */
  onParsed(listener: () => void): void;
  /** Parses no more. */
  close(): void;
}

/** Makes a screen that parses so many bytes per second; Infinity parses at once. */
export function createScreen(bytesPerSecond: number): Screen {
  const queue: { piece: Uint8Array | string; done?: () => void; due: number }[] = [];
  let parsed = 0;
  let waiting = 0;
  let due = 0;
  let tail = '';
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();

  function parse(piece: Uint8Array | string, done?: () => void): void {
    parsed += piece.length;
    const end = typeof piece === 'string' ? piece.slice(-TAIL_CHARS) : String.fromCharCode(...piece.slice(-TAIL_CHARS));
    tail = (tail + end).slice(-TAIL_CHARS);
    done?.();
    for (const listener of listeners) listener();
  }

  function work(): void {
    timer = undefined;
    const now = performance.now();
    for (let next = queue[0]; next && next.due <= now; next = queue[0]) {
      queue.shift();
      waiting -= next.piece.length;
      parse(next.piece, next.done);
    }
    if (queue[0]) timer = setTimeout(work, Math.max(1, queue[0].due - now));
  }

  return {
    take(piece, done) {
      if (bytesPerSecond === Number.POSITIVE_INFINITY) return parse(piece, done);
      due = Math.max(due, performance.now()) + (piece.length / bytesPerSecond) * 1_000;
      waiting += piece.length;
      queue.push({ piece, done, due });
      timer ??= setTimeout(work, Math.max(1, due - performance.now()));
    },
    parsed: () => parsed,
    backlog: () => waiting,
    sees(text, ms) {
      tail = '';
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!tail.includes(text)) return;
          clearTimeout(limit);
          listeners.delete(look);
          resolve();
        };
        const limit = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`no ${JSON.stringify(text)} within ${ms} ms; the screen ends with ${JSON.stringify(tail)}`));
        }, ms);
        listeners.add(look);
      });
    },
    onParsed: (listener) => void listeners.add(listener),
    close() {
      clearTimeout(timer);
      queue.length = 0;
      listeners.clear();
    },
  };
}
