/** An IPv4 address as an unsigned number, or null when the text is not one. */
export function parseIpv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The prefix length of `172.17.0.0/24` (24), a bare address (32) or `default` (0). */
export function prefixLength(cidr: string): number {
  if (cidr === 'default') return 0;
  const slash = cidr.indexOf('/');
  return slash < 0 ? 32 : Number(cidr.slice(slash + 1));
}

/** Whether a destination as iproute2 writes it (CIDR, bare address or `default`) covers an address. */
export function covers(cidr: string, address: string): boolean {
  if (cidr === 'default') return true;
  const prefix = prefixLength(cidr);
  const net = parseIpv4(cidr.split('/')[0] ?? '');
  const host = parseIpv4(address);
  if (net === null || host === null || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) return false;
  // Division instead of shifts: JavaScript shifts by 32 are shifts by 0.
  const size = 2 ** (32 - prefix);
  return Math.floor(net / size) === Math.floor(host / size);
}

/** Whether two networks share an address: one of them covers the other's first. */
export function overlap(a: string, b: string): boolean {
  const [wide, narrow] = prefixLength(a) <= prefixLength(b) ? [a, b] : [b, a];
  return covers(wide, narrow.split('/')[0] ?? '');
}

/** Whether an IPv4 address is a multicast group (224.0.0.0/4). */
export function isMulticast(address: string): boolean {
  return covers('224.0.0.0/4', address);
}
