import { writeSync } from 'node:fs';

/** Input that waits for a program to read it: a learner's longest paste. Beyond it the paste is cut. */
const QUEUE_MAX_BYTES = 1024 * 1024;
/** A tty's line discipline takes at most 4 KiB at once (N_TTY_BUF_SIZE in drivers/tty/n_tty.c). */
const SLICE_BYTES = 4_096;
/** Pauses while the program does not read: node-pty's own writer would spin (node-pty #956). */
const RETRY_MIN_MS = 1;
const RETRY_MAX_MS = 50;
/** What a waiting piece costs beside its bytes: a learner's keys come one by one. */
const PIECE_BYTES = 128;
const INTERRUPT = 0x03;
/** The end of a bracketed paste, without which readline takes all that follows for text. */
const PASTE_END = Buffer.from('\x1b[201~');

/** Writes to a pty's master without blocking and without spinning. */
export interface PtyWriter {
  write(bytes: Uint8Array): void;
  close(): void;
}

/**
 * Makes a writer for the (non-blocking) file descriptor of a pty's master. `isOpen` is asked before every write: a number
 * that was closed is given to the next terminal that opens. What does not fit into the queue is refused, with all that
 * comes before the queue is empty again, so that a paste loses its end and not its middle; `refused` is told once.
 */
export function createPtyWriter(options: { fd: number; isOpen(): boolean; refused(): void }): PtyWriter {
  let queue: Buffer[] = [];
  let queued = 0;
  let refusing = false;
  let timer: NodeJS.Timeout | undefined;
  let pause = RETRY_MIN_MS;
  let closed = false;

  /** Writes from the beginning of these bytes what the pty takes; the answer is how much that was. */
  function push(bytes: Uint8Array): number {
    let written = 0;
    while (written < bytes.length && !closed) {
      if (!options.isOpen()) close();
      else {
        try {
          written += writeSync(options.fd, bytes, written, Math.min(bytes.length - written, SLICE_BYTES));
          pause = RETRY_MIN_MS;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return written;
          // EIO, EBADF: the shell is gone; its end is reported by node-pty.
          close();
        }
      }
    }
    return written;
  }

  function flush(): void {
    timer = undefined;
    for (let head = queue[0]; head; head = queue[0]) {
      const written = push(head);
      queued -= written;
      if (closed) return;
      if (written < head.length) {
        queue[0] = head.subarray(written);
        timer = setTimeout(flush, pause);
        pause = Math.min(pause * 2, RETRY_MAX_MS);
        return;
      }
      queue.shift();
      queued -= PIECE_BYTES;
    }
    refusing = false;
  }

  function enqueue(bytes: Buffer): void {
    queue.push(bytes);
    queued += bytes.length + PIECE_BYTES;
    timer ??= setTimeout(flush, pause);
  }

  function close(): void {
    closed = true;
    queue = [];
    queued = 0;
    clearTimeout(timer);
  }

  return {
    write(bytes) {
      if (closed) return;
      // As the tty itself does, Ctrl-C throws away what was typed and not read yet.
      if (queue.length > 0 && bytes.length === 1 && bytes[0] === INTERRUPT) {
        queue = [];
        queued = 0;
        refusing = false;
      }
      if (refusing || queued + bytes.length > QUEUE_MAX_BYTES) {
        if (!refusing) options.refused();
        refusing = queue.length > 0;
        if (refusing && Buffer.from(bytes).includes(PASTE_END)) enqueue(PASTE_END);
        return;
      }
      const written = queue.length > 0 ? 0 : push(bytes);
      if (written < bytes.length && !closed) enqueue(Buffer.from(bytes.subarray(written)));
    },
    close,
  };
}
