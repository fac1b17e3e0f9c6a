import type { Answer } from './protocol.ts';

/**
 * How packets of socket.io travel between browser and web (socket.io-parser, protocol 5): one message each. Terminal
 * bytes, keystrokes and their answers are one small binary frame; everything else is one JSON text. The default parser
 * would send a header and an attachment for every piece of output (terminals.md, socket.io facts).
 *
 * Frames, big-endian; a terminal's name goes as one byte of length and its letters:
 * output, web → browser:  1, name, offset f64, bytes
 * input, browser → web:   2, name, answer wanted u32, UTF-8
 * ack, browser → web:     3, name, offset f64
 * done, web → browser:    4, answer u32 (an input that was delivered)
 */
const OUTPUT = 1;
const INPUT = 2;
const ACK = 3;
const DONE = 4;

/** Packet types of socket.io-parser that this side makes or reads. */
const EVENT = 2;
const ANSWER = 3;

/** A packet as socket.io knows it. */
export interface Packet {
  type: number;
  nsp: string;
  data?: unknown;
  id?: number;
}

const encoder = new TextEncoder();
// A byte order mark is a character that somebody typed like any other.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether a name can be in a frame; what cannot goes as text, and is refused by whoever reads it. */
function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z0-9]{1,255}$/.test(name);
}

interface Frame {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** Where the rest begins. */
  at: number;
}

function frame(kind: number, name: string, rest: number): Frame {
  const bytes = new Uint8Array(2 + name.length + rest);
  bytes[0] = kind;
  bytes[1] = name.length;
  for (let index = 0; index < name.length; index += 1) bytes[2 + index] = name.charCodeAt(index);
  return { bytes, view: new DataView(bytes.buffer), at: 2 + name.length };
}

/**
 * A piece of output as a frame. ptyd has put a frame's head in front of it (ptyd/contract.ts): where that stands there,
 * nothing has to be copied.
 */
function outputFrame(name: string, offset: number, piece: Uint8Array): Uint8Array {
  const head = 2 + name.length + 8;
  if (piece.byteOffset >= head) {
    const begin = piece.byteOffset - head;
    const there = new Uint8Array(piece.buffer, begin, head + piece.length);
    const isHead =
      there[0] === OUTPUT &&
      there[1] === name.length &&
      new DataView(piece.buffer, begin + head - 8).getFloat64(0) === offset &&
      decoder.decode(there.subarray(2, head - 8)) === name;
    if (isHead) return there;
  }
  const { bytes, view, at } = frame(OUTPUT, name, 8 + piece.length);
  view.setFloat64(at, offset);
  bytes.set(piece, at + 8);
  return bytes;
}

/** An event as a frame, where it has one. */
function eventFrame([event, first, second, third]: unknown[], id: number | undefined): Uint8Array | undefined {
  if (event === 'terminal:output' && isName(first) && third instanceof Uint8Array) {
    return outputFrame(first, second as number, third);
  }
  if (typeof first !== 'object' || first === null) return undefined;
  const { terminal, data, offset } = first as Record<string, unknown>;
  if (!isName(terminal)) return undefined;
  if (event === 'terminal:input' && typeof data === 'string' && id !== undefined) {
    const typed = encoder.encode(data);
    const { bytes, view, at } = frame(INPUT, terminal, 4 + typed.length);
    view.setUint32(at, id);
    bytes.set(typed, at + 4);
    return bytes;
  }
  if (event === 'terminal:ack' && typeof offset === 'number' && id === undefined) {
    const { bytes, view, at } = frame(ACK, terminal, 8);
    view.setFloat64(at, offset);
    return bytes;
  }
  return undefined;
}

/** One packet as one message. */
function encode({ type, nsp, data, id }: Packet): string | Uint8Array {
  const parts = data as unknown[];
  if (type === EVENT && nsp === '/') {
    const bytes = eventFrame(parts, id);
    if (bytes) return bytes;
  }
  if (type === ANSWER && nsp === '/' && id !== undefined) {
    const answer = parts[0] as Answer<'terminal:input'> | undefined;
    if (answer?.ok && answer.data === null) {
      const { bytes, view } = frame(DONE, '', 4);
      view.setUint32(2, id);
      return bytes;
    }
  }
  return JSON.stringify({ type, nsp, data, id });
}

function readFrame(bytes: Uint8Array): Packet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Past its end a DataView throws; socket.io closes a connection whose message cannot be read.
  const kind = view.getUint8(0);
  const at = 2 + view.getUint8(1);
  const name = decoder.decode(bytes.subarray(2, at));
  if (kind === OUTPUT) {
    return { type: EVENT, nsp: '/', data: ['terminal:output', name, view.getFloat64(at), bytes.subarray(at + 8)] };
  }
  if (kind === INPUT) {
    const request = { terminal: name, data: decoder.decode(bytes.subarray(at + 4)) };
    return { type: EVENT, nsp: '/', id: view.getUint32(at), data: ['terminal:input', request] };
  }
  if (kind === ACK) {
    return { type: EVENT, nsp: '/', data: ['terminal:ack', { terminal: name, offset: view.getFloat64(at) }] };
  }
  if (kind === DONE) return { type: ANSWER, nsp: '/', id: view.getUint32(2), data: [{ ok: true, data: null }] };
  throw new Error('unknown frame');
}

/** Whether a text's packet has the shape that socket.io itself does not look at again: its parser's rule, per type. */
function isPacket(packet: unknown): packet is Packet {
  if (typeof packet !== 'object' || packet === null) return false;
  const { type, nsp, data, id } = packet as Record<string, unknown>;
  if (typeof nsp !== 'string' || (id !== undefined && !Number.isSafeInteger(id))) return false;
  if (type === 0) return data === undefined || (typeof data === 'object' && data !== null);
  if (type === 1) return data === undefined;
  if (type === EVENT) return Array.isArray(data) && typeof data[0] === 'string' && !RESERVED.has(data[0]);
  if (type === ANSWER) return Array.isArray(data) && id !== undefined;
  return type === 4 && ((typeof data === 'object' && data !== null) || typeof data === 'string');
}

/** Names that are events of socket.io's own (socket.io-parser, RESERVED_EVENTS): no packet may bear one. */
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);

type Listener = (packet: Packet) => void;

class Encoder {
  encode(packet: Packet): [string | Uint8Array] {
    return [encode(packet)];
  }
}

/** socket.io listens to `decoded` on this, with either of two emitter interfaces. */
class Decoder {
  #listener: Listener | undefined;

  on(event: string, listener: Listener): this {
    if (event === 'decoded') this.#listener = listener;
    return this;
  }

  off(): this {
    this.#listener = undefined;
    return this;
  }

  removeListener(): this {
    return this.off();
  }

  /** Reads one message; throws when it is no packet. */
  add(message: string | ArrayBuffer | Uint8Array): void {
    if (typeof message === 'string') {
      const packet: unknown = JSON.parse(message);
      if (!isPacket(packet)) throw new Error('not a packet');
      this.#listener?.(packet);
    } else this.#listener?.(readFrame(message instanceof Uint8Array ? message : new Uint8Array(message)));
  }

  destroy(): void {
    this.off();
  }
}

/** The parser for both ends: `new Server(…, { parser })` and `io({ parser })`. */
export const parser = { Encoder, Decoder };
