import type { FirewallChain } from './firewall.ts';

/**
 * What the kernel says about a session's network at one moment. The vocabulary that checks and pictures share.
 * Everything here was read from outside the nodes by labd and is data: names and addresses may have been chosen by a
 * hostile learner, so they are bounded and free of control characters, and nothing more is promised.
 */

/** The name of a machine of a lab, as in lab.yaml: `node-1`. */
export type NodeName = string;

/** One address of an interface (`ip -j addr`). */
export interface Address {
  family: 'inet' | 'inet6';
  /** Dotted or colon notation without the prefix length. */
  local: string;
  /** Prefix length in bits. */
  prefix: number;
}

/** What makes a link a VXLAN tunnel end point (`ip -d link`, info_data; VNI as in RFC 7348). */
export interface VxlanInfo {
  vni: number;
  /** Source address of the outer packets; absent when the kernel is left to choose. */
  local?: string;
  /** The default destination (`remote` or `group`), if any. */
  remote?: string;
  /** The underlay interface, if `dev` was given. */
  dev?: string;
  /** Destination UDP port. */
  port: number;
  learning: boolean;
}

/** What a bridge does with one of its ports (`bridge -d link`). */
export interface BridgePort {
  /** Spanning tree's word; only `forwarding` lets packets through. */
  state: 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking';
  learning: boolean;
  /** It exchanges packets with ports only that are not isolated, and with the bridge itself. */
  isolated: boolean;
  /** Frames to unknown MACs go out here, too. */
  flood: boolean;
  hairpin: boolean;
}

/** A network interface. */
export interface Link {
  index: number;
  name: string;
  mac: string;
  mtu: number;
  /** Administrative flag IFF_UP. Operstate is left out on purpose: a VXLAN device is UNKNOWN when healthy. */
  up: boolean;
  /** IFF_LOWER_UP: the other end is there and up. */
  carrier: boolean;
  /** `veth`, `bridge`, `vxlan`, …; empty for a plain device such as lo. */
  kind: string;
  /** Set when the flag NOARP is: the kernel neither asks nor answers ARP here. */
  noArp?: true;
  /** Name of the bridge this link is a port of. */
  master?: string;
  /** Set when its master is a bridge. */
  port?: BridgePort;
  /** Interface index of the other end of a veth pair; it may be in another namespace. */
  peerIndex?: number;
  /** Namespace id (`link_netnsid`) that peerIndex belongs to, as seen from this namespace; absent when it is this one. */
  peerNamespaceId?: number;
  vxlan?: VxlanInfo;
  addresses: Address[];
  /** Packets, not bytes (`ip -s -s link`); carrier errors are among the errors, and a tunnel's are of its outer packets. */
  counters: {
    rxPackets: number;
    txPackets: number;
    rxDropped: number;
    txDropped: number;
    rxErrors: number;
    txErrors: number;
    txCarrier: number;
  };
}

/** A line of the routing tables, all tables (`ip -j -d route show table all`). */
export interface Route {
  /** `default`, or a CIDR; a host route is written without `/32`, as iproute2 does. */
  dst: string;
  /** `unicast`, `local`, `broadcast`, `blackhole`, `unreachable`, … */
  type: string;
  table: string;
  dev?: string;
  gateway?: string;
  /** `onlink`, `linkdown`, … */
  flags: string[];
}

/** A policy routing rule (`ip -j rule`), in the order in which the kernel asks them. */
export interface Rule {
  priority: number;
  /** CIDRs that source and destination must be in, and the interface the packet came in by; absent when any will do. */
  from?: string;
  to?: string;
  iif?: string;
  /** It has conditions that are not kept here (a mark, a protocol, `not`, …): whether it matches is not known. */
  special: boolean;
  /** `lookup` in a table, or `blackhole`, `prohibit`, `unreachable`, `goto`. */
  action: string;
  table?: string;
}

/** A line of the neighbour (ARP) table. */
export interface Neighbour {
  dst: string;
  dev: string;
  mac?: string;
  /** NUD states, upper case: PERMANENT, REACHABLE, STALE, INCOMPLETE, FAILED, … */
  state: string[];
}

/** A line of a forwarding database: of a VXLAN device (`dst` set, MAC → remote VTEP) or of a bridge. */
export interface FdbEntry {
  mac: string;
  dev: string;
  dst?: string;
  port?: number;
  vni?: number;
  /** `self`, `master`, … */
  flags: string[];
  /** `permanent`, `static`, or empty for a learned entry. */
  state: string;
}

/** Everything of one network namespace. */
export interface NamespaceSnapshot {
  /** The name under /run/netns, or null for the node's own namespace. */
  name: string | null;
  /** Further names under /run/netns that lead to this same namespace; a hostile one may lead to the node's own. */
  aliases?: string[];
  /** Inode of the namespace: the same inode is the same namespace, whatever its names. */
  inode: number;
  links: Link[];
  routes: Route[];
  rules: Rule[];
  neighbours: Neighbour[];
  fdb: FdbEntry[];
  /** net.ipv4.conf.<interface>.forwarding, by interface, and `all`. */
  forwarding: Record<string, boolean>;
  /** net.ipv4.conf.<interface>.rp_filter likewise: the greater of an interface's and `all` counts. */
  rpFilter: Record<string, number>;
  /** Chains of iptables and nftables that hold rules, or whose policy is not accept; empty where there is no firewall. */
  firewall: FirewallChain[];
  /** Counters of /proc/net/snmp and netstat as `IcmpInEchoReps` → value; only protocols Ip, Icmp, Udp, IpExt, and TcpExtIPReversePathFilter. */
  counters: Record<string, number>;
}

/**
 * The kernel's own answer to «where would this packet go?» (`ip route get TO from FROM iif IIF`), asked in the node's
 * own namespace for each flow of the lab. A packet from a container comes in by its bridge, one from an address that is
 * not here by a tunnel; one from the node's own address comes in by no interface.
 */
export interface RouteAnswer extends Way {
  from: string;
  to: string;
  /** The interface the packet was said to come in by; null for the node's own, and when none was found. */
  iif: string | null;
  /** What the container that sends it answers itself, before the packet reaches the node; absent when there is none. */
  sender?: Way;
}

/** A kernel's answer to a question about a packet. */
export interface Way {
  /**
   * `unicast` … with dev and gateway; `no-route` (ENETUNREACH); `not-forwarded` (EHOSTUNREACH: forwarding is off on
   * iif); `refused` (blackhole, prohibit, unreachable; rp_filter); `unknown` when it could not be asked.
   */
  result: 'unicast' | 'local' | 'no-route' | 'not-forwarded' | 'refused' | 'unknown';
  dev?: string;
  gateway?: string;
}

/** One node at one moment. */
export interface NodeSnapshot {
  name: NodeName;
  /** The first is the node's own namespace, the others are the named ones that the node made. */
  namespaces: [NamespaceSnapshot, ...NamespaceSnapshot[]];
  routeAnswers: RouteAnswer[];
  /** The packages lab.yaml asks about → whether dpkg's database has them installed; null where it cannot be read. */
  packages: Record<string, boolean | null>;
}

/** Everything the kernel says about a session's network at one moment. */
export interface NetworkSnapshot {
  /** Unix time in ms, for people to read. */
  takenAt: number;
  /** How long the reading took, ms. */
  tookMs: number;
  nodes: Record<NodeName, NodeSnapshot>;
}
