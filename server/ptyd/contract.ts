import { z } from 'zod';

/**
 * What may be asked of ptyd. There are two sockets: over `control` labd opens and closes terminals; over `attach` web
 * sees and types into those that are open, by their opaque names. web has no way to say what a terminal runs.
 */

/** How web and ptyd run, as setpriority(2) counts: keystrokes go before what learners compute. */
export const PRIORITY = -10;

/** Terminals are named by web; the name is opaque to everybody else. */
export const terminal = z.string().regex(/^[a-z0-9]{16,32}$/);
export const size = z.strictObject({ cols: z.number().int().min(2).max(500), rows: z.number().int().min(1).max(200) });
const channel = z.number().int().min(1).max(0xffff_ffff);
const offset = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a terminal runs. */
export const command = z.strictObject({
  file: z.string().max(4_096),
  args: z.array(z.string().max(4_096)).max(128),
  env: z.record(z.string().max(128), z.string().max(4_096)),
});
export type Command = z.infer<typeof command>;
export type Size = z.infer<typeof size>;

/** Where a terminal belongs: its recording lies at `recordings/<session>/<node>.<terminal>.cast`. */
export const belonging = z.strictObject({
  session: z.string().regex(/^[a-z0-9]{8,32}$/),
  node: z.string().regex(/^[a-z][a-z0-9-]{0,14}$/),
});
export type Belonging = z.infer<typeof belonging>;

export const controlCalls = {
  open: z.tuple([terminal, command, size, belonging]),
  close: z.tuple([terminal]),
  list: z.tuple([]),
} as const;

/** labd's verbs. */
export interface Control {
  /** Starts a shell under a new name; rejects when the name is taken or there are too many terminals. */
  open(terminal: string, command: Command, size: Size, belonging: Belonging): Promise<void>;
  /** Ends the shell (SIGHUP, then SIGKILL) and forgets what it said. Idempotent. */
  close(terminal: string): Promise<void>;
  list(): Promise<string[]>;
}

export const attachCalls = {
  attach: z.tuple([channel, terminal, offset.nullable()]),
  detach: z.tuple([channel]),
  resize: z.tuple([terminal, size]),
  repaint: z.tuple([terminal]),
  label: z.tuple([terminal, z.string().max(200)]),
  list: z.tuple([]),
} as const;

/** Where a viewer begins, the size the shell had there, and what the terminal is like now. */
export interface Attached extends Size {
  /** Offset of the first byte that comes. */
  from: number;
  /** Where the past ends. */
  live: number;
  /** Whether the shell waits at its prompt, as its marks say; null when it has made none. */
  atPrompt: boolean | null;
  /**
   * What puts a new screen into the state that held at `from`, as far as it matters: which buffer, cursor keys, paste
   * brackets, mouse, cursor, title. Empty when `from` is 0 or what was asked for.
   */
  modes: string;
}

/** web's verbs. */
export interface Attach {
  /** Sends the terminal's output from byte `after` on (or from as far back as is kept) as frames on this channel. */
  attach(channel: number, terminal: string, after: number | null): Promise<Attached>;
  detach(channel: number): Promise<void>;
  resize(terminal: string, size: Size): Promise<void>;
  /** Makes a full-screen program paint itself again, because its screen's past is no longer kept: SIGWINCH (termios(4)). */
  repaint(terminal: string): Promise<void>;
  /** Puts a marker with this text into the terminal's recording. */
  label(terminal: string, text: string): Promise<void>;
  /** The terminals whose shell is alive. */
  list(): Promise<string[]>;
}

/** A mark of the shell integration (OSC 133): A prompt starts, B prompt ends, C a command runs, D it ended. */
export interface Mark {
  kind: 'A' | 'B' | 'C' | 'D';
  /** Exit status, with D. */
  code: number | null;
  /** What runs, with C: plain text of one or more lines as the node's bash tells it, bounded; null when it does not. */
  command: string | null;
}

/** What ptyd tells every web that is connected. */
export interface AttachNews {
  ended(terminal: string, code: number | null): void;
  /** A mark of the shell integration. */
  mark(terminal: string, mark: Mark, offset: number): void;
}

/**
 * Frames, the hot path. Output, ptyd → web: kind 1, channel u32, offset f64, bytes. Input, web → ptyd: kind 2,
 * channel u32, bytes. Acknowledgement, web → ptyd: kind 3, channel u32, offset f64. Size, ptyd → web: kind 4, channel
 * u32, columns u16, rows u16: what the shell has from the next byte of this channel on. All big-endian.
 */
const OUTPUT = 1;
const INPUT = 2;
const ACK = 3;
const SIZE = 4;
const OUTPUT_HEAD = 13;
const SIZE_BYTES = 9;
const INPUT_HEAD = 5;

export type Frame =
  | { kind: 'output'; channel: number; offset: number; bytes: Buffer }
  | { kind: 'input'; channel: number; bytes: Buffer }
  | { kind: 'ack'; channel: number; offset: number }
  | { kind: 'size'; channel: number; size: Size };

/** Writes a frame of terminal output. */
export function outputFrame(channel: number, offset: number, bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(OUTPUT_HEAD + bytes.length);
  frame.writeUInt8(OUTPUT, 0);
  frame.writeUInt32BE(channel, 1);
  frame.writeDoubleBE(offset, 5);
  frame.set(bytes, OUTPUT_HEAD);
  return frame;
}

/** Writes a frame of typed input. */
export function inputFrame(channel: number, bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(INPUT_HEAD + bytes.length);
  frame.writeUInt8(INPUT, 0);
  frame.writeUInt32BE(channel, 1);
  frame.set(bytes, INPUT_HEAD);
  return frame;
}

/** Writes an acknowledgement: everything before offset has been parsed by the viewer's screen. */
export function ackFrame(channel: number, offset: number): Buffer {
  const frame = Buffer.allocUnsafe(OUTPUT_HEAD);
  frame.writeUInt8(ACK, 0);
  frame.writeUInt32BE(channel, 1);
  frame.writeDoubleBE(offset, 5);
  return frame;
}

/** Writes the news of a size. */
export function sizeFrame(channel: number, { cols, rows }: Size): Buffer {
  const frame = Buffer.allocUnsafe(SIZE_BYTES);
  frame.writeUInt8(SIZE, 0);
  frame.writeUInt32BE(channel, 1);
  frame.writeUInt16BE(cols, 5);
  frame.writeUInt16BE(rows, 7);
  return frame;
}

/** Reads a frame; null for what is none. */
export function readFrame(frame: Buffer): Frame | null {
  if (frame.length < INPUT_HEAD) return null;
  const channel = frame.readUInt32BE(1);
  const kind = frame.readUInt8(0);
  if (kind === INPUT) return { kind: 'input', channel, bytes: frame.subarray(INPUT_HEAD) };
  if (kind === SIZE && frame.length === SIZE_BYTES) {
    return { kind: 'size', channel, size: { cols: frame.readUInt16BE(5), rows: frame.readUInt16BE(7) } };
  }
  if (frame.length < OUTPUT_HEAD) return null;
  const offset = frame.readDoubleBE(5);
  if (!Number.isSafeInteger(offset) || offset < 0) return null;
  if (kind === OUTPUT) return { kind: 'output', channel, offset, bytes: frame.subarray(OUTPUT_HEAD) };
  if (kind === ACK) return { kind: 'ack', channel, offset };
  return null;
}
