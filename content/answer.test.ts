import { describe, expect, test } from 'vitest';
import { readAnswer } from './answer.ts';

describe('an answer is read tolerantly', () => {
  test.each([
    ['number', ' １００ ', '100'],
    ['number', '4 789', '4789'],
    ['number', '0x64', '100'],
    ['number', '0062', '62'],
    ['mac', '4A-3C-73-3F-85-1F', '4a:3c:73:3f:85:1f'],
    ['mac', '4a3c.733f.851f', '4a:3c:73:3f:85:1f'],
    ['mac', '4a：3c：73：3f：85：1f', '4a:3c:73:3f:85:1f'],
    ['ip', '192.168.245.172/24', '192.168.245.172'],
    ['ip', '172.018.0.2', '172.18.0.2'],
    ['text', ' VXLAN  tunnel ', 'vxlan tunnel'],
  ] as const)('%s %s', (kind, typed, value) => {
    expect(readAnswer(kind, typed)).toEqual({ value });
  });

  test.each([
    ['number', ''],
    ['number', '一百'],
    ['mac', '4a:3c:73'],
    ['number', '63.5'],
    ['ip', '192.168.1.256'],
    ['ip', '172.18..2'],
    ['ip', '0x7f.0.0.1'],
  ] as const)('but %s %s is refused with a sentence', (kind, typed) => {
    expect(readAnswer(kind, typed)).toHaveProperty('mistake');
  });
});
