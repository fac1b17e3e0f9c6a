import { describe, expect, it } from 'vitest';
import { cut } from './cut.ts';

describe('cut', () => {
  it('leaves short input as it is', () => {
    expect(cut('ls\r')).toEqual(['ls\r']);
    expect(cut('')).toEqual([]);
  });

  it('cuts long input into messages that together are the input', () => {
    const data = 'x'.repeat(70_000);
    const pieces = cut(data);
    expect(pieces.map((piece) => piece.length)).toEqual([32_768, 32_768, 4_464]);
    expect(pieces.join('')).toBe(data);
  });

  it('never cuts through a surrogate pair', () => {
    expect(cut('a😀b', 2)).toEqual(['a', '😀', 'b']);
    expect(cut('😀😀', 3)).toEqual(['😀', '😀']);
  });

  it('goes on even where a pair cannot fit', () => {
    expect(cut('😀', 1).join('')).toBe('😀');
  });
});
