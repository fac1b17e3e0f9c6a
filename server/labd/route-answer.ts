import { containerWithAddress, incomingLink } from '../network/container.ts';
import { linkWithAddress, own } from '../network/namespace.ts';
import type { NamespaceSnapshot, NodeSnapshot, RouteAnswer, Way } from '../network/snapshot.ts';
import { AF_INET, type Names } from './links.ts';
import { attribute, attributesOf, errnoOf, type Message, numberOf, packIpv4, packNumber, single } from './netlink.ts';
import type { Asked } from './relay.ts';
import { gatewayOf, RTA, RTM_GETROUTE, TABLE_HEADER } from './tables.ts';
import type { NodeView } from './view.ts';

const RTM_NEWROUTE = 24;
const UNICAST = 1;
const LOCAL = 2;
/** Of a whole address, bits. */
const HOST = 32;
/** include/uapi/asm-generic/errno.h */
const [EACCES, EXDEV, EINVAL, ENETUNREACH, EHOSTUNREACH] = [13, 18, 22, 101, 113];

/**
 * Asks the node's kernel where a packet FROM → TO would go: a container's as it comes in where the container hangs, a
 * foreign one as it comes out of a tunnel, the node's own as it is sent. Of a container's, the container is asked too.
 */
export async function askRoute(view: NodeView, node: NodeSnapshot, from: string, to: string): Promise<RouteAnswer> {
  const container = containerWithAddress(node, from);
  const inside = container && view.named.find(({ inode }) => inode === container.namespace.inode);
  const mine = !container && linkWithAddress(own(node), from) !== undefined;
  const iif = mine ? undefined : incomingLink(node, from);
  const [way, sender] = await Promise.all([
    mine || iif !== undefined
      ? ask(view.own.asked, { from, to, ...(iif !== undefined && { iif }) }, own(node))
      : { result: 'unknown' as const },
    container && inside && ask(inside.asked, { from, to }, container.namespace),
  ]);
  return { from, to, iif: iif?.name ?? null, ...way, ...(sender && { sender }) };
}

async function ask(
  asked: Asked,
  { from, to, iif }: { from: string; to: string; iif?: { index: number; name: string } },
  { forwarding, links }: NamespaceSnapshot,
): Promise<Way> {
  const header = Buffer.alloc(TABLE_HEADER);
  header.set([AF_INET, HOST, HOST]);
  const request = [header, attribute(RTA.DST, packIpv4(to)), attribute(RTA.SRC, packIpv4(from))];
  if (iif) request.push(attribute(RTA.IIF, packNumber(iif.index)));
  const answer = await asked.ask(single(RTM_GETROUTE, Buffer.concat(request)));
  if (!answer) return { result: 'unknown' };
  const names: Names = new Map(links.map(({ index, name }) => [index, name]));
  return readWay(answer, names, iif === undefined ? true : forwarding[iif.name]);
}

/**
 * Reads the kernel's answer. Where there is no way it is an errno; tried on 6.18: no route and `throw` → ENETUNREACH;
 * forwarding off, but also an `unreachable` route or rule → EHOSTUNREACH; `prohibit` → EACCES; `blackhole`, a failing
 * reverse path filter (EXDEV on other kernels) and a source that is the node's own → EINVAL.
 */
export function readWay(answer: Message[], names: Names, forwarding: boolean | undefined): Way {
  const route = answer.find(({ type, body }) => type === RTM_NEWROUTE && body.length >= TABLE_HEADER);
  if (!route) return { result: readRefusal(errnoOf(answer), forwarding) };
  const type = route.body.readUInt8(7);
  const has = attributesOf(route.body, TABLE_HEADER);
  const dev = names.get(numberOf(has.get(RTA.OIF)) ?? 0);
  const gateway = gatewayOf(has);
  if (type === LOCAL) return { result: 'local', ...(dev !== undefined && { dev }) };
  if (type !== UNICAST || dev === undefined) return { result: type === UNICAST ? 'unknown' : 'refused' };
  return { result: 'unicast', dev, ...(gateway !== undefined && { gateway }) };
}

function readRefusal(errno: number | null, forwarding: boolean | undefined): Way['result'] {
  if (errno === ENETUNREACH) return 'no-route';
  if (errno === EHOSTUNREACH) return forwarding === false ? 'not-forwarded' : 'refused';
  return errno === EINVAL || errno === EACCES || errno === EXDEV ? 'refused' : 'unknown';
}
