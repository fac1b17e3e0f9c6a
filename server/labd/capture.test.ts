import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCapture } from './capture.ts';
import { openFrame } from './frame.ts';

/** Bytes of a pcap file before its first record. */
const FILE_HEADER = 24;
const records = readFileSync(new URL('fixtures/vxlan_ens33.pcap', import.meta.url)).subarray(FILE_HEADER);
const at = { node: 'node-1', namespace: null, link: 'ens33' } as const;

describe('a capture', () => {
  test('of a ping inside VXLAN is opened layer by layer', () => {
    const frame = readCapture(records, at)[14];
    expect(frame).toMatchObject({
      at,
      length: 148,
      ethernet: { dst: 'ce:5f:e4:39:65:f0', src: '4e:e8:a7:16:5b:6c', type: 0x0800 },
      ip: { src: '192.168.245.168', dst: '192.168.245.172', ttl: 64, protocol: 17, id: 0x7777, dontFragment: false },
      udp: { src: 57789, dst: 4789 },
      vxlan: { vni: 100 },
      inner: {
        ethernet: { dst: 'ca:05:42:36:0f:2a', src: 'a6:b5:6a:eb:5e:ca', type: 0x0800 },
        ip: { src: '172.17.0.2', dst: '172.18.0.2', ttl: 63, protocol: 1, id: 0x3f72, dontFragment: true },
        icmp: { type: 8, code: 0, id: 29620, seq: 1 },
      },
    });
    expect(frame?.hex.slice(0, 32)).toBe('ce5fe43965f04ee8a7165b6c08004500');
    expect(frame?.hex.length).toBe(296);
  });

  test('cut anywhere yields the whole frames before the cut', () => {
    const all = readCapture(records, at);
    for (let length = 0; length < records.length; length += 97) {
      const frames = readCapture(records.subarray(0, length), at);
      expect(frames).toEqual(all.slice(0, frames.length));
    }
  });

  test('that is none yields nothing', () => {
    expect(readCapture(Buffer.alloc(4096, 0xff), at)).toEqual([]);
    const huge = Buffer.from(records);
    huge.writeUInt32LE(0xffffffff, 8);
    expect(readCapture(huge, at)).toEqual([]);
  });
});

describe('a frame', () => {
  const vxlan = readCapture(records, at)[14]?.hex ?? '';

  test('opens as far as its bytes go, and never throws', () => {
    const bytes = Buffer.from(vxlan, 'hex');
    for (let length = 0; length <= bytes.length; length++) {
      const frame = openFrame(bytes.subarray(0, length), at, 0);
      expect(frame === null).toBe(length < 14);
      expect(frame?.inner === undefined).toBe(length < 64);
    }
    for (let i = 0; i < bytes.length; i++) {
      const spoiled = Buffer.from(bytes);
      spoiled.writeUInt8(0xff, i);
      expect(openFrame(spoiled, at, 0)).not.toBeNull();
    }
  });

  test('of ARP tells who asks for whom', () => {
    const hex = `ffffffffffff0242ac1100020806${'0001080006040001'}0242ac110002ac110002000000000000ac110001`;
    expect(openFrame(Buffer.from(hex, 'hex'), at, 0)).toMatchObject({
      arp: { operation: 1, senderIp: '172.17.0.2', targetIp: '172.17.0.1' },
    });
  });

  test('does not open VXLAN within VXLAN', () => {
    const outer = Buffer.from(vxlan, 'hex').subarray(0, 50);
    const nested = Buffer.concat([outer, Buffer.from(vxlan, 'hex')]);
    const frame = openFrame(nested, at, 0);
    expect(frame?.inner?.ip?.dst).toBe('192.168.245.172');
    expect(frame?.inner).not.toHaveProperty('inner');
  });

  test('keeps at most 256 bytes', () => {
    expect(openFrame(Buffer.alloc(1500), at, 0)?.hex.length).toBe(512);
  });
});
