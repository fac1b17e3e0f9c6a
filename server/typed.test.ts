import { describe, expect, it } from 'vitest';
import { createTyped } from './typed.ts';

function open() {
  const lines: string[] = [];
  const typed = createTyped((terminal, text) => lines.push(`${terminal}: ${text}`));
  return { lines, typed };
}

describe('what a helper types', () => {
  it('is told line by line, each terminal for itself', () => {
    const { lines, typed } = open();
    for (const key of 'ip li') typed.hear('t1', key);
    typed.hear('t2', 'ls\r');
    typed.hear('t1', 'nk\r\r');
    expect(lines).toEqual(['t2: ls', 't1: ip link']);
  });

  it('shows the keys that cannot be seen', () => {
    const { lines, typed } = open();
    typed.hear('t', 'lx\x7fs\x1b[A\x03\r');
    expect(lines).toEqual(['t: lx␡s␛[A␃']);
  });

  it('is told at the end, too, and in pieces where it is long', () => {
    const { lines, typed } = open();
    typed.hear('t', 'x'.repeat(700));
    typed.flush();
    typed.flush();
    expect(lines.map((line) => line.length - 't: '.length)).toEqual([500, 200]);
  });
});
