import type { Frame } from '../network/trace.ts';
import { openFrame } from './frame.ts';

/** The most frames one capture yields: five pings and their ARP need fifty, a flood must not fill labd. */
const FRAMES_MAX = 2000;
/** A record that claims more than this was not heard through our filter, which cuts at 256; bytes. */
const RECORD_MAX = 65_536;
const RECORD_HEADER = 16;

/** Reads pcap's records of one Ethernet link, little-endian, with microseconds; a record cut short ends it. */
export function readCapture(bytes: Buffer, at: Frame['at']): Frame[] {
  const frames: Frame[] = [];
  let offset = 0;
  while (frames.length < FRAMES_MAX && offset + RECORD_HEADER <= bytes.length) {
    const atMicros = bytes.readUInt32LE(offset) * 1_000_000 + bytes.readUInt32LE(offset + 4);
    const length = bytes.readUInt32LE(offset + 8);
    offset += RECORD_HEADER;
    if (length > RECORD_MAX || offset + length > bytes.length) break;
    const frame = openFrame(bytes.subarray(offset, offset + length), at, atMicros);
    if (frame) frames.push(frame);
    offset += length;
  }
  return frames;
}
