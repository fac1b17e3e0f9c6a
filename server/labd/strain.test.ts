import { expect, it } from 'vitest';
import { createStrain } from './strain.ts';

it('says once a minute what a node has met, and nothing of what was before', () => {
  let now = 0;
  const strain = createStrain(() => now);
  const meet = (memory: number, processes: number) => strain.meet('one', 'node-1', { memory, processes });
  expect(meet(3, 0)).toEqual([]);
  expect(meet(3, 0)).toEqual([]);
  expect(meet(4, 20)).toEqual(['memory', 'processes']);
  now = 59_000;
  expect(meet(4, 900)).toEqual([]);
  now = 60_000;
  expect(meet(4, 901)).toEqual(['processes']);
  expect(strain.meet('one', 'node-2', { memory: 9, processes: 9 })).toEqual([]);
  strain.forget('one', 'node-1');
  expect(meet(5, 902)).toEqual([]);
  expect(meet(6, 902)).toEqual(['memory']);
});
