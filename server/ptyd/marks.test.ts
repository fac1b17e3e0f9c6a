import { expect, it } from 'vitest';
import { createMarkReader } from './marks.ts';

const STREAM = 'ls\r\n\x1b]133;C\x07a b\r\n\x1b]133;D;2\x07\x1b]133;A\x1b\\\x1b[32mroot\x1b[0m# \x1b]133;B\x07';

function kinds(pieces: string[]): [string, number | null][] {
  const read = createMarkReader();
  return pieces.flatMap((piece) =>
    read(Buffer.from(piece)).map((mark): [string, number | null] => [mark.kind, mark.code]),
  );
}

it('finds marks however the stream is cut', () => {
  const expected = [
    ['C', null],
    ['D', 2],
    ['A', null],
    ['B', null],
  ];
  expect(kinds([STREAM])).toEqual(expected);
  for (let cut = 1; cut < STREAM.length; cut += 1) {
    expect(kinds([STREAM.slice(0, cut), STREAM.slice(cut)])).toEqual(expected);
  }
  expect(kinds([...STREAM])).toEqual(expected);
});

it('says where a mark ends in the stream', () => {
  const read = createMarkReader();
  expect(read(Buffer.from('ab\x1b]133;A\x07cd'))[0]?.at).toBe(10);
  read(Buffer.from('\x1b]133'));
  expect(read(Buffer.from(';C\x07'))[0]?.at).toBe(3);
});

it('is not held up by a mark that never ends', () => {
  expect(kinds([`\x1b]133;D${'9'.repeat(100)}`, 'x', '\x1b]133;A\x07'])).toEqual([['A', null]]);
});
