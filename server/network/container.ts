import { isLoopback, linkNamed, linkWithAddress, others, own, routeTo } from './namespace.ts';
import type { Link, NamespaceSnapshot, NodeSnapshot } from './snapshot.ts';
import { tunnels } from './tunnel.ts';

/** A container as this lab knows it: a network namespace of the node with an interface of its own. */
export interface Container {
  namespace: NamespaceSnapshot;
  link: Link;
}

/** The container that owns an address, on an interface that is not its loopback; of several, one wired to the node. */
export function containerWithAddress(node: NodeSnapshot, ip: string): Container | undefined {
  const holders = others(node).flatMap((namespace) => {
    const link = linkWithAddress(namespace, ip);
    return link && !isLoopback(link) ? [{ namespace, link }] : [];
  });
  return holders.find(({ link }) => hostSide(node, link)) ?? holders[0];
}

/** The end of a container's veth pair that stayed in the node's own namespace. */
export function hostSide(node: NodeSnapshot, inside: Link): Link | undefined {
  // Indexes are per namespace and repeat: only a pair that points at each other across namespaces is a pair.
  if (inside.kind !== 'veth' || inside.peerNamespaceId === undefined) return undefined;
  return own(node).links.find(
    (link) =>
      link.kind === 'veth' &&
      link.index === inside.peerIndex &&
      link.peerIndex === inside.index &&
      link.peerNamespaceId !== undefined,
  );
}

/** The bridge a link is plugged into; undefined when its master is something else, or nothing. */
export function bridgeOf(node: NodeSnapshot, port: Link | undefined): Link | undefined {
  const master = linkNamed(own(node), port?.master);
  return master?.kind === 'bridge' ? master : undefined;
}

/**
 * The interface of the node by which a packet from this address comes in: bridge, host side, or a link of its /24. An
 * address that is none of these is beyond a tunnel: the one that leads to it, else the first.
 */
export function incomingLink(node: NodeSnapshot, from: string): Link | undefined {
  const container = containerWithAddress(node, from);
  if (container) {
    const port = hostSide(node, container.link);
    return bridgeOf(node, port) ?? port;
  }
  const neighbourhood = from.replace(/\.\d+$/, '.');
  const beside = own(node).links.find(
    (link) =>
      !isLoopback(link) &&
      link.kind !== 'vxlan' &&
      link.addresses.some((address) => address.local.startsWith(neighbourhood) && address.local !== from),
  );
  const leading = routeTo(own(node), from)?.dev;
  return beside ?? tunnels(node).find(({ name }) => name === leading) ?? tunnels(node)[0];
}
