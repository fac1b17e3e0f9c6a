import { type IPty, spawn } from 'node-pty';
import type { Attached, Command, Size } from './contract.ts';
import { createMarkReader, type Mark } from './marks.ts';
import { createRing } from './ring.ts';
import { createPtyWriter } from './writer.ts';

/** How far output may run ahead of what a viewer's screen has parsed (terminals.md 2.9: 512/256/64 KiB). */
const WINDOW_BYTES = 512 * 1024;
/** A paused shell goes on when the fastest viewer is this close again. */
const RESUME_BYTES = 256 * 1024;
/** The largest message to a viewer. */
const MESSAGE_BYTES = 64 * 1024;
/** Output is sent at once when the last was sent longer ago than this, and gathered for this long under load. */
const GATHER_MS = 2;
/** How fast a shell that nobody looks at may go on: an abandoned `yes` must cost next to nothing. */
const ALONE_BYTES_PER_TICK = 256 * 1024;
const ALONE_TICK_MS = 250;
/** Marks that are passed on per second: a prompt makes four; a program may print millions. */
const MARKS_PER_SECOND = 40;
/** Between SIGHUP and SIGKILL when a terminal is closed. */
const HANGUP_GRACE_MS = 2_000;

/** Someone who looks at a terminal. */
export interface Viewer {
  output(offset: number, bytes: Buffer): void;
}

/** A shell and who is looking at it. */
export interface Terminal {
  readonly pid: number;
  /** Starts sending output from byte `after` on. */
  attach(viewer: Viewer, after: number | null): Attached;
  detach(viewer: Viewer): void;
  /** The viewer's screen has parsed everything before offset. */
  ack(viewer: Viewer, offset: number): void;
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  close(): void;
}

/** Starts a shell on a new pty. `ended` is called once, after its last output. */
export function createTerminal(options: {
  command: Command;
  size: Size;
  ended(code: number | null): void;
  mark(mark: Mark, offset: number): void;
}): Terminal {
  const { command, size } = options;
  const pty: IPty = spawn(command.file, command.args, {
    name: 'xterm-256color',
    cols: size.cols,
    rows: size.rows,
    cwd: '/',
    env: command.env,
    encoding: null,
  });
  // node-pty keeps the descriptor and its stream out of its typings; fs.writeSync avoids its busy loop (node-pty #956).
  const { fd, _socket: stream } = pty as unknown as { fd: number; _socket: { destroyed: boolean } };
  const isOpen = () => alive && !stream.destroyed;
  const writer = createPtyWriter(fd, isOpen);
  const ring = createRing();
  const readMarks = createMarkReader();
  const viewers = new Map<Viewer, { sent: number; acked: number }>();
  let current = size;
  let paused = false;
  let alive = true;
  let lastSent = 0;
  let gather: NodeJS.Timeout | undefined;
  let alone = 0;
  let aloneTimer: NodeJS.Timeout | undefined;
  let kill: NodeJS.Timeout | undefined;
  let atPrompt: boolean | null = null;
  let marksSince = 0;
  let marksLeft = MARKS_PER_SECOND;

  function passMarks(bytes: Buffer, start: number): void {
    for (const mark of readMarks(bytes)) {
      if (mark.kind === 'B' || mark.kind === 'C') atPrompt = mark.kind === 'B';
      const now = performance.now();
      if (now - marksSince > 1_000) {
        marksSince = now;
        marksLeft = MARKS_PER_SECOND;
      }
      marksLeft -= 1;
      if (marksLeft >= 0) options.mark(mark, start + mark.at);
    }
  }

  function pump(): void {
    clearTimeout(gather);
    gather = undefined;
    lastSent = performance.now();
    for (const [viewer, view] of viewers) {
      while (view.sent < ring.end() && view.sent - view.acked < WINDOW_BYTES) {
        // A viewer that fell behind the ring goes on from its start: the jump in the offset tells it to clear its screen.
        if (view.sent < ring.start()) {
          view.sent = ring.start();
          view.acked = view.sent;
        }
        const to = Math.min(ring.end(), view.sent + MESSAGE_BYTES);
        const bytes = ring.read(view.sent, to);
        const offset = view.sent;
        view.sent = to;
        viewer.output(offset, bytes);
      }
    }
  }

  /** How far the fastest viewer is behind: a slow or hidden one never slows the others. */
  function lag(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const view of viewers.values()) least = Math.min(least, ring.end() - view.acked);
    return least;
  }

  function regulate(): void {
    if (!alive) return;
    const wanted = viewers.size === 0 ? alone >= ALONE_BYTES_PER_TICK : lag() > (paused ? RESUME_BYTES : WINDOW_BYTES);
    if (wanted === paused) return;
    paused = wanted;
    if (paused) pty.pause();
    else pty.resume();
  }

  function countAlone(bytes: number): void {
    alone += bytes;
    aloneTimer ??= setTimeout(() => {
      aloneTimer = undefined;
      alone = 0;
      regulate();
    }, ALONE_TICK_MS);
  }

  pty.onData((data) => {
    // With encoding null node-pty gives Buffers, whatever its typings say.
    const bytes = data as unknown as Buffer;
    const start = ring.end();
    ring.append(bytes);
    passMarks(bytes, start);
    if (viewers.size === 0) countAlone(bytes.length);
    else if (performance.now() - lastSent >= GATHER_MS) pump();
    else gather ??= setTimeout(pump, GATHER_MS);
    regulate();
  });
  pty.onExit(({ exitCode, signal }) => {
    alive = false;
    writer.close();
    clearTimeout(kill);
    clearTimeout(aloneTimer);
    pump();
    options.ended(signal ? null : exitCode);
  });

  return {
    pid: pty.pid,
    attach(viewer, after) {
      const possible = after !== null && after >= ring.start() && after <= ring.end();
      const from = possible ? after : ring.start();
      viewers.set(viewer, { sent: from, acked: from });
      const live = ring.end();
      // After the answer is on its way, so that the viewer knows `from` before the first byte comes.
      setImmediate(() => {
        pump();
        regulate();
      });
      return { from, live, atPrompt, ...current };
    },
    detach(viewer) {
      viewers.delete(viewer);
      regulate();
    },
    ack(viewer, offset) {
      const view = viewers.get(viewer);
      if (!view || offset > view.sent || offset < view.acked) return;
      view.acked = offset;
      pump();
      regulate();
    },
    write(bytes) {
      writer.write(bytes);
    },
    resize(next) {
      if (!isOpen() || (next.cols === current.cols && next.rows === current.rows)) return;
      current = next;
      pty.resize(next.cols, next.rows);
    },
    close() {
      if (!alive || kill) return;
      if (paused) pty.resume();
      paused = false;
      pty.kill('SIGHUP');
      kill = setTimeout(() => pty.kill('SIGKILL'), HANGUP_GRACE_MS);
    },
  };
}
