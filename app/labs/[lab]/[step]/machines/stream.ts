import type { Size } from './size.ts';

/** The server is told each time this many more bytes have been parsed: its window is 256 KiB, and it needs word well before. */
const ACK_BYTES = 64 * 1024;

/**
 * The screen yields to the page only between writes. In so many bytes even sequences chosen to be slow take but some
 * milliseconds; in a whole message of 64 KiB they would take seconds.
 */
const SLICE_BYTES = 8 * 1024;

/** RIS, as bytes: also ends whatever sequence or character the bytes before it left unfinished. */
const RESET = new Uint8Array([0x1b, 0x63]);

/** What the server answers to an attach: see Answers['terminal:attach']. */
interface Attached extends Size {
  from: number;
  live: number;
  screen: string | null;
}

/** What a stream does to the screen and to the server. */
interface Ends {
  /** Everything is parsed in the order in which it was written. */
  write(data: Uint8Array | string, parsed: () => void): void;
  /** Gives the screen a size; called when what was written before has been parsed, and nothing after. */
  resize(size: Size): void;
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
  /** The shell has this size for the bytes that come next. */
  size(size: Size): void;
}

/** Makes the stream of one terminal. */
export function createStream(ends: Ends): Stream {
  let next: number | null = null;
  let parsed = 0;
  let acked = 0;
  let live = 0;
  let waiting: (() => void)[] | null = null;
  /** Grows at each reset, so that callbacks of writes before it count no more. */
  let life = 0;
  /** Screens whose parsing is not finished: they are a replay too, though their bytes are not counted. */
  let painting = 0;

  const resize = (size: Size) => ends.write('', () => ends.resize(size));

  const write = (bytes: Uint8Array) => {
    const mine = life;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      ends.write(slice, () => {
        if (mine !== life) return;
        parsed += slice.length;
        if (parsed - acked < ACK_BYTES) return;
        acked = parsed;
        ends.ack(parsed);
      });
    }
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

  const clear = ({ from, cols, rows, screen }: Attached) => {
    life += 1;
    next = from;
    parsed = from;
    acked = from;
    painting += 1;
    ends.write(RESET, () => undefined);
    resize({ cols, rows });
    ends.write(screen ?? '', () => {
      painting -= 1;
    });
  };

  return {
    received: () => next,
    replaying: () => painting > 0 || parsed < live,
    attaching() {
      waiting ??= [];
    },
    attached(answer) {
      const before = waiting ?? [];
      waiting = null;
      live = answer.live;
      if (next === null || answer.from > next || answer.screen !== null) clear(answer);
      else resize(answer);
      for (const happen of before) happen();
    },
    output(offset, bytes) {
      if (waiting) waiting.push(() => accept(offset, bytes));
      else accept(offset, bytes);
    },
    size(size) {
      if (waiting) waiting.push(() => resize(size));
      else resize(size);
    },
  };
}
