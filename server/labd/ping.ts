import type { ProbeTrace } from '../network/trace.ts';
import type { Machine } from './nodes/driver.ts';
import { inNamespace, observe } from './observe.ts';

/** Five requests 0.05 s apart and one second for the last answer are 1.2 s; starting it may take a busy machine longer, ms. */
const PING_MS = 6000;
const PING_BYTES = 65_536;
/** The most complaints that are kept, and of each, characters. */
const ERRORS_MAX = 5;
const ERROR_CHARS = 160;

/** What ping itself says. */
export type Pinged = Omit<ProbeTrace, 'frames' | 'changes'>;

/** Where a ping leaves from. */
interface Place {
  path: string;
  machine?: Machine | undefined;
}

/** Pings from a namespace with the host's ping, as nobody with CAP_NET_RAW; the payload repeats the mark (hex). */
export async function ping({ path, machine }: Place, to: string, count: number, mark: string): Promise<Pinged> {
  const argv = ['ping', '-n', '-c', String(count), '-i', '0.05', '-W', '1', '-p', mark, to];
  const bounds = { timeoutMs: PING_MS, maxBytes: PING_BYTES };
  const seen = await observe(inNamespace(path, argv, 'net_raw'), bounds, machine);
  return { sent: count, ...readPing(seen.stdout.toString('latin1'), seen.stderr, to) };
}

/** Reads what iputils' ping said: answers, their TTL, complaints. */
export function readPing(printed: string, complaint: string, to: string): Omit<Pinged, 'sent'> {
  const received = Number(/(\d+) received/.exec(printed)?.[1] ?? 0);
  const from = `bytes from ${to}: `;
  const ttl = printed
    .split('\n')
    .filter((line) => line.includes(from))
    .map((line) => /ttl=(\d+)/.exec(line)?.[1])
    .find((value) => value !== undefined);
  const reported = [...printed.matchAll(/^From (\S+) (?:icmp_seq=\d+ )?(.+)$/gm)].map(
    ([, who, what]) => `From ${who} ${what}`,
  );
  const own = complaint.split('\n').filter((line) => line.startsWith('ping: '));
  const errors = [...new Set([...reported, ...own])].slice(0, ERRORS_MAX).map((line) => line.slice(0, ERROR_CHARS));
  return { received, ...(ttl !== undefined && { replyTtl: Number(ttl) }), errors };
}
