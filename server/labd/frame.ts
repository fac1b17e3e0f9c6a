import type { Frame } from '../network/trace.ts';

/** What a Frame keeps of the bytes: trace.ts promises at most this much. */
const HEX_BYTES = 256;
const IPV4 = 0x0800;
const ARP = 0x0806;
const ICMP = 1;
const UDP = 17;
/** VXLAN's header (RFC 7348): the I flag alone, then 24 reserved bits, the VNI, 8 reserved bits. */
const VXLAN_FLAGS = 0x08000000;

type Layers = Pick<Frame, 'ethernet' | 'ip' | 'udp' | 'vxlan' | 'inner' | 'icmp' | 'arp'>;

/** Opens an Ethernet frame as far as it is understood; null when not even its own header is whole. */
export function openFrame(bytes: Buffer, at: Frame['at'], atMicros: number): Frame | null {
  const layers = openEthernet(bytes, true);
  if (!layers) return null;
  return { at, atMicros, length: bytes.length, hex: bytes.toString('hex', 0, HEX_BYTES), ...layers };
}

function openEthernet(bytes: Buffer, outermost: boolean): Layers | null {
  if (bytes.length < 14) return null;
  const ethernet = { dst: mac(bytes, 0), src: mac(bytes, 6), type: bytes.readUInt16BE(12) };
  const payload = bytes.subarray(14);
  if (ethernet.type === IPV4) return { ethernet, ...openIpv4(payload, outermost) };
  if (ethernet.type === ARP) return { ethernet, ...openArp(payload) };
  return { ethernet };
}

function openIpv4(bytes: Buffer, outermost: boolean): Partial<Layers> {
  if (bytes.length < 20 || bytes.readUInt8(0) >> 4 !== 4) return {};
  const header = (bytes.readUInt8(0) & 0x0f) * 4;
  const fragment = bytes.readUInt16BE(6);
  const ip = {
    src: dotted(bytes, 12),
    dst: dotted(bytes, 16),
    ttl: bytes.readUInt8(8),
    protocol: bytes.readUInt8(9),
    id: bytes.readUInt16BE(4),
    dontFragment: (fragment & 0x4000) !== 0,
  };
  // Only the first fragment begins with a transport header.
  if (header < 20 || (fragment & 0x1fff) !== 0) return { ip };
  const payload = bytes.subarray(header);
  if (ip.protocol === ICMP) return { ip, ...openIcmp(payload) };
  if (ip.protocol === UDP) return { ip, ...openUdp(payload, outermost) };
  return { ip };
}

function openIcmp(bytes: Buffer): Partial<Layers> {
  if (bytes.length < 8) return {};
  const [type, code] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  return { icmp: { type, code, id: bytes.readUInt16BE(4), seq: bytes.readUInt16BE(6) } };
}

function openUdp(bytes: Buffer, outermost: boolean): Partial<Layers> {
  if (bytes.length < 8) return {};
  const udp = { src: bytes.readUInt16BE(0), dst: bytes.readUInt16BE(2) };
  // By its shape, not by its port: a tunnel on the wrong port should be seen for what it is.
  if (!outermost || bytes.length < 16 || bytes.readUInt32BE(8) !== VXLAN_FLAGS || bytes.readUInt8(15) !== 0)
    return { udp };
  const inside = openEthernet(bytes.subarray(16), false);
  if (!inside) return { udp };
  const { ethernet, ip, icmp, arp } = inside;
  const inner = { ethernet, ...(ip && { ip }), ...(icmp && { icmp }), ...(arp && { arp }) };
  return { udp, vxlan: { vni: bytes.readUIntBE(12, 3) }, inner };
}

function openArp(bytes: Buffer): Partial<Layers> {
  // Ethernet and IPv4, the only kind there is.
  if (bytes.length < 28 || bytes.readUInt32BE(0) !== 0x00010800 || bytes.readUInt16BE(4) !== 0x0604) return {};
  return { arp: { operation: bytes.readUInt16BE(6), senderIp: dotted(bytes, 14), targetIp: dotted(bytes, 24) } };
}

function mac(bytes: Buffer, at: number): string {
  return bytes.toString('hex', at, at + 6).replace(/(..)(?!$)/g, '$1:');
}

function dotted(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}
