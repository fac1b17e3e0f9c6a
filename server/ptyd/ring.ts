/** What is kept of a terminal's output for those who come (back) later: terminals.md, «ptyhost per session». */
export const RING_MAX_BYTES = 256 * 1024;
/** An idle terminal should cost little: the ring starts small and doubles. */
const RING_FIRST_BYTES = 4 * 1024;

/** The last bytes of a stream, addressed by their offset in the whole stream. */
export interface Ring {
  append(bytes: Uint8Array): void;
  /** Offset of the oldest byte still here. */
  start(): number;
  /** Offset after the newest byte: how many bytes the stream has had. */
  end(): number;
  /** A copy of the bytes [from, to); both must lie within [start, end]. */
  read(from: number, to: number): Buffer;
}

/** Makes an empty ring that grows as needed up to RING_MAX_BYTES. */
export function createRing(): Ring {
  let buffer = Buffer.allocUnsafe(RING_FIRST_BYTES);
  let start = 0;
  let end = 0;

  // Byte `offset` of the stream lives at offset % buffer.length.
  function copyOut(from: number, to: number): Buffer {
    const out = Buffer.allocUnsafe(to - from);
    const at = from % buffer.length;
    const first = Math.min(out.length, buffer.length - at);
    buffer.copy(out, 0, at, at + first);
    if (first < out.length) buffer.copy(out, first, 0, out.length - first);
    return out;
  }

  function put(bytes: Uint8Array, offset: number): void {
    const at = offset % buffer.length;
    const first = Math.min(bytes.length, buffer.length - at);
    buffer.set(bytes.subarray(0, first), at);
    if (first < bytes.length) buffer.set(bytes.subarray(first), 0);
  }

  function grow(size: number): void {
    const kept = copyOut(start, end);
    buffer = Buffer.allocUnsafe(size);
    put(kept, start);
  }

  return {
    append(bytes) {
      let size = buffer.length;
      while (size < RING_MAX_BYTES && end - start + bytes.length > size) size *= 2;
      if (size > buffer.length) grow(size);
      const kept = bytes.length > buffer.length ? bytes.subarray(bytes.length - buffer.length) : bytes;
      put(kept, end + bytes.length - kept.length);
      end += bytes.length;
      start = Math.max(start, end - buffer.length);
    },
    start: () => start,
    end: () => end,
    read: copyOut,
  };
}
