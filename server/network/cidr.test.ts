import { expect, test } from 'vitest';
import { covers, isMulticast, overlap, parseIpv4, prefixLength } from './cidr.ts';

test.each([
  ['0.0.0.0', 0],
  ['172.17.0.2', 0xac110002],
  ['255.255.255.255', 0xffffffff],
  ['172.17.0', null],
  ['172.17.0.256', null],
  ['172.17.0.02', null],
  ['172.17.0.2 ', null],
  ['fe80::1', null],
  ['', null],
])('the address %s', (text, value) => {
  expect(parseIpv4(text)).toBe(value);
});

test.each([
  ['172.17.0.0/24', '172.17.0.255', true],
  ['172.17.0.0/24', '172.17.1.0', false],
  ['172.17.0.2/12', '172.18.0.2', true],
  ['172.18.0.2', '172.18.0.2', true],
  ['172.18.0.2', '172.18.0.3', false],
  ['default', '8.8.8.8', true],
  ['0.0.0.0/0', '255.0.0.1', true],
  ['128.0.0.0/1', '255.0.0.1', true],
  ['172.17.0.0/99', '172.17.0.1', false],
  ['172.17.0.0/x', '172.17.0.1', false],
  ['nonsense', '172.17.0.1', false],
  ['fe80::/64', '172.17.0.1', false],
])('%s covers %s: %s', (cidr, address, is) => {
  expect(covers(cidr, address)).toBe(is);
});

test('prefixes, overlaps, groups', () => {
  expect([prefixLength('default'), prefixLength('1.2.3.4'), prefixLength('1.2.3.0/24')]).toEqual([0, 32, 24]);
  expect(overlap('172.17.0.1/16', '172.17.0.0/24')).toBe(true);
  expect(overlap('172.17.0.0/24', '172.16.0.0/12')).toBe(true);
  expect(overlap('172.17.0.0/24', '172.18.0.0/24')).toBe(false);
  expect([isMulticast('239.1.1.1'), isMulticast('192.168.0.1')]).toEqual([true, false]);
});
