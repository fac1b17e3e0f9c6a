import { describe, expect, it } from 'vitest';
import { createRing, RING_MAX_BYTES } from './ring.ts';

describe('ring', () => {
  it('gives back what was put in, whatever the pieces', () => {
    const ring = createRing();
    let all = Buffer.alloc(0);
    for (let size = 1; size < 9_000; size = size * 3 + 1) {
      const piece = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + size) % 256));
      ring.append(piece);
      all = Buffer.concat([all, piece]);
    }
    expect(ring.start()).toBe(0);
    expect(ring.end()).toBe(all.length);
    expect(ring.read(0, all.length).equals(all)).toBe(true);
    expect(ring.read(4_000, 4_010).equals(all.subarray(4_000, 4_010))).toBe(true);
  });

  it('keeps the newest bytes when it is full', () => {
    const ring = createRing();
    const total = RING_MAX_BYTES * 2 + 12_345;
    const byteAt = (offset: number) => (offset * 31 + (offset >> 8)) % 256;
    for (let offset = 0; offset < total; offset += 1_000) {
      const length = Math.min(1_000, total - offset);
      ring.append(Buffer.from(Array.from({ length }, (_, index) => byteAt(offset + index))));
    }
    expect(ring.end()).toBe(total);
    expect(ring.start()).toBe(total - RING_MAX_BYTES);
    const kept = ring.read(ring.start(), ring.end());
    expect(kept.every((byte, index) => byte === byteAt(ring.start() + index))).toBe(true);
  });

  it('takes a piece larger than itself', () => {
    const ring = createRing();
    ring.append(Buffer.from('before'));
    ring.append(Buffer.alloc(RING_MAX_BYTES + 3, 'x'));
    expect(ring.end()).toBe(RING_MAX_BYTES + 9);
    expect(ring.end() - ring.start()).toBe(RING_MAX_BYTES);
    expect(ring.read(ring.end() - 2, ring.end()).toString()).toBe('xx');
  });
});
