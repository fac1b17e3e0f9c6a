import { describe, expect, it } from 'vitest';
import { createRing, RING_BYTES, RING_HELD_BYTES, type Ring } from './ring.ts';

const NOBODY = Number.POSITIVE_INFINITY;

function read(ring: Ring, from: number, to: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = from; at < to; at += parts.at(-1)?.length ?? 0) parts.push(Buffer.from(ring.peek(at, to)));
  return Buffer.concat(parts);
}

/** The byte at an offset of a stream that has neither lines nor escapes nor characters of more than a byte. */
const byteAt = (offset: number) => 0x20 + ((offset * 31 + (offset >> 8)) % 90);

function fill(ring: Ring, from: number, to: number, held: number): void {
  for (let offset = from; offset < to; offset += 1_000) {
    const length = Math.min(1_000, to - offset);
    ring.append(Buffer.from(Array.from({ length }, (_, index) => byteAt(offset + index))), held);
  }
}

function expectKept(ring: Ring): void {
  const kept = read(ring, ring.start(), ring.end());
  expect(kept.every((byte, index) => byte === byteAt(ring.start() + index))).toBe(true);
}

describe('ring', () => {
  it('gives back what was put in, whatever the pieces', () => {
    const ring = createRing(() => undefined);
    let all = Buffer.alloc(0);
    for (let size = 1; size < 9_000; size = size * 3 + 1) {
      const piece = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + size) % 256));
      ring.append(piece, NOBODY);
      all = Buffer.concat([all, piece]);
    }
    expect(ring.start()).toBe(0);
    expect(ring.end()).toBe(all.length);
    expect(read(ring, 0, all.length).equals(all)).toBe(true);
    expect(read(ring, 4_000, 4_010).equals(all.subarray(4_000, 4_010))).toBe(true);
    expect(ring.peek(ring.end(), ring.end()).length).toBe(0);
  });

  it('keeps the newest bytes when it is full, and shows the others once and in order', () => {
    let dropped = 0;
    const ring = createRing((bytes) => {
      expect(bytes.every((byte, index) => byte === byteAt(dropped + index))).toBe(true);
      dropped += bytes.length;
    });
    const total = RING_BYTES * 2 + 12_345;
    fill(ring, 0, total, NOBODY);
    expect(ring.end()).toBe(total);
    expect(ring.start()).toBe(dropped);
    expect(ring.end() - ring.start()).toBeLessThanOrEqual(RING_BYTES);
    expect(ring.end() - ring.start()).toBeGreaterThan(RING_BYTES - 34_000);
    expectKept(ring);
  });

  it('keeps what is held up to a limit, and gives the memory back', () => {
    const ring = createRing(() => undefined);
    fill(ring, 0, 500_000, 100_000);
    expect(ring.start()).toBeLessThanOrEqual(100_000);
    expectKept(ring);
    fill(ring, 500_000, 1_500_000, 100_000);
    expect(ring.end() - ring.start()).toBeLessThanOrEqual(RING_HELD_BYTES);
    expectKept(ring);
    fill(ring, 1_500_000, 1_510_000, NOBODY);
    expect(ring.end() - ring.start()).toBeLessThanOrEqual(RING_BYTES);
    expectKept(ring);
  });

  it('takes a piece larger than itself', () => {
    const ring = createRing(() => undefined);
    ring.append(Buffer.from('before'), NOBODY);
    ring.append(Buffer.alloc(RING_BYTES * 2 + 3, 'x'), NOBODY);
    expect(ring.end()).toBe(RING_BYTES * 2 + 9);
    expect(ring.end() - ring.start()).toBeLessThanOrEqual(RING_BYTES);
    expect(read(ring, ring.end() - 2, ring.end()).toString()).toBe('xx');
  });

  it.each([
    ['a line', '一行 of text\r\n'],
    ['an escape sequence', '\x1b[12;1H\x1b[38;5;214mxyz'],
    ['a character', '织网'],
    ['a character of four bytes', '👋'],
  ])('begins with the beginning of %s', (_, unit) => {
    const whole = Buffer.from(unit.repeat(Math.ceil((RING_BYTES * 2) / Buffer.byteLength(unit))));
    const ring = createRing(() => undefined);
    ring.append(whole, NOBODY);
    expect(ring.start()).toBeGreaterThan(0);
    const first = read(ring, ring.start(), ring.start() + 4).toString('latin1');
    const begins = unit.startsWith('\x1b') ? ['\x1b[12', '\x1b[38'] : [...unit.trim()].map((each) => latin1(each));
    if (unit.endsWith('\n')) expect(latin1(unit).startsWith(first)).toBe(true);
    else expect(begins.some((each) => each.startsWith(first) || first.startsWith(each))).toBe(true);
  });
});

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
