import type { NodeName } from './snapshot.ts';

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

/** What a probe saw. Frames carry the probe's own random mark, or are ARP and ICMP errors of the same moment. */
export interface ProbeTrace {
  sent: number;
  received: number;
  /** TTL of the replies as the sender got them; absent when there was none. */
  replyTtl?: number;
  /** `From X: Destination Host Unreachable` and the like, as ping's standard output said, bounded. */
  errors: string[];
  frames: Frame[];
}
