import type { FirewallChain, FirewallRule } from './firewall.ts';
import type { Link, NodeName } from './snapshot.ts';

/** One Ethernet frame as an interface saw it, opened as far as it was understood. */
export interface Frame {
  /** Where it was seen. `wire` is the host-owned switch between the nodes: no learner can touch it. */
  at: { node: NodeName; namespace: string | null; link: string } | { wire: NodeName };
  /** Kernel time stamp, microseconds since the epoch. */
  atMicros: number;
  /** Captured length in bytes, without FCS. */
  length: number;
  /** The bytes, lower-case hex, at most 256 bytes. */
  hex: string;
  /** The layers from outside in. */
  ethernet: { src: string; dst: string; type: number };
  ip?: { src: string; dst: string; ttl: number; protocol: number; id: number; dontFragment: boolean };
  udp?: { src: number; dst: number };
  vxlan?: { vni: number };
  /** The frame inside VXLAN. */
  inner?: Pick<Frame, 'ethernet' | 'ip' | 'icmp' | 'arp'>;
  icmp?: { type: number; code: number; id: number; seq: number };
  arp?: { operation: number; senderIp: string; targetIp: string };
}

/** What a probe is to do: the platform's own ping, from a namespace of a node. */
export interface ProbeRequest {
  node: NodeName;
  /** Namespace name as in the snapshot; null for the node's own. */
  namespace: string | null;
  to: string;
  /** How many echo requests, 1 to 5. */
  count: number;
}

/** A rule of a firewall, or a chain's policy, that decided about packets while the probe was under way. */
export interface Hit {
  chain: Omit<FirewallChain, 'rules'>;
  /** Absent when it was the policy. */
  rule?: FirewallRule;
  /** About how many packets. */
  packets: number;
}

/** What counted in one namespace between just before a probe's pings and just after; what stood still is left out. */
export interface Change {
  node: NodeName;
  /** As in Frame: null for the node's own. */
  namespace: string | null;
  /** Counters of protocols as in NamespaceSnapshot, by how much they grew. */
  counters: Record<string, number>;
  /** Counters of links, by name, likewise. */
  links: Record<string, Partial<Link['counters']>>;
  firewall: Hit[];
}

/** What a probe saw. Frames carry the probe's own random mark, or are ARP and ICMP errors of the same moment. */
export interface ProbeTrace {
  sent: number;
  received: number;
  /** TTL of the replies as the sender got them; absent when there was none. */
  replyTtl?: number;
  /** `From X: Destination Host Unreachable` and the like, as ping's standard output said, bounded. */
  errors: string[];
  frames: Frame[];
  /** Of the nodes' own namespaces, and of those that the ping left from and was meant for. */
  changes: Change[];
}
