import { incomingLink } from '../network/container.ts';
import { own } from '../network/namespace.ts';
import type { NodeSnapshot, RouteAnswer } from '../network/snapshot.ts';
import { fields, parseLists, text } from './field.ts';
import { inNamespace, observe } from './observe.ts';

/** One question to the kernel takes 4 ms; ms. */
const ASK_MS = 1000;
const ASK_BYTES = 65_536;

/** Asks the node's kernel where it would forward a packet FROM → TO that comes in where the container hangs. */
export async function askRoute(path: string, node: NodeSnapshot, from: string, to: string): Promise<RouteAnswer> {
  const iif = incomingLink(node, from)?.name;
  if (iif === undefined) return { from, to, iif: null, result: 'unknown' };
  const argv = ['ip', '-j', 'route', 'get', to, 'from', from, 'iif', iif];
  const seen = await observe(inNamespace(path, argv), { timeoutMs: ASK_MS, maxBytes: ASK_BYTES });
  if (seen.code === 0) return { from, to, iif, ...readAnswer(seen.stdout.toString('utf8')) };
  return { from, to, iif, result: readRefusal(seen.stderr, own(node).forwarding[iif]) };
}

/** Reads what `ip -j route get` prints when there is a way. */
export function readAnswer(printed: string): Pick<RouteAnswer, 'result' | 'dev' | 'gateway'> {
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
export function readRefusal(complaint: string, forwarding: boolean | undefined): RouteAnswer['result'] {
  if (complaint.includes('Network is unreachable')) return 'no-route';
  if (complaint.includes('No route to host')) return forwarding === false ? 'not-forwarded' : 'refused';
  return /Invalid argument|Permission denied|Invalid cross-device link/.test(complaint) ? 'refused' : 'unknown';
}
