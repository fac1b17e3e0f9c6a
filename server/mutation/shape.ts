import type { NamespaceSnapshot, NetworkSnapshot } from '../network/snapshot.ts';

/** What changes by itself, or is otherwise when the same thing is made anew. */
const PASSING = new Set([
  ...['takenAt', 'tookMs', 'routeAnswers', 'inode', 'counters', 'packets', 'handle'],
  ...['index', 'peerIndex', 'peerNamespaceId', 'carrier', 'port', 'flags'],
]);
const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g;
const LINK_LOCAL = /"fe80:[0-9a-f:]+/g;

/**
 * A snapshot as a text that is the same whenever the network is: MACs become whose they are, what was learned or counted is
 * left out. It costs a tenth of what the node's own programs take to tell everything (state.ts).
 */
export function shapeOf(snapshot: NetworkSnapshot): string {
  const owners = new Map<string, string>();
  const nodes = Object.values(snapshot.nodes).map(({ name, namespaces, packages }) => {
    for (const namespace of namespaces) {
      // A bridge has the MAC of a port: the first by name speaks for both.
      for (const link of [...namespace.links].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!owners.has(link.mac)) owners.set(link.mac, `<${name} ${namespace.name} ${link.name}>`);
      }
    }
    return { name, packages, namespaces: namespaces.map(lasting) };
  });
  return JSON.stringify(nodes, (key, value: unknown) => (PASSING.has(key) ? undefined : value))
    .replace(MAC, (mac) => owners.get(mac) ?? mac)
    .replace(LINK_LOCAL, '"fe80:');
}

/** What somebody has set in a namespace, in an order of its own. */
function lasting(namespace: NamespaceSnapshot): NamespaceSnapshot {
  const { links, routes, neighbours, fdb } = namespace;
  return {
    ...namespace,
    links: sorted(links, ({ name }) => name),
    routes: sorted(
      routes.filter(({ dst }) => !dst.includes(':')),
      ({ table, dst, dev }) => `${table} ${dst} ${dev}`,
    ),
    neighbours: sorted(
      neighbours.filter(({ state }) => state.includes('PERMANENT')),
      ({ dev, dst }) => `${dev} ${dst}`,
    ),
    fdb: sorted(
      fdb.filter(({ dst }) => dst !== undefined),
      ({ dev, dst }) => `${dev} ${dst}`,
    ),
  };
}

function sorted<T>(list: readonly T[], by: (each: T) => string): T[] {
  return [...list].sort((a, b) => (by(a) < by(b) ? -1 : 1));
}
