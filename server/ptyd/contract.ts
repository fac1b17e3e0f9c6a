import { z } from 'zod';

/**
 * What may be asked of ptyd. There are two sockets: over `control` labd opens and closes terminals; over `attach` web
 * sees and types into those that are open, by their opaque names. web has no way to say what a terminal runs.
 */

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

/**
 * Where a terminal belongs: its recording lies at `recordings/<session>/<node>.<terminal>.cast`. With `record: false` it
 * has none; a ptyd of before 2026-11-25 refuses to open such a terminal, rather than record it.
 */
export const belonging = z.strictObject({
  session: z.string().regex(/^[a-z0-9]{8,32}$/),
  node: z.string().regex(/^[a-z][a-z0-9-]{0,14}$/),
  record: z.literal(false).optional(),
});
export type Belonging = z.infer<typeof belonging>;

export const controlCalls = {
  open: z.tuple([terminal, command, size, belonging]),
  adopt: z.tuple([terminal, terminal, size, belonging]),
  close: z.tuple([terminal]),
  list: z.tuple([]),
} as const;

/** labd's verbs. */
export interface Control {
  /** Starts a shell under a new name; rejects when the name is taken or there are too many terminals. */
  open(terminal: string, command: Command, size: Size, belonging: Belonging): Promise<void>;
  /**
   * Gives a terminal that was opened before it was known whose it would be its name for good, and what belongs to it;
   * rejects when it has ended, or the name is taken.
   */
  adopt(waiting: string, terminal: string, size: Size, belonging: Belonging): Promise<void>;
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
 * Frames, the hot path: a kind u8, a channel u32, and
 * output, ptyd → web: 1 (a browser's kind), the name's length u8, the terminal's name, offset f64, bytes;
 * input, web → ptyd: bytes;
 * acknowledgement, web → ptyd: offset f64;
 * size, ptyd → web: columns u16, rows u16: what the shell has from the next byte of this channel on.
 * All big-endian. What follows the channel of output is what a browser is sent (wire.ts): web passes it on as it stands.
 */
const OUTPUT = 5;
/** How a ptyd of before 2026-11-25 says it, without a name: it outlives deployments. */
const UNNAMED_OUTPUT = 1;
const INPUT = 2;
const ACK = 3;
const SIZE = 4;
const HEAD = 5;
const OFFSET_BYTES = 8;
const SIZE_BYTES = 4;

export type Frame =
  | { kind: 'output'; channel: number; offset: number; bytes: Buffer }
  | { kind: 'input'; channel: number; bytes: Buffer }
  | { kind: 'ack'; channel: number; offset: number }
  | { kind: 'size'; channel: number; size: Size };

/** What every frame of a viewer's output begins with, up to the offset. */
export function outputHead(channel: number, terminal: string): Buffer {
  const head = Buffer.alloc(HEAD + 2 + terminal.length);
  head.writeUInt8(OUTPUT, 0);
  head.writeUInt32BE(channel, 1);
  head.writeUInt8(1, HEAD);
  head.writeUInt8(terminal.length, HEAD + 1);
  head.write(terminal, HEAD + 2, 'latin1');
  return head;
}

/** Writes a frame of terminal output. */
export function outputFrame(head: Buffer, offset: number, bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(head.length + OFFSET_BYTES + bytes.length);
  frame.set(head);
  frame.writeDoubleBE(offset, head.length);
  frame.set(bytes, head.length + OFFSET_BYTES);
  return frame;
}

function frameOf(kind: number, channel: number, length: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD + length);
  frame.writeUInt8(kind, 0);
  frame.writeUInt32BE(channel, 1);
  return frame;
}

/** Writes a frame of typed input. */
export function inputFrame(channel: number, bytes: Uint8Array): Buffer {
  const frame = frameOf(INPUT, channel, bytes.length);
  frame.set(bytes, HEAD);
  return frame;
}

/** Writes an acknowledgement: everything before offset has been parsed by the viewer's screen. */
export function ackFrame(channel: number, offset: number): Buffer {
  const frame = frameOf(ACK, channel, OFFSET_BYTES);
  frame.writeDoubleBE(offset, HEAD);
  return frame;
}

/** Writes the news of a size. */
export function sizeFrame(channel: number, { cols, rows }: Size): Buffer {
  const frame = frameOf(SIZE, channel, SIZE_BYTES);
  frame.writeUInt16BE(cols, HEAD);
  frame.writeUInt16BE(rows, HEAD + 2);
  return frame;
}

/** Reads a frame; null for what is none. */
export function readFrame(frame: Buffer): Frame | null {
  if (frame.length < HEAD) return null;
  const channel = frame.readUInt32BE(1);
  const kind = frame.readUInt8(0);
  if (kind === INPUT) return { kind: 'input', channel, bytes: frame.subarray(HEAD) };
  if (kind === SIZE && frame.length === HEAD + SIZE_BYTES) {
    return { kind: 'size', channel, size: { cols: frame.readUInt16BE(HEAD), rows: frame.readUInt16BE(HEAD + 2) } };
  }
  const at = kind === OUTPUT && frame.length > HEAD + 1 ? HEAD + 2 + frame.readUInt8(HEAD + 1) : HEAD;
  if (frame.length < at + OFFSET_BYTES) return null;
  const offset = frame.readDoubleBE(at);
  if (!Number.isSafeInteger(offset) || offset < 0) return null;
  if (kind === OUTPUT || kind === UNNAMED_OUTPUT)
    return { kind: 'output', channel, offset, bytes: frame.subarray(at + OFFSET_BYTES) };
  if (kind === ACK) return { kind: 'ack', channel, offset };
  return null;
}
