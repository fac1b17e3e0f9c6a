/** The server is told each time this many more bytes have been parsed: its window is 512 KiB, and it needs word well before. */
const ACK_BYTES = 64 * 1024;

/** What the server answers to an attach: see Answers['terminal:attach']. */
interface Attached {
  from: number;
  live: number;
  cols: number;
  rows: number;
}

/** What a stream does to the screen and to the server. */
interface Ends {
  write(bytes: Uint8Array, parsed: () => void): void;
  /** Clears the screen and gives it the size that the bytes to come were written for. */
  reset(size: { cols: number; rows: number }): void;
  /** The past has been parsed after a reset: the screen may take its own size again. */
  caughtUp(): void;
  ack(offset: number): void;
  /** Bytes are missing: the terminal has to be attached again after `stream.received()`. */
  missing(): void;
}

/** The bytes of one terminal in their order: no byte twice, none missing, whatever the connection did. */
export interface Stream {
  /** The offset after the last byte that came, or null before the first attach. */
  received(): number | null;
  /** Whether what the screen is parsing is a replay, whose queries must not be answered. */
  replaying(): boolean;
  /** From here on output waits for the answer to an attach. */
  attaching(): void;
  attached(answer: Attached): void;
  output(offset: number, bytes: Uint8Array): void;
}

/** Makes the stream of one terminal. */
export function createStream(ends: Ends): Stream {
  let next: number | null = null;
  let parsed = 0;
  let acked = 0;
  let live = 0;
  let catchingUp = false;
  let waiting: { offset: number; bytes: Uint8Array }[] | null = null;
  /** Grows at each reset, so that callbacks of writes before it count no more. */
  let life = 0;

  const settle = () => {
    if (!catchingUp || parsed < live) return;
    catchingUp = false;
    ends.caughtUp();
  };

  const write = (bytes: Uint8Array) => {
    const mine = life;
    ends.write(bytes, () => {
      if (mine !== life) return;
      parsed += bytes.length;
      settle();
      if (parsed - acked < ACK_BYTES) return;
      acked = parsed;
      ends.ack(parsed);
    });
  };

  const accept = (offset: number, bytes: Uint8Array) => {
    if (next === null) return;
    const fresh = offset < next ? bytes.subarray(Math.min(next - offset, bytes.length)) : bytes;
    if (fresh.length === 0) return;
    if (offset > next) return ends.missing();
    const start = next;
    next += fresh.length;
    // A write that lies on both sides of `live` is cut there, so that replaying() is right for every byte.
    const replayed = Math.max(0, Math.min(fresh.length, live - start));
    if (replayed > 0) write(fresh.subarray(0, replayed));
    if (replayed < fresh.length) write(fresh.subarray(replayed));
  };

  return {
    received: () => next,
    replaying: () => parsed < live,
    attaching() {
      waiting ??= [];
    },
    attached(answer) {
      const before = waiting ?? [];
      waiting = null;
      live = answer.live;
      if (next === null || answer.from > next) {
        life += 1;
        next = answer.from;
        parsed = answer.from;
        acked = answer.from;
        catchingUp = true;
        ends.reset({ cols: answer.cols, rows: answer.rows });
        settle();
      }
      for (const { offset, bytes } of before) accept(offset, bytes);
    },
    output(offset, bytes) {
      if (waiting) waiting.push({ offset, bytes });
      else accept(offset, bytes);
    },
  };
}
