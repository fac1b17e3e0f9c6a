import { covers, prefixLength } from './cidr.ts';
import type { Address, Link, NamespaceSnapshot, NodeSnapshot, Route } from './snapshot.ts';

/** The node's own network namespace. */
export function own(node: NodeSnapshot): NamespaceSnapshot {
  return node.namespaces[0];
}

/** The namespaces that are really others: a name that leads back to the node's own namespace does not count. */
export function others(node: NodeSnapshot): NamespaceSnapshot[] {
  return node.namespaces.slice(1).filter((namespace) => namespace.inode !== own(node).inode);
}

/** Whether a name under /run/netns leads to this namespace. */
export function isNamed(namespace: NamespaceSnapshot, name: string): boolean {
  return namespace.name === name || (namespace.aliases?.includes(name) ?? false);
}

/** The link of that name. */
export function linkNamed(namespace: NamespaceSnapshot, name: string | undefined): Link | undefined {
  return name === undefined ? undefined : namespace.links.find((link) => link.name === name);
}

/** Whether this is the loopback device, by what it is: lo is always index 1 and has no other end. */
export function isLoopback(link: Link): boolean {
  return link.index === 1 || link.name === 'lo';
}

/** The IPv4 addresses of a link. */
export function ipv4Of(link: Link): Address[] {
  return link.addresses.filter((address) => address.family === 'inet');
}

/** An address as `172.17.0.2/24`. */
export function cidrOf(address: Address): string {
  return `${address.local}/${address.prefix}`;
}

/** The link that has this IPv4 address; a real interface before loopback. */
export function linkWithAddress(namespace: NamespaceSnapshot, ip: string): Link | undefined {
  const holders = namespace.links.filter((link) => ipv4Of(link).some((address) => address.local === ip));
  return holders.find((link) => !isLoopback(link)) ?? holders[0];
}

/** The route of the main tables by which the namespace itself would send to an address: the longest prefix wins. */
export function routeTo(namespace: NamespaceSnapshot, ip: string): Route | undefined {
  let best: Route | undefined;
  for (const route of namespace.routes) {
    if (!['local', 'main', 'default'].includes(route.table) || !covers(route.dst, ip)) continue;
    if (!best || prefixLength(route.dst) > prefixLength(best.dst)) best = route;
  }
  return best;
}
