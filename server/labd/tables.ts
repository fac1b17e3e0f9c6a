import { isMulticast } from '../network/cidr.ts';
import type { FdbEntry, Neighbour, Route, Rule } from '../network/snapshot.ts';
import { count, objects, parseLists, text, texts } from './field.ts';

/** The protocols of /proc/net/snmp that are kept. */
const PROTOCOLS = new Set(['Ip', 'Icmp', 'Udp']);

/** Reads the routes of `ip -j -d route show table all`. Of a route with several next hops the first is kept. */
export function readRoutes(printed: string): Route[] {
  return parseLists(printed).flatMap((entry) => {
    // Both families write `default`; a preference is IPv6's alone.
    const dst = entry.dst === 'default' && entry.pref !== undefined ? '::/0' : text(entry.dst);
    const type = text(entry.type);
    if (dst === undefined || type === undefined) return [];
    const first = objects(entry.nexthops)[0] ?? entry;
    const dev = text(first.dev);
    const gateway = text(first.gateway);
    return [
      {
        dst,
        type,
        table: text(entry.table) ?? 'main',
        ...(dev !== undefined && { dev }),
        ...(gateway !== undefined && { gateway }),
        flags: texts(first.flags),
      },
    ];
  });
}

/** What a rule of `ip -j rule` may say without being special: what Rule keeps, and who made it. */
const PLAIN_RULE = new Set([
  'priority',
  'src',
  'srclen',
  'dst',
  'dstlen',
  'iif',
  'table',
  'action',
  'goto',
  'protocol',
]);

/** Reads the policy rules of `ip -j -d rule show`. */
export function readRules(printed: string): Rule[] {
  return parseLists(printed).flatMap((entry) => {
    const priority = count(entry.priority);
    const src = text(entry.src);
    if (priority === undefined || src === undefined) return [];
    const within = (address: string | undefined, length: unknown) =>
      address === undefined || address === 'all' ? undefined : `${address}/${count(length) ?? 32}`;
    const from = within(src, entry.srclen);
    const to = within(text(entry.dst), entry.dstlen);
    const iif = text(entry.iif);
    const table = text(entry.table);
    const action = text(entry.action) ?? (entry.goto === undefined ? 'lookup' : 'goto');
    return [
      {
        priority,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(iif !== undefined && { iif }),
        special: Object.keys(entry).some((key) => !PLAIN_RULE.has(key)),
        action,
        ...(table !== undefined && { table }),
      },
    ];
  });
}

/** Reads the entries of `ip -j neigh show nud all`, without the fixed entries that the kernel keeps for multicast and loopback. */
export function readNeighbours(printed: string): Neighbour[] {
  return parseLists(printed).flatMap((entry) => {
    const dst = text(entry.dst);
    const dev = text(entry.dev);
    if (dst === undefined || dev === undefined || !Array.isArray(entry.state)) return [];
    const state = texts(entry.state);
    const mac = text(entry.lladdr)?.toLowerCase();
    const fixed = dev === 'lo' || isMulticast(dst) || dst.startsWith('ff0');
    if (state.includes('NOARP') && fixed) return [];
    return [{ dst, dev, ...(mac !== undefined && { mac }), state }];
  });
}

/** Reads `bridge -j fdb show`, without the multicast filters that every interface has. */
export function readFdb(printed: string): FdbEntry[] {
  return parseLists(printed).flatMap((entry) => {
    const mac = text(entry.mac)?.toLowerCase();
    const dev = text(entry.ifname);
    if (mac === undefined || dev === undefined) return [];
    const dst = text(entry.dst);
    if (dst === undefined && /^(33:33|01:00:5e|01:80:c2)/.test(mac)) return [];
    const port = count(entry.port);
    const vni = count(entry.vni);
    return [
      {
        mac,
        dev,
        ...(dst !== undefined && { dst }),
        ...(port !== undefined && { port }),
        ...(vni !== undefined && { vni }),
        flags: texts(entry.flags),
        state: text(entry.state) ?? '',
      },
    ];
  });
}

/** Reads lines of `/proc/sys/net/ipv4/conf/NAME/forwarding 1`. */
export function readForwarding(printed: string): Record<string, boolean> {
  // Without a prototype: an interface may be called __proto__.
  const forwarding: Record<string, boolean> = Object.create(null);
  for (const line of printed.split('\n')) {
    const [, name, value] = /^\/proc\/sys\/net\/ipv4\/conf\/([^/]{1,15})\/forwarding ([01])$/.exec(line) ?? [];
    if (name !== undefined) forwarding[name] = value === '1';
  }
  return { ...forwarding };
}

/** Reads /proc/net/snmp: a line of names and a line of values for each protocol. */
export function readCounters(printed: string): Record<string, number> {
  const counters: Record<string, number> = {};
  const lines = printed.split('\n');
  for (let i = 0; i + 1 < lines.length; i++) {
    const [protocol = '', ...names] = (lines[i] ?? '').split(' ');
    const [again, ...values] = (lines[i + 1] ?? '').split(' ');
    if (protocol !== again || !PROTOCOLS.has(protocol.replace(':', ''))) continue;
    for (const [j, name] of names.entries()) counters[protocol.replace(':', '') + name] = Number(values[j] ?? 0);
    i++;
  }
  return counters;
}
