import type { Frame } from '../network/trace.ts';
import { openFrame } from './frame.ts';

/** The most frames one capture yields: five pings and their ARP need fifty, a flood must not fill labd. */
const FRAMES_MAX = 2000;
/** A record that claims more than this was not written by tcpdump -s 256; bytes. */
const RECORD_MAX = 65_536;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const EN10MB = 1;
/** pcap's magic number, by the unit of its time stamps. */
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** Reads what `tcpdump -w -` wrote of one interface (EN10MB), in either byte order; a record cut short ends it. */
export function readCapture(bytes: Buffer, at: Frame['at']): Frame[] {
  const format = readFormat(bytes);
  if (!format) return [];
  const frames: Frame[] = [];
  let offset = FILE_HEADER;
  while (frames.length < FRAMES_MAX && offset + RECORD_HEADER <= bytes.length) {
    const seconds = format.uint32(offset);
    const fraction = format.uint32(offset + 4);
    const length = format.uint32(offset + 8);
    offset += RECORD_HEADER;
    if (length > RECORD_MAX || offset + length > bytes.length) break;
    const atMicros = seconds * 1_000_000 + Math.floor(fraction / format.perMicro);
    const frame = openFrame(bytes.subarray(offset, offset + length), at, atMicros);
    if (frame) frames.push(frame);
    offset += length;
  }
  return frames;
}

function readFormat(bytes: Buffer): { uint32(at: number): number; perMicro: number } | null {
  if (bytes.length < FILE_HEADER) return null;
  const readers = [(at: number) => bytes.readUInt32LE(at), (at: number) => bytes.readUInt32BE(at)];
  for (const uint32 of readers) {
    const magic = uint32(0);
    if (magic !== MICROSECONDS && magic !== NANOSECONDS) continue;
    // The upper bits of the link type field tell of an FCS, which tcpdump does not keep.
    if ((uint32(20) & 0xffff) !== EN10MB) return null;
    return { uint32, perMicro: magic === NANOSECONDS ? 1000 : 1 };
  }
  return null;
}
