import { expect, test } from 'vitest';
import { mirrorBy } from './mirror.ts';

const mirror = mirrorBy([
  ['node-1', 'node-2'],
  ['172.17.0', '172.18.0'],
  ['1', 'one'],
]);

test('words change places, both ways and at once, the longer ones first', () => {
  expect(mirror('node-1: 172.18.0.2 via 172.17.0.1')).toBe('node-2: 172.17.0.2 via 172.18.0.one');
});

test('a regular expression is mirrored too', () => {
  expect(mirror(String.raw`ip addr add 172\.17\.0\.1`)).toBe(String.raw`ip addr add 172\.18\.0\.one`);
});

test('twice is not at all, and nothing to swap changes nothing', () => {
  const text = 'node-1 node-2 172.17.0.2 one';
  expect(mirror(mirror(text))).toBe(text);
  expect(mirrorBy([])(text)).toBe(text);
});
