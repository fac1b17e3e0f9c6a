/** Takes the place of the mark in the listing below. */
const MARK = -1;

/**
 * What a probe's packet sockets let through: ARP, ICMP errors, and the marked echoes, plain or inside VXLAN; of each frame
 * 256 bytes, as much as trace.ts keeps. The pattern begins anew every 8 bytes of the 56 that ping carries, and its first 16
 * are a time stamp: bytes 24 to 27 are the mark's first half. Classic BPF as
 *
 *   tcpdump -ddd -s 256 'arp or (icmp and (icmp[32:4] == MARK or (icmp[0] != 0 and icmp[0] != 8))) or (udp and
 *     (udp[82:4] == MARK or udp[28:2] == 0x0806 or (udp[39] == 1 and udp[50] != 0 and udp[50] != 8)))'
 *
 * lists it for an Ethernet link: code, jump if true, jump if false, operand. Inside UDP 8, VXLAN 8, Ethernet 14 (type at 12),
 * IP 20 (protocol at 9), ICMP 8.
 */
const LISTING: [code: number, ifTrue: number, ifFalse: number, operand: number][] = [
  [40, 0, 0, 12],
  [21, 23, 0, 2054],
  [21, 0, 23, 2048],
  [48, 0, 0, 23],
  [21, 0, 7, 1],
  [40, 0, 0, 20],
  [69, 19, 0, 8191],
  [177, 0, 0, 14],
  [64, 0, 0, 46],
  [21, 15, 0, MARK],
  [80, 0, 0, 14],
  [21, 14, 12, 0],
  [21, 0, 13, 17],
  [40, 0, 0, 20],
  [69, 11, 0, 8191],
  [177, 0, 0, 14],
  [64, 0, 0, 96],
  [21, 7, 0, MARK],
  [72, 0, 0, 42],
  [21, 5, 0, 2054],
  [80, 0, 0, 53],
  [21, 0, 4, 1],
  [80, 0, 0, 64],
  [21, 2, 0, 0],
  [21, 1, 0, 8],
  [6, 0, 0, 256],
  [6, 0, 0, 0],
];
/** struct sock_filter (include/uapi/linux/filter.h), bytes. */
const INSTRUCTION = 8;

/** The filter for a probe's mark, 16 hex digits, as the kernel takes it. */
export function filterFor(mark: string): Buffer {
  const filter = Buffer.alloc(LISTING.length * INSTRUCTION);
  for (const [index, [code, ifTrue, ifFalse, operand]] of LISTING.entries()) {
    const at = index * INSTRUCTION;
    filter.writeUInt16LE(code, at);
    filter.writeUInt8(ifTrue, at + 2);
    filter.writeUInt8(ifFalse, at + 3);
    filter.writeUInt32LE(operand === MARK ? Number.parseInt(mark.slice(0, 8), 16) : operand, at + 4);
  }
  return filter;
}
