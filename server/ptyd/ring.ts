/** What is kept of a terminal's output for those who come (back) later: terminals.md, «ptyhost per session». */
export const RING_BYTES = 256 * 1024;
/** … and as long as the quickest viewer has not confirmed it: the window of flow control, and what is read past it. */
export const RING_HELD_BYTES = 448 * 1024;
/** The memory for what is held is given back when no more than this is: not each time a slow viewer draws breath. */
const CAUGHT_UP_BYTES = 64 * 1024;
/** An idle terminal should cost little: the ring starts small and doubles. */
const RING_FIRST_BYTES = 2 * 1024;
/** The oldest bytes go in blocks, so that what they say about the screen's modes is read rarely and all at once. */
const BLOCK_BYTES = 32 * 1024;
/** How far from a block's end a good place to cut is looked for. */
const CUT_BYTES = 4 * 1024;
const NEWLINE = 0x0a;
const ESCAPE = 0x1b;

/** The last bytes of a stream, addressed by their offset in the whole stream. */
export interface Ring {
  /** Takes bytes; of the older ones, those from offset `held` on stay up to RING_HELD_BYTES, others up to RING_BYTES. */
  append(bytes: Buffer, held: number): void;
  /** Offset of the oldest byte still here. */
  start(): number;
  /** Offset after the newest byte: how many bytes the stream has had. */
  end(): number;
  /** Some of the bytes [from, to), at least one if there is any: a view that the next append overwrites. */
  peek(from: number, to: number): Buffer;
}

/** How much of the block to drop: up to a line's start, else to an escape sequence's, else to a character's. */
function cutOf(block: Buffer): number {
  const search = block.subarray(-CUT_BYTES);
  const before = block.length - search.length;
  const line = search.lastIndexOf(NEWLINE);
  if (line >= 0) return before + line + 1;
  const sequence = search.lastIndexOf(ESCAPE);
  if (before + sequence > 0 && sequence >= 0) return before + sequence;
  let cut = block.length;
  // 10xxxxxx goes on a character of UTF-8, of which there are at most three in a row.
  while (cut > block.length - 4 && ((block[cut - 1] as number) & 0xc0) === 0x80) cut -= 1;
  return cut > block.length - 4 && (block[cut - 1] as number) >= 0xc0 ? cut - 1 : block.length;
}

/** Makes an empty ring, which grows as needed. `dropped` sees the bytes that are no longer kept, in order. */
export function createRing(dropped: (bytes: Buffer) => void): Ring {
  let buffer = Buffer.alloc(0);
  let start = 0;
  let end = 0;

  // Byte `offset` of the stream lives at offset % buffer.length.
  function peek(from: number, to: number): Buffer {
    if (from >= to) return buffer.subarray(0, 0);
    const at = from % buffer.length;
    return buffer.subarray(at, Math.min(buffer.length, at + to - from));
  }

  function copy(from: number, to: number): Buffer {
    const first = peek(from, to);
    return first.length === to - from ? first : Buffer.concat([first, peek(from + first.length, to)]);
  }

  function put(bytes: Buffer, offset: number): void {
    const copied = bytes.copy(buffer, offset % buffer.length);
    if (copied < bytes.length) bytes.copy(buffer, 0, copied);
  }

  function move(size: number): void {
    const kept = copy(start, end);
    buffer = Buffer.allocUnsafeSlow(size);
    put(kept, start);
  }

  function appendBlock(bytes: Buffer, held: number): void {
    while (end - start + bytes.length > RING_BYTES) {
      if (start + BLOCK_BYTES > held && end - start + bytes.length <= RING_HELD_BYTES) break;
      const block = copy(start, start + BLOCK_BYTES);
      const cut = cutOf(block);
      dropped(block.subarray(0, cut));
      start += cut;
    }
    const needed = end - start + bytes.length;
    if (needed > buffer.length) {
      let size = RING_FIRST_BYTES;
      while (size < needed) size *= 2;
      move(Math.min(size, RING_HELD_BYTES));
    } else if (buffer.length > RING_BYTES && needed <= RING_BYTES && end - held <= CAUGHT_UP_BYTES) {
      move(RING_BYTES);
    }
    put(bytes, end);
    end += bytes.length;
  }

  return {
    append(bytes, held) {
      for (let at = 0; at < bytes.length; at += BLOCK_BYTES) appendBlock(bytes.subarray(at, at + BLOCK_BYTES), held);
    },
    start: () => start,
    end: () => end,
    peek,
  };
}
