import { describe, expect, it } from 'vitest';
import { isReport, keyData, withCtrl } from './keys.ts';

describe('keys', () => {
  it('sends arrows as the program wants them', () => {
    expect(keyData('up', false, false)).toBe('\x1b[A');
    expect(keyData('left', true, false)).toBe('\x1bOD');
    expect(keyData('right', true, true)).toBe('\x1b[1;5C');
    expect([keyData('esc', false, false), keyData('tab', false, false)]).toEqual(['\x1b', '\t']);
    expect([keyData('|', false, false), keyData('interrupt', false, true)]).toEqual(['|', '\x03']);
  });

  it('makes control characters of letters and leaves the rest', () => {
    expect(['c', 'C', 'd', '[', '_', ' '].map(withCtrl)).toEqual(['\x03', '\x03', '\x04', '\x1b', '\x1f', '\x00']);
    expect(['1', '中', 'cd', '\r', '\x1b[A'].map(withCtrl)).toEqual(['1', '中', 'cd', '\r', '\x1b[A']);
  });

  it('knows the answers of a terminal from what people type', () => {
    for (const report of [
      '\x1b[?1;2c',
      '\x1b[>0;276;0c',
      '\x1b[24;80R',
      '\x1b[0n',
      '\x1b[?2026;2$y',
      '\x1bP1$r0m\x1b\\',
    ]) {
      expect(isReport(report)).toBe(true);
    }
    for (const typed of ['c', '\x1b', '\x1b[A', '\x1bOP', '\x1b[3~', '\x1b[<0;3;4M', '\x1b[200~c\x1b[201~', '\x1bn']) {
      expect(isReport(typed)).toBe(false);
    }
  });
});
