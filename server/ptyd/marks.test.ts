import { describe, expect, it } from 'vitest';
import { createMarkReader, type FoundMark } from './marks.ts';

const STREAM = 'ls\r\n\x1b]133;C\x07a b\r\n\x1b]133;D;2\x07\x1b]133;A\x1b\\\x1b[32mroot\x1b[0m# \x1b]133;B\x07';

function marks(pieces: string[]): FoundMark[] {
  const read = createMarkReader();
  return pieces.flatMap((piece) => read(Buffer.from(piece)));
}

const kinds = (pieces: string[]) => marks(pieces).map(({ kind, code }) => [kind, code]);
const command = (parameters: string) => marks([`\x1b]133;C${parameters}\x07`])[0]?.command;

describe('marks', () => {
  it('finds them however the stream is cut', () => {
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
    expect(read(Buffer.from('\x1b]133;A\x1b\\x'))[0]?.at).toBe(9);
  });

  it('is not held up by a mark that never ends', () => {
    expect(kinds([`\x1b]133;D${'9'.repeat(100)}`, 'x', '\x1b]133;A\x07'])).toEqual([['A', null]]);
    expect(kinds([`\x1b]133;C${'9'.repeat(9_000)}`, '\x1b]133;A\x07'])).toEqual([['A', null]]);
    expect(kinds(['\x1b]133;C;a\nb\x07', '\x1b]133;X\x07\x1b]133;AB\x07', '\x1b]133;B\x07'])).toEqual([['B', null]]);
  });

  it('reads a bounded number at once, and the last ones', () => {
    const many = kinds([`${'\x1b]133;A\x07'.repeat(4_000)}\x1b]133;D;7\x07\x1b]133;C\x07`]);
    expect(many.length).toBeLessThan(200);
    expect(many.slice(-2)).toEqual([
      ['D', 7],
      ['C', null],
    ]);
  });

  it('reads the command that runs', () => {
    const text = "for i in 1 2; do\n  echo '织网' | cat; # 100%\ndone";
    const whole = `\x1b]133;C;cmdline_url=${encodeURIComponent(text)}\x07`;
    expect(marks([whole])[0]).toMatchObject({ kind: 'C', code: null, command: text, at: whole.length });
    for (let cut = 1; cut < whole.length; cut += 7) {
      expect(marks([whole.slice(0, cut), whole.slice(cut)])[0]?.command).toBe(text);
    }
    expect(command(';aid=1;cmdline_url=ls%20-l;x=y')).toBe('ls -l');
    expect(command('')).toBeNull();
    expect(command(';cmdline_url=')).toBeNull();
    expect(command(`;cmdline_url=${encodeURIComponent('网'.repeat(500))}`)).toBe('网'.repeat(500));
  });

  it('makes a hostile command plain', () => {
    expect(command(';cmdline_url=%1b%5b31mred%07%00%7f%c2%9b%09x')).toBe('[31mred x');
    expect(command(';cmdline_url=a%e2%80%aeb')).toBe('ab');
    expect(command(';cmdline_url=%ff%fe')).toBeNull();
    expect(command(';cmdline_url=%zz')).toBeNull();
    expect(command(`;cmdline_url=${'x'.repeat(4_000)}`)).toBe('x'.repeat(500));
    expect(command(`;cmdline_url=${encodeURIComponent('👋'.repeat(300))}`)).toBe('👋'.repeat(300));
    expect(command(';cmdline_url=%0a%20')).toBeNull();
  });
});
