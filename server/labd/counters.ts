/** The protocols of /proc/net/snmp and netstat that are kept. */
const PROTOCOLS = new Set(['Ip', 'Icmp', 'Udp', 'IpExt']);
/** What the kernel counts among TCP's, though it is IP's. */
const STRAYS = new Set(['TcpExtIPReversePathFilter']);

/** Reads /proc/net/snmp and /proc/net/netstat: a line of names and a line of values for each protocol. */
export function readCounters(printed: string): Record<string, number> {
  const counters: Record<string, number> = {};
  const lines = printed.split('\n');
  for (let i = 0; i + 1 < lines.length; i++) {
    const [head = '', ...names] = (lines[i] ?? '').split(' ');
    const [again, ...values] = (lines[i + 1] ?? '').split(' ');
    if (head !== again) continue;
    const protocol = head.replace(':', '');
    for (const [j, word] of names.entries()) {
      const name = protocol + word;
      if (PROTOCOLS.has(protocol) || STRAYS.has(name)) counters[name] = Number(values[j] ?? 0);
    }
    i++;
  }
  return counters;
}
