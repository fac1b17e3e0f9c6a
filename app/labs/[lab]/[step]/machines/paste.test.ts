import { describe, expect, it } from 'vitest';
import { cleanPaste, linesOf, narrow, needsYes, wideIn } from './paste.ts';

describe('paste', () => {
  it('turns what a document made of a command back into the command', () => {
    expect(narrow('ip link add br0 type bridge')).toBe('ip link add br0 type bridge');
    expect(narrow('ping －c 2 “172.18.0.2”，echo ‘a’；')).toBe('ping -c 2 "172.18.0.2",echo \'a\';');
    expect(narrow('ip —color　addr ｜ less')).toBe('ip --color addr | less');
    expect(narrow('ＡＢｃ１２')).toBe('ABc12');
  });

  it('names each wide character once', () => {
    expect(wideIn('－－“a”')).toEqual(['－', '“', '”']);
    expect(wideIn('echo 中文')).toEqual([]);
  });

  it('asks for several lines and for wide characters, not for one line', () => {
    expect(needsYes('ls -l')).toBe(false);
    expect(needsYes('ls -l\n')).toBe(false);
    expect(needsYes('ls\r\npwd')).toBe(true);
    expect(needsYes('ls －l')).toBe(true);
  });

  it('counts lines as a person does', () => {
    expect(linesOf('a\r\nb\n')).toEqual(['a', 'b']);
  });

  it('lets nothing end the brackets around a paste', () => {
    expect(cleanPaste('ls\x1b[201~\rreboot\r')).toBe('ls[201~\rreboot\r');
    expect(cleanPaste('a\tb\r\nc\n\x9b201~\x00\x03')).toBe('a\tb\r\nc\n201~');
    expect(cleanPaste('你好👋')).toBe('你好👋');
  });
});
