/** The protocols of /proc/net/snmp and netstat that are kept. */
const PROTOCOLS = new Set(['Ip', 'Icmp', 'Udp', 'IpExt']);
/** What the kernel counts among TCP's, though it is IP's. */
const STRAY = 'TcpExtIPReversePathFilter';

/** Reads /proc/net/snmp and /proc/net/netstat: a line of names and a line of values for each protocol. */
export function readCounters(printed: string): Record<string, number> {
  const counters: Record<string, number> = {};
  const lines = printed.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [head = '', ...names] = (lines[i] ?? '').split(' ');
    const protocol = head.replace(':', '');
    const isKept = PROTOCOLS.has(protocol);
    if (!isKept && !STRAY.startsWith(protocol)) continue;
    const [again, ...values] = (lines[i + 1] ?? '').split(' ');
    if (head !== again) continue;
    for (const [j, word] of names.entries()) {
      if (isKept || protocol + word === STRAY) counters[protocol + word] = Number(values[j] ?? 0);
    }
  }
  return counters;
}
