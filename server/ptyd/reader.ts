import { readSync } from 'node:fs';

/** A read of a pty gives at most this (N_TTY_BUF_SIZE - 1 in drivers/tty/n_tty.c): then there is probably more. */
const FULL_READ_BYTES = 4_095;
/** How much a shell may say in one turn of the event loop when no other has anything to say: half a millisecond. */
const MORE_BYTES = 3 * FULL_READ_BYTES;
/** About what the kernel holds of a pty's output. */
const REST_BYTES = 16 * FULL_READ_BYTES;

/** Reads from the masters of all ptys, beside their streams. What it gives is lent until the next call. */
export interface PtyReader {
  /**
   * What a pty has to say after its stream gave so many bytes: a turn of the event loop for each 4 KiB costs more than
   * the bytes. Nothing when other ptys spoke in between, so that a flood never keeps the others waiting.
   */
  more(fd: number, given: number): Buffer;
  /** The last words of a pty whose stream is about to be destroyed. */
  rest(fd: number): Buffer;
}

/** Makes the reader of a process's ptys, whose descriptors are non-blocking. */
export function createPtyReader(): PtyReader {
  const buffer = Buffer.allocUnsafeSlow(REST_BYTES);
  let lastFd = -1;

  function read(fd: number, limit: number): Buffer {
    let length = 0;
    try {
      for (let more = FULL_READ_BYTES; more === FULL_READ_BYTES && length < limit; length += more) {
        more = readSync(fd, buffer, length, FULL_READ_BYTES, null);
      }
    } catch {
      // EAGAIN, EIO: there is nothing more. What is wrong with the pty, its stream will say.
    }
    return buffer.subarray(0, length);
  }

  return {
    more(fd, given) {
      const others = fd !== lastFd;
      lastFd = fd;
      return read(fd, others || given < FULL_READ_BYTES ? 0 : MORE_BYTES);
    },
    rest: (fd) => read(fd, REST_BYTES),
  };
}
