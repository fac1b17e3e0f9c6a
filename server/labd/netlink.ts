/**
 * Netlink's bytes: messages and attributes (include/uapi/linux/netlink.h). Both ends are this machine, and every
 * architecture that labd runs on is little-endian. Nothing here throws on what the kernel, or a learner, may have made.
 */

const HEADER = 16;
const ATTRIBUTE_HEADER = 4;
const REQUEST = 0x1;
const ACK = 0x4;
const DUMP = 0x300;
const ERROR = 2;
/** The two uppermost bits of an attribute's type say «nested» and «network byte order». */
const TYPE_MASK = 0x3fff;

/** One message of an answer, without its header. */
export interface Message {
  type: number;
  body: Buffer;
}

/** The attributes of a message, by type; of several of one type the last. */
export type Attributes = Map<number, Buffer>;

/** A request for everything of a kind; `body` is the family header that the kind begins with. */
export function dump(type: number, body: Buffer): Buffer {
  return message(type, REQUEST | DUMP, body);
}

/** A request for one thing, or to do one thing; its answer ends with how it went. */
export function single(type: number, body: Buffer, flags = 0): Buffer {
  return message(type, REQUEST | ACK | flags, body);
}

function message(type: number, flags: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(HEADER + body.length);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(type, 4);
  bytes.writeUInt16LE(flags, 6);
  body.copy(bytes, HEADER);
  return bytes;
}

/** One attribute, padded as the next wants it. */
export function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(align(ATTRIBUTE_HEADER + value.length));
  bytes.writeUInt16LE(ATTRIBUTE_HEADER + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, ATTRIBUTE_HEADER);
  return bytes;
}

/** The messages of an answer, in their order; one that is cut short ends them. */
export function messagesOf(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < HEADER || at + length > bytes.length) break;
    messages.push({ type: bytes.readUInt16LE(at + 4), body: bytes.subarray(at + HEADER, at + length) });
    at += align(length);
  }
  return messages;
}

/** How a request went, as a positive errno; 0 when it went well, null when the answer does not say. */
export function errnoOf(messages: Message[]): number | null {
  const last = messages.findLast(({ type, body }) => type === ERROR && body.length >= 4);
  return last ? -last.body.readInt32LE(0) : null;
}

/** The attributes that follow a family header of so many bytes. */
export function attributesOf(bytes: Buffer, from = 0): Attributes {
  const attributes: Attributes = new Map();
  for (let at = align(from); at + ATTRIBUTE_HEADER <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER || at + length > bytes.length) break;
    attributes.set(bytes.readUInt16LE(at + 2) & TYPE_MASK, bytes.subarray(at + ATTRIBUTE_HEADER, at + length));
    at += align(length);
  }
  return attributes;
}

function align(length: number): number {
  return (length + 3) & ~3;
}

/** An attribute that is a whole number of 8, 16 or 32 bits; undefined when it is not there or of another size. */
export function numberOf(value: Buffer | undefined): number | undefined {
  return value && [1, 2, 4].includes(value.length) ? value.readUIntLE(0, value.length) : undefined;
}

/** A 16-bit number in network byte order: a port. */
export function portOf(value: Buffer | undefined): number | undefined {
  return value?.length === 2 ? value.readUInt16BE(0) : undefined;
}

/**
 * A name that a learner may have chosen. Control characters, which the kernel allows, become U+FFFD: what is read of
 * it can be shown, and does not look like a name without them.
 */
export function nameOf(value: Buffer | undefined): string | undefined {
  const text = value?.toString('utf8').split('\0')[0];
  return text ? text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd') : undefined;
}

/** A hardware address, lower case; whatever else is there is written the same way. */
export function macOf(value: Buffer | undefined): string | undefined {
  if (!value || value.length === 0 || value.length > 32) return undefined;
  return value.toString('hex').replace(/..(?=.)/g, '$&:');
}

/** An IPv4 or IPv6 address. */
export function addressOf(value: Buffer | undefined): string | undefined {
  if (value?.length === 4) return value.join('.');
  if (value?.length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => value.readUInt16BE(index * 2).toString(16));
  // The longest run of zeros, the first of equals (RFC 5952); a single one stays.
  let [from, length] = [0, 1];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === '0') end++;
    if (end - start > length) [from, length] = [start, end - start];
  }
  if (length === 1) return groups.join(':');
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + length).join(':')}`;
}

/** An IPv4 address as a request carries it. */
export function packIpv4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** Bytes with their length in front, as scripts of ours read them. */
export function framed(content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([packNumber(bytes.length), bytes]);
}

/** A 32-bit number as a request carries it. */
export function packNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}
