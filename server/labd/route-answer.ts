import { containerWithAddress, incomingLink } from '../network/container.ts';
import { linkWithAddress, own } from '../network/namespace.ts';
import type { NamespaceSnapshot, NodeSnapshot, RouteAnswer, Way } from '../network/snapshot.ts';
import { fields, parseLists, text } from './field.ts';
import type { Vantage } from './nodes/driver.ts';
import { inNamespace, observe } from './observe.ts';

/** One question to the kernel takes 4 ms; on a machine where a whole class works at once, many times that, ms. */
const ASK_MS = 5000;
const ASK_BYTES = 65_536;

/**
 * Asks the node's kernel where a packet FROM → TO would go: a container's as it comes in where the container hangs, a
 * foreign one as it comes out of a tunnel, the node's own as it is sent. Of a container's, the container is asked too.
 */
export async function askRoute(vantage: Vantage, node: NodeSnapshot, from: string, to: string): Promise<RouteAnswer> {
  const container = containerWithAddress(node, from);
  const inside = container && vantage.named.find(({ inode }) => inode === container.namespace.inode);
  const mine = !container && linkWithAddress(own(node), from) !== undefined;
  const iif = mine ? undefined : incomingLink(node, from)?.name;
  const [way, sender] = await Promise.all([
    mine || iif !== undefined
      ? ask(vantage.own, { from, to, ...(iif !== undefined && { iif }) }, own(node))
      : { result: 'unknown' as const },
    container && inside && ask(inside.path, { from, to }, container.namespace),
  ]);
  return { from, to, iif: iif ?? null, ...way, ...(sender && { sender }) };
}

async function ask(
  path: string,
  { from, to, iif }: { from: string; to: string; iif?: string },
  { forwarding }: NamespaceSnapshot,
): Promise<Way> {
  const argv = ['ip', '-j', 'route', 'get', to, 'from', from, ...(iif === undefined ? [] : ['iif', iif])];
  const seen = await observe(inNamespace(path, argv), { timeoutMs: ASK_MS, maxBytes: ASK_BYTES });
  if (seen.code === 0) return readAnswer(seen.stdout.toString('utf8'));
  return { result: readRefusal(seen.stderr, iif === undefined ? true : forwarding[iif]) };
}

/** Reads what `ip -j route get` prints when there is a way. */
export function readAnswer(printed: string): Way {
  const entry = fields(parseLists(printed)[0]);
  const type = text(entry.type) ?? 'unicast';
  const dev = text(entry.dev);
  const gateway = text(entry.gateway);
  if (type === 'local') return { result: 'local', ...(dev !== undefined && { dev }) };
  if (type !== 'unicast' || dev === undefined) return { result: type === 'unicast' ? 'unknown' : 'refused' };
  return { result: 'unicast', dev, ...(gateway !== undefined && { gateway }) };
}

/**
 * Reads what `ip route get` says when there is none. Tried on 6.18: no route and `throw` → ENETUNREACH; forwarding off,
 * but also an `unreachable` route or rule → EHOSTUNREACH; `prohibit` → EACCES; `blackhole`, a failing reverse path
 * filter (EXDEV on other kernels) and a source that is the node's own → EINVAL.
 */
export function readRefusal(complaint: string, forwarding: boolean | undefined): Way['result'] {
  if (complaint.includes('Network is unreachable')) return 'no-route';
  if (complaint.includes('No route to host')) return forwarding === false ? 'not-forwarded' : 'refused';
  return /Invalid argument|Permission denied|Invalid cross-device link/.test(complaint) ? 'refused' : 'unknown';
}
