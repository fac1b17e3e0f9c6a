import { describe, expect, it } from 'vitest';
import { nameOf, pathTrouble, shellWord, size } from './files.ts';
import { fileWords as words } from './words.ts';

describe('pathTrouble', () => {
  it('takes a whole path to a file, whatever letters it has', () => {
    expect(['/root/a.txt', '/etc/网络 配置', "/x/it's"].map(pathTrouble)).toEqual([null, null, null]);
  });
  it('says what is wrong before anything is sent', () => {
    expect(pathTrouble('notes.txt')).toBe(words.absolute);
    expect(pathTrouble('')).toBe(words.absolute);
    expect(pathTrouble('/root/')).toBe(words.needsName);
    expect(pathTrouble('/root/..')).toBe(words.needsName);
    expect(pathTrouble('/root/a\nb')).toBe(words.oddPath);
    // 400 letters of three bytes each.
    expect(pathTrouble(`/${'网'.repeat(400)}`)).toBe(words.longPath);
  });
});

describe('shellWord', () => {
  it('leaves plain paths alone and quotes what a shell would read', () => {
    expect(shellWord('/root/a-b_1.txt')).toBe('/root/a-b_1.txt');
    expect(shellWord('/root/a b$(id)')).toBe("'/root/a b$(id)'");
    expect(shellWord("/root/it's")).toBe("'/root/it'\\''s'");
  });
});

it('names the last part of a path', () => {
  expect(['/root/a', '/a/', '/', '/a/..'].map(nameOf)).toEqual(['a', '', '', '']);
});

it('tells sizes in powers of two', () => {
  expect([0, 1_023, 1_536, 1_500_000].map(size)).toEqual(['0 B', '1023 B', '1.5 KiB', '1.4 MiB']);
});
