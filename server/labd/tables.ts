import { isMulticast } from '../network/cidr.ts';
import type { FdbEntry, Neighbour, Route, Rule } from '../network/snapshot.ts';
import { AF_INET6, type Names } from './links.ts';
import { type Attributes, addressOf, attributesOf, type Message, macOf, nameOf, numberOf, portOf } from './netlink.ts';

// include/uapi/linux/rtnetlink.h
const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;
const RTM_NEWNEIGH = 28;
export const RTM_DELNEIGH = 29;
export const RTM_GETNEIGH = 30;
const RTM_NEWRULE = 32;
export const RTM_GETRULE = 34;
export const AF_BRIDGE = 7;
/** Size of struct rtmsg, ndmsg and fib_rule_hdr, bytes. */
export const TABLE_HEADER = 12;
export const RTA = { DST: 1, SRC: 2, IIF: 3, OIF: 4, GATEWAY: 5, MULTIPATH: 9, TABLE: 15, VIA: 18 };
const RTN = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
];
const ROUTE_FLAGS: [number, string][] = [
  [1, 'dead'],
  [2, 'pervasive'],
  [4, 'onlink'],
  [16, 'linkdown'],
  [32, 'unresolved'],
];
/** RTM_F_CLONED: an answer that the kernel remembers, and no route. */
const CLONED = 0x200;
const TABLES: Record<number, string> = { 253: 'default', 254: 'main', 255: 'local' };
/** struct rtnexthop: length, flags, hops, then the interface's index. */
const NEXTHOP_HEADER = 8;

/** Reads an answer to RTM_GETROUTE. Of a route with several next hops the first is kept. */
export function readRoutes(messages: Message[], names: Names): Route[] {
  return messages.flatMap(({ type, body }) => {
    const route = type === RTM_NEWROUTE ? readRoute(body, names) : undefined;
    return route ? [route] : [];
  });
}

function readRoute(body: Buffer, names: Names): Route | undefined {
  if (body.length < TABLE_HEADER) return undefined;
  const flags = body.readUInt32LE(8);
  if ((flags & CLONED) !== 0) return undefined;
  const has = attributesOf(body, TABLE_HEADER);
  const hop = firstHop(has.get(RTA.MULTIPATH)) ?? { index: numberOf(has.get(RTA.OIF)), flags, has };
  const dev = names.get(hop.index ?? 0);
  const gateway = gatewayOf(hop.has);
  return {
    dst: prefixOf(body.readUInt8(0), has.get(RTA.DST), body.readUInt8(1)),
    type: RTN[body.readUInt8(7)] ?? 'unspec',
    table: tableOf(numberOf(has.get(RTA.TABLE)) ?? body.readUInt8(4)),
    ...(dev !== undefined && { dev }),
    ...(gateway !== undefined && { gateway }),
    flags: ROUTE_FLAGS.flatMap(([bit, word]) => (hop.flags & bit ? [word] : [])),
  };
}

function firstHop(value: Buffer | undefined) {
  if (!value || value.length < NEXTHOP_HEADER) return undefined;
  const hop = value.subarray(0, Math.max(NEXTHOP_HEADER, value.readUInt16LE(0)));
  return { index: hop.readInt32LE(4), flags: hop.readUInt8(2), has: attributesOf(hop, NEXTHOP_HEADER) };
}

/** The gateway of a route's attributes, of the route's family or of another (struct rtvia). */
export function gatewayOf(has: Attributes): string | undefined {
  return addressOf(has.get(RTA.GATEWAY)) ?? addressOf(has.get(RTA.VIA)?.subarray(2));
}

function tableOf(id: number): string {
  return TABLES[id] ?? String(id);
}

/** As iproute2 writes it: `default`, a bare address for a host, else a CIDR. */
function prefixOf(family: number, address: Buffer | undefined, length: number): string {
  const text = addressOf(address);
  if (family === AF_INET6) return `${text ?? '::'}${text !== undefined && length === 128 ? '' : `/${length}`}`;
  if (text === undefined) return length === 0 ? 'default' : `0.0.0.0/${length}`;
  return length === 32 ? text : `${text}/${length}`;
}

/** include/uapi/linux/fib_rules.h */
const FRA = { DST: 1, SRC: 2, IIF: 3, GOTO: 4, PRIORITY: 6, SUPPRESS_PREFIX: 14, TABLE: 15, PAD: 18, PROTOCOL: 21 };
/** What a rule may say without being special: what Rule keeps, and who made it. */
const PLAIN = new Set([FRA.DST, FRA.SRC, FRA.IIF, FRA.GOTO, FRA.PRIORITY, FRA.TABLE, FRA.PAD, FRA.PROTOCOL]);
const INVERT = 2;
const NO_SUPPRESSION = 0xffffffff;
const ACTIONS: Record<number, string> = {
  1: 'lookup',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
};

/** Reads an answer to RTM_GETRULE, in the kernel's order. */
export function readRules(messages: Message[]): Rule[] {
  return messages.flatMap(({ type, body }) => {
    if (type !== RTM_NEWRULE || body.length < TABLE_HEADER) return [];
    const has = attributesOf(body, TABLE_HEADER);
    const within = (address: Buffer | undefined, length: number) => {
      const text = addressOf(address);
      return text === undefined ? undefined : `${text}/${length}`;
    };
    const to = within(has.get(FRA.DST), body.readUInt8(1));
    const from = within(has.get(FRA.SRC), body.readUInt8(2));
    const iif = nameOf(has.get(FRA.IIF));
    const action = ACTIONS[body.readUInt8(7)] ?? 'unknown';
    const table = numberOf(has.get(FRA.TABLE)) ?? body.readUInt8(4);
    const more = [...has].some(
      ([attribute, value]) =>
        !PLAIN.has(attribute) && !(attribute === FRA.SUPPRESS_PREFIX && numberOf(value) === NO_SUPPRESSION),
    );
    return [
      {
        priority: numberOf(has.get(FRA.PRIORITY)) ?? 0,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(iif !== undefined && { iif }),
        special: more || body.readUInt8(3) !== 0 || (body.readUInt32LE(8) & INVERT) !== 0,
        action,
        ...(action === 'lookup' && { table: tableOf(table) }),
      },
    ];
  });
}

// include/uapi/linux/neighbour.h
export const NDA = { DST: 1, MAC: 2, PORT: 6, VNI: 7 };
const NUD: [number, string][] = [
  [0x01, 'INCOMPLETE'],
  [0x02, 'REACHABLE'],
  [0x04, 'STALE'],
  [0x08, 'DELAY'],
  [0x10, 'PROBE'],
  [0x20, 'FAILED'],
  [0x40, 'NOARP'],
  [0x80, 'PERMANENT'],
];
const NTF: [number, string][] = [
  [0x02, 'self'],
  [0x04, 'master'],
  [0x10, 'extern_learn'],
  [0x40, 'sticky'],
  [0x80, 'router'],
];
/** As iproute2 words it; the first that fits. */
const FDB_STATES: [number, string][] = [
  [0x80, 'permanent'],
  [0x40, 'static'],
  [0x04, 'stale'],
];

interface Entry {
  family: number;
  dev: string;
  state: number;
  flags: number;
  has: Attributes;
}

function entriesOf(messages: Message[], names: Names): Entry[] {
  return messages.flatMap(({ type, body }) => {
    if (type !== RTM_NEWNEIGH || body.length < TABLE_HEADER) return [];
    const dev = names.get(body.readInt32LE(4));
    if (dev === undefined) return [];
    const entry = { family: body.readUInt8(0), dev, state: body.readUInt16LE(8), flags: body.readUInt8(10) };
    return [{ ...entry, has: attributesOf(body, TABLE_HEADER) }];
  });
}

/** Reads an answer to RTM_GETNEIGH, without the fixed entries that the kernel keeps for multicast and loopback. */
export function readNeighbours(messages: Message[], names: Names): Neighbour[] {
  return entriesOf(messages, names).flatMap(({ family, dev, state, has }) => {
    const dst = addressOf(has.get(NDA.DST));
    if (family === AF_BRIDGE || dst === undefined) return [];
    const mac = macOf(has.get(NDA.MAC));
    const states = NUD.flatMap(([bit, word]) => (state & bit ? [word] : []));
    const fixed = dev === 'lo' || isMulticast(dst) || dst.startsWith('ff0');
    if (states.includes('NOARP') && fixed) return [];
    return [{ dst, dev, ...(mac !== undefined && { mac }), state: states }];
  });
}

/** Reads an answer to RTM_GETNEIGH for AF_BRIDGE, without the multicast filters that every interface has. */
export function readFdb(messages: Message[], names: Names): FdbEntry[] {
  return entriesOf(messages, names).flatMap(({ family, dev, state, flags, has }) => {
    const mac = macOf(has.get(NDA.MAC));
    if (family !== AF_BRIDGE || mac === undefined) return [];
    const dst = addressOf(has.get(NDA.DST));
    if (dst === undefined && /^(33:33|01:00:5e|01:80:c2)/.test(mac)) return [];
    const port = portOf(has.get(NDA.PORT));
    const vni = numberOf(has.get(NDA.VNI));
    return [
      {
        mac,
        dev,
        ...(dst !== undefined && { dst }),
        ...(port !== undefined && { port }),
        ...(vni !== undefined && { vni }),
        flags: NTF.flatMap(([bit, word]) => (flags & bit ? [word] : [])),
        state: FDB_STATES.find(([bit]) => state & bit)?.[1] ?? '',
      },
    ];
  });
}
