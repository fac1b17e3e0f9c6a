import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Frame } from '../network/trace.ts';
import type { Relay } from './relay.ts';
import type { Relays } from './relays.ts';
import { openTaps } from './tap.ts';

/** Bytes of a pcap file before its first record. */
const FILE_HEADER = 24;
const records = readFileSync(new URL('fixtures/vxlan_ens33.pcap', import.meta.url)).subarray(FILE_HEADER);
const wire: Frame['at'] = { wire: 'node-1' };
const card: Frame['at'] = { node: 'node-1', namespace: null, link: 'ens33' };

/** Places of which these cannot be listened at, and what closes the relay. */
function places(...refused: string[]) {
  const close = vi.fn();
  const open: Relays['open'] = ({ links = [] }) => {
    const heard = links.map(({ link }) => ({
      listen: async () => !refused.includes(link),
      frames: async () => records,
    }));
    return { links: heard, close } as unknown as Relay;
  };
  const all = [
    { path: '/wire', link: 'p1', at: wire },
    { path: '/node', link: 'ens33', at: card },
  ];
  return { close, taps: () => openTaps({ open }, all, Buffer.alloc(8)) };
}

test('what is heard is told in the order of time, of all places', async () => {
  const frames = await (await places().taps()).frames();
  expect(frames.filter(({ at }) => at === wire).length).toBe(frames.length / 2);
  expect(frames.map(({ atMicros }) => atMicros)).toEqual(frames.map(({ atMicros }) => atMicros).sort((a, b) => a - b));
});

test('a link of a node that carries no Ethernet, or has gone, is not read', async () => {
  const frames = await (await places('ens33').taps()).frames();
  expect(frames.length).toBeGreaterThan(0);
  expect(frames.filter(({ at }) => at !== wire)).toEqual([]);
});

test('without the wire nothing can be told, and nothing stays open', async () => {
  const { close, taps } = places('p1');
  await expect(taps()).rejects.toThrow('nothing can be heard at p1 of the wire');
  expect(close).toHaveBeenCalledOnce();
});
