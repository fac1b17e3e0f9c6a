import type { ReadStream } from 'node:tty';
import { type IPty, spawn } from 'node-pty';
import { PRIORITY } from '../priority.ts';
import type { Attached, Command, Mark, Size } from './contract.ts';
import { createMarkReader } from './marks.ts';
import { createModes, type Modes } from './modes.ts';
import type { PtyReader } from './reader.ts';
import type { Recording } from './recording.ts';
import { createRing } from './ring.ts';
import { createViews, type Viewer } from './views.ts';
import { words } from './words.ts';
import { createPtyWriter } from './writer.ts';

/** Marks that are passed on per second: a prompt makes four; a program may print millions. */
const MARKS_PER_SECOND = 40;
/** Between SIGHUP and SIGKILL when a terminal is closed. */
const HANGUP_GRACE_MS = 2_000;
/** How long a program sees the other size when it is to paint itself anew: less and ncurses ignore a change they miss. */
const REPAINT_MS = 50;
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
  /** Makes a full-screen program paint itself again. */
  repaint(): void;
  /** Records it from here on, what it has said so far included. */
  record(into: Recording): void;
  /** Puts a marker into the recording. */
  label(text: string): void;
  close(): void;
}

/** Starts a shell on a new pty. `ended` is called once, after its last output. */
export function createTerminal(options: {
  command: Command;
  size: Size;
  reader: PtyReader;
  /** Its recording, if there is to be one from the beginning. */
  recording: Recording | null;
  ended(code: number | null): void;
  mark(mark: Mark, offset: number): void;
}): Terminal {
  const { command, size } = options;
  // What it inherits from ptyd is given back: a shell runs where everything else runs.
  const pty: IPty = spawn('/usr/bin/nice', ['-n', String(-PRIORITY), command.file, ...command.args], {
    name: 'xterm-256color',
    cols: size.cols,
    rows: size.rows,
    cwd: '/',
    env: command.env,
    encoding: null,
  });
  // node-pty keeps the descriptor and its stream out of its typings; fs.writeSync avoids its busy loop (node-pty #956).
  const { fd, _socket: stream } = pty as unknown as { fd: number; _socket: ReadStream };
  const isOpen = () => alive && !stream.destroyed;
  let { recording } = options;
  let modes: Modes | undefined;
  const ring = createRing((bytes) => {
    modes ??= createModes();
    modes.follow(bytes);
  });
  const views = createViews({ ring, size, pause: () => pty.pause(), resume: () => pty.resume() });
  const writer = createPtyWriter({
    fd,
    isOpen,
    refused: () => take(Buffer.from(`\r\n\x1b[0m${words.inputRefused}\r\n`)),
  });
  const readMarks = createMarkReader();
  let current = size;
  let alive = true;
  let kill: NodeJS.Timeout | undefined;
  let repaint: NodeJS.Timeout | undefined;
  let atPrompt: boolean | null = null;
  let marksSince = 0;
  let marksLeft = MARKS_PER_SECOND;

  function passMarks(bytes: Buffer, start: number): void {
    for (const { at, ...mark } of readMarks(bytes)) {
      if (mark.kind === 'B' || mark.kind === 'C') atPrompt = mark.kind === 'B';
      const now = performance.now();
      if (now - marksSince > 1_000) {
        marksSince = now;
        marksLeft = MARKS_PER_SECOND;
      }
      marksLeft -= 1;
      if (marksLeft >= 0) options.mark(mark, start + at);
    }
  }

  function take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const start = ring.end();
    ring.append(bytes, views.held());
    views.grown(bytes.length);
    passMarks(bytes, start);
    recording?.output(bytes);
  }

  /** A shell that ends while it is paused has said more than was read; node-pty would throw that away (its onexit). */
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error) => {
    if (!stream.destroyed) {
      // read() emits what the stream holds as `data`.
      while (stream.read() !== null);
      take(options.reader.rest(fd));
    }
    return destroy(error);
  };

  pty.onData((data) => {
    // With encoding null node-pty gives Buffers, whatever its typings say.
    const bytes = data as unknown as Buffer;
    take(bytes);
    if (isOpen()) take(options.reader.more(fd, bytes.length));
  });
  pty.onExit(({ exitCode, signal }) => {
    alive = false;
    writer.close();
    clearTimeout(kill);
    clearTimeout(repaint);
    views.close();
    void recording?.close();
    options.ended(signal ? null : exitCode);
  });

  return {
    pid: pty.pid,
    attach(viewer, after) {
      const possible = after !== null && after >= ring.start() && after <= ring.end();
      const from = possible ? after : ring.start();
      const sizeThen = views.add(viewer, from);
      // After the answer is on its way, so that the viewer knows `from` before the first byte comes.
      setImmediate(() => views.pump());
      return { from, live: ring.end(), atPrompt, modes: (!possible && modes?.text()) || '', ...sizeThen };
    },
    detach: (viewer) => views.remove(viewer),
    ack: (viewer, offset) => views.ack(viewer, offset),
    write: (bytes) => writer.write(bytes),
    resize(next) {
      if (!isOpen() || (next.cols === current.cols && next.rows === current.rows)) return;
      clearTimeout(repaint);
      repaint = undefined;
      current = next;
      pty.resize(next.cols, next.rows);
      views.resized(next);
      recording?.resize(next);
    },
    repaint() {
      if (!isOpen() || repaint || current.rows < 2) return;
      pty.resize(current.cols, current.rows - 1);
      repaint = setTimeout(() => {
        repaint = undefined;
        if (isOpen()) pty.resize(current.cols, current.rows);
      }, REPAINT_MS);
    },
    record(into) {
      recording = into;
      for (let at = ring.start(); at < ring.end(); ) {
        const piece = ring.peek(at, ring.end());
        into.output(piece);
        at += piece.length;
      }
    },
    label: (text) => recording?.label(text),
    close() {
      if (!alive || kill) return;
      pty.kill('SIGHUP');
      kill = setTimeout(() => pty.kill('SIGKILL'), HANGUP_GRACE_MS);
    },
  };
}
