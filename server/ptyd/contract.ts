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

export const controlCalls = {
  open: z.tuple([terminal, command, size]),
  close: z.tuple([terminal]),
  list: z.tuple([]),
} as const;

/** labd's verbs. */
export interface Control {
  /** Starts a shell under a new name; rejects when the name is taken or there are too many terminals. */
  open(terminal: string, command: Command, size: Size): Promise<void>;
  /** Ends the shell (SIGHUP, then SIGKILL) and forgets what it said. Idempotent. */
  close(terminal: string): Promise<void>;
  list(): Promise<string[]>;
}

export const attachCalls = {
  attach: z.tuple([channel, terminal, offset.nullable()]),
  detach: z.tuple([channel]),
  resize: z.tuple([terminal, size]),
  list: z.tuple([]),
} as const;

/** Where a viewer begins, and what the terminal is like now. */
export interface Attached extends Size {
  /** Offset of the first byte that comes. */
  from: number;
  /** Where the past ends. */
  live: number;
  /** Whether the shell waits at its prompt, as its marks say; null when it has made none. */
  atPrompt: boolean | null;
}

/** web's verbs. */
export interface Attach {
  /** Sends the terminal's output from byte `after` on (or from as far back as is kept) as frames on this channel. */
  attach(channel: number, terminal: string, after: number | null): Promise<Attached>;
  detach(channel: number): Promise<void>;
  resize(terminal: string, size: Size): Promise<void>;
  /** The terminals whose shell is alive. */
  list(): Promise<string[]>;
}

/** What ptyd tells every web that is connected. */
export interface AttachNews {
  ended(terminal: string, code: number | null): void;
  /** A mark of the shell integration (OSC 133): A prompt starts, B prompt ends, C a command runs, D it ended. */
  mark(terminal: string, kind: 'A' | 'B' | 'C' | 'D', code: number | null, offset: number): void;
}

/**
 * Frames, the hot path. Output, ptyd → web: kind 1, channel u32, offset f64, bytes. Input, web → ptyd: kind 2,
 * channel u32, bytes. Acknowledgement, web → ptyd: kind 3, channel u32, offset f64. All big-endian.
 */
const OUTPUT = 1;
const INPUT = 2;
const ACK = 3;
const OUTPUT_HEAD = 13;
const INPUT_HEAD = 5;

export type Frame =
  | { kind: 'output'; channel: number; offset: number; bytes: Buffer }
  | { kind: 'input'; channel: number; bytes: Buffer }
  | { kind: 'ack'; channel: number; offset: number };

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

/** Reads a frame; null for what is none. */
export function readFrame(frame: Buffer): Frame | null {
  if (frame.length < INPUT_HEAD) return null;
  const channel = frame.readUInt32BE(1);
  const kind = frame.readUInt8(0);
  if (kind === INPUT) return { kind: 'input', channel, bytes: frame.subarray(INPUT_HEAD) };
  if (frame.length < OUTPUT_HEAD) return null;
  const offset = frame.readDoubleBE(5);
  if (!Number.isSafeInteger(offset) || offset < 0) return null;
  if (kind === OUTPUT) return { kind: 'output', channel, offset, bytes: frame.subarray(OUTPUT_HEAD) };
  if (kind === ACK) return { kind: 'ack', channel, offset };
  return null;
}
