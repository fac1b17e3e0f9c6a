import type { Address, BridgePort, Link, VxlanInfo } from '../network/snapshot.ts';
import { type Attributes, addressOf, attributesOf, type Message, macOf, nameOf, numberOf, portOf } from './netlink.ts';

// include/uapi/linux/rtnetlink.h
export const RTM_NEWLINK = 16;
export const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
export const RTM_GETADDR = 22;
const RTM_NEWNETCONF = 80;
export const RTM_GETNETCONF = 82;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** Sizes of struct ifinfomsg, ifaddrmsg and netconfmsg, bytes. */
const LINK_HEADER = 16;
const ADDRESS_HEADER = 8;
const NETCONF_HEADER = 4;
// include/uapi/linux/if.h
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;
const IFF_LOWER_UP = 0x10000;
// include/uapi/linux/if_link.h
const IFLA = { ADDRESS: 1, NAME: 3, MTU: 4, LINK: 5, MASTER: 10, INFO: 18, STATS64: 23, LINK_NETNSID: 37 };
const INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 };
const VXLAN = { ID: 1, GROUP: 2, LINK: 3, LOCAL: 4, LEARNING: 7, PORT: 15, GROUP6: 16, LOCAL6: 17 };
const PORT = { STATE: 1, HAIRPIN: 4, LEARNING: 8, FLOOD: 9, ISOLATED: 33 };
/** Places of 64-bit numbers in struct rtnl_link_stats64. */
const STATS = {
  rxPackets: 0,
  txPackets: 1,
  rxErrors: 4,
  txErrors: 5,
  rxDropped: 6,
  txDropped: 7,
  txCarrier: 17,
} satisfies Record<keyof Link['counters'], number>;
/** include/uapi/linux/if_bridge.h, BR_STATE_… */
const STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] as const;
// include/uapi/linux/if_addr.h and netconf.h
const IFA = { ADDRESS: 1, LOCAL: 2 };
const NETCONFA = { IFINDEX: 1, FORWARDING: 2, RP_FILTER: 3 };
/** The index that stands for all interfaces, and for those to come. */
const ALL = -1;
const DEFAULT = -2;

/** The names of a namespace's links, by index. */
export type Names = Map<number, string>;

/** Reads an answer to RTM_GETLINK with one to RTM_GETADDR. */
export function readLinks(links: Message[], addresses: Message[]): Link[] {
  const named = links.flatMap(({ type, body }) => {
    if (type !== RTM_NEWLINK || body.length < LINK_HEADER) return [];
    const has = attributesOf(body, LINK_HEADER);
    const name = nameOf(has.get(IFLA.NAME));
    return name === undefined ? [] : [{ index: body.readInt32LE(4), flags: body.readUInt32LE(8), name, has }];
  });
  const names: Names = new Map(named.map(({ index, name }) => [index, name]));
  const owned = readAddresses(addresses);
  return named.map(({ index, flags, name, has }) => {
    const info = attributesOf(has.get(IFLA.INFO) ?? Buffer.alloc(0));
    const kind = nameOf(info.get(INFO.KIND)) ?? '';
    const master = names.get(numberOf(has.get(IFLA.MASTER)) ?? 0);
    const peerIndex = kind === 'veth' ? numberOf(has.get(IFLA.LINK)) : undefined;
    const peerNamespaceId = kind === 'veth' ? numberOf(has.get(IFLA.LINK_NETNSID)) : undefined;
    const vxlan = kind === 'vxlan' ? readVxlan(attributesOf(info.get(INFO.DATA) ?? Buffer.alloc(0)), names) : undefined;
    const port = nameOf(info.get(INFO.SLAVE_KIND)) === 'bridge' ? readPort(info.get(INFO.SLAVE_DATA)) : undefined;
    return {
      index,
      name,
      mac: macOf(has.get(IFLA.ADDRESS)) ?? '',
      mtu: numberOf(has.get(IFLA.MTU)) ?? 0,
      up: (flags & IFF_UP) !== 0,
      carrier: (flags & IFF_LOWER_UP) !== 0,
      kind,
      ...((flags & IFF_NOARP) !== 0 && (flags & IFF_LOOPBACK) === 0 && { noArp: true as const }),
      ...(master !== undefined && { master }),
      ...(port && { port }),
      ...(peerIndex !== undefined && { peerIndex }),
      ...(peerNamespaceId !== undefined && { peerNamespaceId }),
      ...(vxlan && { vxlan }),
      addresses: owned.get(index) ?? [],
      counters: readStats(has.get(IFLA.STATS64)),
    };
  });
}

function readAddresses(messages: Message[]): Map<number, Address[]> {
  const owned = new Map<number, Address[]>();
  for (const { type, body } of messages) {
    if (type !== RTM_NEWADDR || body.length < ADDRESS_HEADER) continue;
    const family = body.readUInt8(0);
    const has = attributesOf(body, ADDRESS_HEADER);
    const local = addressOf(has.get(IFA.LOCAL) ?? has.get(IFA.ADDRESS));
    if (local === undefined || (family !== AF_INET && family !== AF_INET6)) continue;
    const index = body.readUInt32LE(4);
    const list = owned.get(index) ?? [];
    list.push({ family: family === AF_INET ? 'inet' : 'inet6', local, prefix: body.readUInt8(1) });
    owned.set(index, list);
  }
  return owned;
}

function readVxlan(has: Attributes, names: Names): VxlanInfo | undefined {
  const vni = numberOf(has.get(VXLAN.ID));
  if (vni === undefined) return undefined;
  const local = addressOf(has.get(VXLAN.LOCAL) ?? has.get(VXLAN.LOCAL6));
  const remote = addressOf(has.get(VXLAN.GROUP) ?? has.get(VXLAN.GROUP6));
  const dev = names.get(numberOf(has.get(VXLAN.LINK)) ?? 0);
  return {
    vni,
    ...(local !== undefined && { local }),
    ...(remote !== undefined && { remote }),
    ...(dev !== undefined && { dev }),
    port: portOf(has.get(VXLAN.PORT)) ?? 0,
    learning: numberOf(has.get(VXLAN.LEARNING)) === 1,
  };
}

function readPort(data: Buffer | undefined): BridgePort | undefined {
  if (!data) return undefined;
  const has = attributesOf(data);
  const is = (type: number) => numberOf(has.get(type)) === 1;
  return {
    state: STATES[numberOf(has.get(PORT.STATE)) ?? 0] ?? 'disabled',
    learning: is(PORT.LEARNING),
    isolated: is(PORT.ISOLATED),
    flood: is(PORT.FLOOD),
    hairpin: is(PORT.HAIRPIN),
  };
}

function readStats(value: Buffer | undefined): Link['counters'] {
  const at = (place: number) => {
    const offset = place * 8;
    return value && value.length >= offset + 8 ? Number(value.readBigUInt64LE(offset)) : 0;
  };
  return {
    rxPackets: at(STATS.rxPackets),
    txPackets: at(STATS.txPackets),
    rxDropped: at(STATS.rxDropped),
    txDropped: at(STATS.txDropped),
    rxErrors: at(STATS.rxErrors),
    txErrors: at(STATS.txErrors),
    txCarrier: at(STATS.txCarrier),
  };
}

/** What net.ipv4.conf says of each interface, by its name, and of `all` and `default`. */
export interface Switches {
  forwarding: Record<string, boolean>;
  rpFilter: Record<string, number>;
}

/** Reads an answer to RTM_GETNETCONF. */
export function readSwitches(messages: Message[], links: Link[]): Switches {
  const names: Names = new Map(links.map(({ index, name }) => [index, name]));
  names.set(ALL, 'all').set(DEFAULT, 'default');
  // Without a prototype: an interface may be called __proto__.
  const forwarding: Record<string, boolean> = Object.create(null);
  const rpFilter: Record<string, number> = Object.create(null);
  for (const { type, body } of messages) {
    if (type !== RTM_NEWNETCONF) continue;
    const has = attributesOf(body, NETCONF_HEADER);
    const index = has.get(NETCONFA.IFINDEX);
    const name = index?.length === 4 ? names.get(index.readInt32LE(0)) : undefined;
    if (name === undefined) continue;
    forwarding[name] = (numberOf(has.get(NETCONFA.FORWARDING)) ?? 0) !== 0;
    rpFilter[name] = numberOf(has.get(NETCONFA.RP_FILTER)) ?? 0;
  }
  return { forwarding: { ...forwarding }, rpFilter: { ...rpFilter } };
}
