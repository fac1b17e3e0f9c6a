import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../../server/protocol.ts';
import { sift, took } from './history.ts';

const command = (id: number, node: string, text: string): Command => ({ id, node, text, at: 0, code: 0, tookMs: 1 });

describe('sift', () => {
  const all = [command(3, 'node-2', 'ip -br LINK'), command(2, 'node-1', 'ip link'), command(1, 'node-1', 'ls')];
  const ids = (node: string | null, text: string) => sift(all, { node, text }).map((one) => one.id);
  it('lets everything through that was not asked to be left out', () => expect(ids(null, ' ')).toEqual([3, 2, 1]));
  it('narrows to a node and to a text, whatever its capitals', () => {
    expect(ids('node-1', '')).toEqual([2, 1]);
    expect(ids(null, 'Link')).toEqual([3, 2]);
    expect(ids('node-2', 'link')).toEqual([3]);
    expect(ids('node-2', 'ls')).toEqual([]);
  });
});

describe('took', () => {
  it('is short, and never rounds up to the next unit', () => {
    expect([0.4, 12, 999, 1_000, 1_249, 9_990, 59_999, 61_000, 3_725_000].map(took)).toEqual([
      '0 毫秒',
      '12 毫秒',
      '999 毫秒',
      '1.0 秒',
      '1.2 秒',
      '9.9 秒',
      '59 秒',
      '1:01',
      '1:02:05',
    ]);
  });
});
