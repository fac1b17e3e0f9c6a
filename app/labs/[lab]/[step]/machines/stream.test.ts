import { describe, expect, it } from 'vitest';
import { createStream } from './stream.ts';

const SIZE = { cols: 90, rows: 20 };

/** A stream on a screen that parses only when told to. */
function setUp() {
  const seen = { text: '', acks: [] as number[], resets: 0, missing: 0, caughtUp: 0, size: '' };
  const parsing: (() => void)[] = [];
  const stream = createStream({
    write(bytes, parsed) {
      seen.text += new TextDecoder().decode(bytes);
      parsing.push(parsed);
    },
    reset({ cols, rows }) {
      seen.text = '';
      seen.resets += 1;
      seen.size = `${cols}x${rows}`;
    },
    caughtUp() {
      seen.caughtUp += 1;
    },
    ack: (offset) => seen.acks.push(offset),
    missing: () => {
      seen.missing += 1;
    },
  });
  const parse = (count = parsing.length) => parsing.splice(0, count).forEach((parsed) => void parsed());
  return { stream, seen, parse };
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe('stream', () => {
  it('parses the past in the size it was written for, and says when that is done', () => {
    const { stream, seen, parse } = setUp();
    stream.attached({ from: 0, live: 3, ...SIZE });
    stream.output(0, bytes('abcd'));
    expect([seen.size, seen.caughtUp]).toEqual(['90x20', 0]);
    parse();
    expect(seen.caughtUp).toBe(1);
    // Nothing in the past: the screen is free at once.
    stream.attached({ from: 9, live: 9, ...SIZE });
    expect(seen.caughtUp).toBe(2);
    // Going on where it was needs no other size.
    stream.attached({ from: 9, live: 12, ...SIZE });
    expect([seen.resets, seen.caughtUp]).toEqual([2, 2]);
  });

  it('clears the screen at the first attach and when bytes were lost, not when all is there', () => {
    const { stream, seen } = setUp();
    stream.attaching();
    stream.attached({ from: 10, live: 13, ...SIZE });
    stream.output(10, bytes('abc'));
    expect([seen.resets, seen.text]).toEqual([1, 'abc']);
    stream.attached({ from: 13, live: 13, ...SIZE });
    expect([seen.resets, seen.text]).toEqual([1, 'abc']);
    stream.attached({ from: 50, live: 52, ...SIZE });
    stream.output(50, bytes('yz'));
    expect([seen.resets, seen.text]).toEqual([2, 'yz']);
  });

  it('cuts what it has already and asks again for what is missing', () => {
    const { stream, seen } = setUp();
    stream.attached({ from: 0, live: 0, ...SIZE });
    stream.output(0, bytes('hello'));
    stream.output(3, bytes('lo w'));
    stream.output(0, bytes('hel'));
    expect(seen.text).toBe('hello w');
    stream.output(9, bytes('x'));
    expect([seen.text, seen.missing, stream.received()]).toEqual(['hello w', 1, 7]);
  });

  it('keeps output that overtakes the answer to an attach', () => {
    const { stream, seen } = setUp();
    stream.attaching();
    stream.output(5, bytes('abc'));
    expect(seen.text).toBe('');
    stream.attached({ from: 5, live: 5, ...SIZE });
    expect(seen.text).toBe('abc');
  });

  it('knows exactly which bytes are a replay', () => {
    const { stream, parse } = setUp();
    stream.attached({ from: 0, live: 4, ...SIZE });
    stream.output(0, bytes('abcdef'));
    expect(stream.replaying()).toBe(true);
    parse(1);
    expect(stream.replaying()).toBe(false);
  });

  it('acknowledges every 64 KiB, only what the screen has parsed', () => {
    const { stream, seen, parse } = setUp();
    stream.attached({ from: 100, live: 100, ...SIZE });
    for (let offset = 100; offset < 100 + 6 * 32_768; offset += 32_768) stream.output(offset, new Uint8Array(32_768));
    expect(seen.acks).toEqual([]);
    parse();
    expect(seen.acks).toEqual([100 + 65_536, 100 + 131_072, 100 + 196_608]);
  });

  it('does not count writes from before a reset', () => {
    const { stream, seen, parse } = setUp();
    stream.attached({ from: 0, live: 0, ...SIZE });
    stream.output(0, new Uint8Array(65_536));
    stream.attached({ from: 900_000, live: 900_000, ...SIZE });
    parse();
    expect(seen.acks).toEqual([]);
  });
});
