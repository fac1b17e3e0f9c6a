import { describe, expect, it } from 'vitest';
import { createPlaces } from './places.ts';
import type { TerminalSize } from './protocol.ts';
import { type Held, splitReplay } from './replay.ts';

const bytes = (text: string) => Buffer.from(text);

function note() {
  const heard: unknown[] = [];
  return {
    heard,
    viewer: {
      output: (offset: number, piece: Buffer) => void heard.push([offset, piece.toString()]),
      resized: ({ cols, decides }: TerminalSize) => void heard.push(`${cols}${decides ? ' mine' : ''}`),
      ended: (code: number | null) => void heard.push(`ended ${code}`),
    },
  };
}

describe('places at a terminal', () => {
  it('tell what happened before the answer after it, in the order in which it happened', () => {
    const places = createPlaces();
    const { heard, viewer } = note();
    const place = places.add('one', viewer);
    places.output(place, 0, bytes('wide'));
    places.resized(place, { cols: 40, rows: 10 });
    places.output(place, 4, bytes('narrow'));
    places.ended(place, 0);
    expect(heard).toEqual([]);
    places.release(place);
    expect(heard).toEqual([[0, 'wide'], '40', [4, 'narrow'], 'ended 0']);
    expect(places.get(place.channel)).toBeUndefined();
  });

  it('let one at each terminal decide, until it leaves or another takes that', () => {
    const places = createPlaces();
    const [first, second] = [note(), note()];
    const [a, b] = [places.add('one', first.viewer), places.add('one', second.viewer)];
    const elsewhere = places.add('two', note().viewer);
    for (const place of places.all()) places.release(place);
    expect([places.decide(a, false), places.decide(b, false), places.decide(elsewhere, false)]).toEqual([
      true,
      false,
      true,
    ]);
    for (const place of [a, b]) places.resized(place, { cols: 90, rows: 20 });
    expect([first.heard, second.heard]).toEqual([['90 mine'], ['90']]);
    expect(places.decide(b, true)).toBe(true);
    expect(first.heard).toEqual(['90 mine', '90']);
    places.leave(b);
    expect(places.decide(b, true)).toBe(false);
    expect(places.decide(a, false)).toBe(true);
  });
});

describe('a replay', () => {
  const size = { cols: 40, rows: 10 };
  const [abc, defg, h] = [
    { offset: 10, bytes: bytes('abc') },
    { offset: 13, bytes: bytes('defg') },
    { offset: 17, bytes: bytes('h') },
  ] as const;
  const held: Held[] = [abc, { size }, defg, h, { code: 0 }];

  it('is the bytes up to live with the sizes between them, cut within a piece where it must be', () => {
    expect(splitReplay(held, 10, 15)).toEqual({
      replay: [bytes('abc'), size, bytes('de')],
      rest: [{ offset: 15, bytes: bytes('fg') }, h, { code: 0 }],
    });
    expect(splitReplay(held, 10, 17)).toEqual({ replay: [bytes('abc'), size, bytes('defg')], rest: [h, { code: 0 }] });
  });

  it('leaves a size that begins where it ends to what follows', () => {
    expect(splitReplay(held, 10, 13)).toEqual({ replay: [bytes('abc')], rest: [{ size }, defg, h, { code: 0 }] });
  });

  it('is none where bytes are missing', () => {
    expect(splitReplay(held, 9, 15)).toBeNull();
    expect(splitReplay(held, 10, 20)).toBeNull();
    expect(splitReplay([abc, h], 10, 18)).toBeNull();
  });
});
