import { covers } from '../network/cidr.ts';
import { DEFAULT_MAC } from '../network/fdb.ts';
import type { NamespaceSnapshot, NodeSnapshot } from '../network/snapshot.ts';
import type { Watch } from './contract.ts';

/** The most entries of one table that a snapshot carries: a learner needs a dozen, a flood must not fill web. */
const ENTRIES_MAX = 1024;

/**
 * Cuts tables that are too long for a snapshot. What concerns the session itself goes first, so that a learner who has
 * filled a table is still judged by the entries that matter: routes towards the flows, neighbours that have an address
 * of the session, forwarding entries of its MACs.
 */
export function focus(nodes: NodeSnapshot[], { flows }: Pick<Watch, 'flows'>): NodeSnapshot[] {
  const spaces = nodes.flatMap(({ namespaces }) => namespaces);
  if (spaces.every((space) => tables(space).every((table) => table.length <= ENTRIES_MAX))) return nodes;
  const links = spaces.flatMap((space) => space.links.slice(0, ENTRIES_MAX));
  const ends = new Set(flows.flatMap(({ from, to }) => [from, to]));
  const gateways = nodes.flatMap(({ routeAnswers }) => routeAnswers.flatMap(({ gateway }) => gateway ?? []));
  const addresses = new Set([
    ...ends,
    ...gateways,
    ...links.flatMap((link) => link.addresses.map(({ local }) => local)),
  ]);
  const macs = new Set([DEFAULT_MAC, ...links.map(({ mac }) => mac)]);
  const cut = <Space extends NamespaceSnapshot>(space: Space): Space => ({
    ...space,
    links: space.links.slice(0, ENTRIES_MAX),
    routes: first(space.routes, ({ dst }) => [...ends].some((end) => covers(dst, end))),
    rules: space.rules.slice(0, ENTRIES_MAX),
    neighbours: first(space.neighbours, ({ dst }) => addresses.has(dst)),
    fdb: first(space.fdb, ({ mac }) => macs.has(mac)),
  });
  return nodes.map((node) => {
    const [own, ...others] = node.namespaces;
    return { ...node, namespaces: [cut(own), ...others.map(cut)] };
  });
}

function tables({ links, routes, rules, neighbours, fdb }: NamespaceSnapshot): unknown[][] {
  return [links, routes, rules, neighbours, fdb];
}

/** As many as may be, the wanted ones before the others, each in the order in which they were. */
function first<Entry>(entries: Entry[], wanted: (entry: Entry) => boolean): Entry[] {
  if (entries.length <= ENTRIES_MAX) return entries;
  const chosen = entries.filter(wanted);
  return [...chosen, ...entries.filter((entry) => !wanted(entry))].slice(0, ENTRIES_MAX);
}
