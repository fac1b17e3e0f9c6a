import { describe, expect, it } from 'vitest';
import { createStream } from './stream.ts';

const SIZE = { cols: 90, rows: 20, screen: null };
const RESET = '\x1bc';

/** A stream on a screen that parses only when told to. */
function setUp() {
  const seen = { text: '', acks: [] as number[], missing: 0, sizes: [] as string[] };
  const parsing: (() => void)[] = [];
  const stream = createStream({
    write(data, parsed) {
      seen.text += typeof data === 'string' ? data : new TextDecoder().decode(data);
      parsing.push(parsed);
    },
    resize: ({ cols, rows }) => seen.sizes.push(`${cols}x${rows}`),
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
  it('resizes between the bytes before and the bytes after, never ahead of what is still being parsed', () => {
    const { stream, seen, parse } = setUp();
    stream.attached({ from: 0, live: 0, ...SIZE });
    parse();
    stream.output(0, bytes('abc'));
    stream.size({ cols: 120, rows: 32 });
    stream.output(3, bytes('def'));
    expect(seen.sizes).toEqual(['90x20']);
    parse(1);
    expect(seen.sizes).toEqual(['90x20']);
    parse(1);
    expect(seen.sizes).toEqual(['90x20', '120x32']);
  });

  it('keeps the order of sizes and output that overtake the answer to an attach', () => {
    const { stream, seen, parse } = setUp();
    stream.attaching();
    stream.output(5, bytes('abc'));
    stream.size({ cols: 50, rows: 10 });
    stream.output(8, bytes('d'));
    expect(seen.text).toBe('');
    stream.attached({ from: 5, live: 5, ...SIZE });
    parse();
    expect([seen.text, seen.sizes]).toEqual([`${RESET}abcd`, ['90x20', '50x10']]);
  });

  it('clears the screen at the first attach and when bytes were lost, not when all is there', () => {
    const { stream, seen } = setUp();
    stream.attaching();
    stream.attached({ from: 10, live: 13, ...SIZE });
    stream.output(10, bytes('abc'));
    stream.attached({ from: 13, live: 13, ...SIZE });
    expect(seen.text).toBe(`${RESET}abc`);
    stream.attached({ from: 50, live: 52, ...SIZE });
    stream.output(50, bytes('yz'));
    expect(seen.text).toBe(`${RESET}abc${RESET}yz`);
  });

  it('starts from a screen where one is sent, and counts it neither as bytes nor as asked', () => {
    const { stream, seen, parse } = setUp();
    stream.attached({ from: 1_000, live: 1_000, cols: 90, rows: 20, screen: 'x'.repeat(70_000) });
    stream.output(1_000, bytes('abc'));
    expect([stream.replaying(), stream.received()]).toEqual([true, 1_003]);
    // Reset and size and screen; then the byte that comes is no replay any more.
    parse(3);
    expect(stream.replaying()).toBe(false);
    parse();
    expect([seen.acks, seen.text.endsWith('xabc'), seen.text.startsWith(`${RESET}x`)]).toEqual([[], true, true]);
  });

  it('cuts what it has already and asks again for what is missing', () => {
    const { stream, seen } = setUp();
    stream.attached({ from: 0, live: 0, ...SIZE });
    stream.output(0, bytes('hello'));
    stream.output(3, bytes('lo w'));
    stream.output(0, bytes('hel'));
    expect(seen.text).toBe(`${RESET}hello w`);
    stream.output(9, bytes('x'));
    expect([seen.text, seen.missing, stream.received()]).toEqual([`${RESET}hello w`, 1, 7]);
  });

  it('knows exactly which bytes are a replay', () => {
    const { stream, parse } = setUp();
    stream.attached({ from: 0, live: 4, ...SIZE });
    stream.output(0, bytes('abcdef'));
    parse(3);
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
