import { readFileSync } from 'node:fs';

/** Ticks of /proc/stat in a second: USER_HZ, the same on every architecture Debian has (proc_stat(5)). */
const TICKS = 100;

/** What the whole machine says of its own burden: three small files, however many nodes there are. */
export interface Pulse {
  /** Monotonic, ms. */
  at: number;
  /** Seconds of processor time spent on packets and timers rather than for any process, since the machine started. */
  softirq: number;
  /** Bytes of kernel memory that cannot be taken back. */
  kernel: number;
  /** Entries of the neighbour tables that all namespaces share. */
  neighbours: number;
}

/** Takes the machine's pulse. */
export function takePulse(): Pulse {
  const softirq = Number(/^cpu +(?:\d+ ){6}(\d+)/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]) / TICKS;
  const kernel = Number(/^SUnreclaim: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
  return { at: performance.now(), softirq, kernel, neighbours: entries('arp_cache') + entries('ndisc_cache') };
}

function entries(table: string): number {
  try {
    return Number.parseInt(readFileSync(`/proc/net/stat/${table}`, 'utf8').split('\n')[1] ?? '', 16) || 0;
  } catch {
    return 0; // A kernel without IPv6 has no ndisc_cache.
  }
}
