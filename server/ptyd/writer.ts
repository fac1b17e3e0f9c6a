import { writeSync } from 'node:fs';

/** Input that waits for a program to read it: a learner's longest paste. Beyond it the paste is cut. */
const QUEUE_MAX_BYTES = 1024 * 1024;
/** A tty's line discipline takes at most 4 KiB at once (N_TTY_BUF_SIZE in drivers/tty/n_tty.c). */
const SLICE_BYTES = 4_096;
/** Pauses while the program does not read: node-pty's own writer would spin (node-pty #956). */
const RETRY_MIN_MS = 1;
const RETRY_MAX_MS = 50;

/** Writes to a pty's master without blocking and without spinning. */
export interface PtyWriter {
  /** False when the queue is full and nothing was taken. */
  write(bytes: Uint8Array): boolean;
  close(): void;
}

/**
 * Makes a writer for the (non-blocking) file descriptor of a pty's master. `isOpen` is asked before every write: a number
 * that was closed is given to the next terminal that opens.
 */
export function createPtyWriter(fd: number, isOpen: () => boolean): PtyWriter {
  let queue: Buffer[] = [];
  let queued = 0;
  let timer: NodeJS.Timeout | undefined;
  let pause = RETRY_MIN_MS;
  let closed = false;

  function flush(): void {
    timer = undefined;
    if (!isOpen()) close();
    while (queue.length > 0 && !closed) {
      const head = queue[0] as Buffer;
      try {
        const written = writeSync(fd, head, 0, Math.min(head.length, SLICE_BYTES));
        pause = RETRY_MIN_MS;
        queued -= written;
        if (written === head.length) queue.shift();
        else queue[0] = head.subarray(written);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
          timer = setTimeout(flush, pause);
          pause = Math.min(pause * 2, RETRY_MAX_MS);
          return;
        }
        // EIO, EBADF: the shell is gone; its end is reported by node-pty.
        close();
      }
    }
  }

  function close(): void {
    closed = true;
    queue = [];
    queued = 0;
    clearTimeout(timer);
  }

  return {
    write(bytes) {
      if (closed || queued + bytes.length > QUEUE_MAX_BYTES) return false;
      queue.push(Buffer.from(bytes));
      queued += bytes.length;
      if (!timer) flush();
      return true;
    },
    close,
  };
}
