import type { NetworkSnapshot, NodeSnapshot } from '../../../../server/network/snapshot.ts';
import { type Tunnel, tunnelWithVni } from '../../../../server/network/tunnel.ts';

/** The VNI and the UDP port that both ends of the lab's tunnel share. */
export const VNI = 100;
export const VXLAN_PORT = 4789;

/** One of the two nodes as lab.yaml and the text lay it out. */
export interface Side {
  node: 'node-1' | 'node-2';
  label: string;
  /** What the text calls the container's namespace. */
  container: string;
  /** The container's address, its /24, and the bridge's address in it. */
  ip: string;
  subnet: string;
  gateway: string;
  /** The address of the VXLAN device. */
  vtep: string;
  /** The node's own address: the outer IP of its tunnel packets. */
  underlay: string;
}

const node1: Side = {
  node: 'node-1',
  label: 'Node-1',
  container: 'docker1',
  ip: '172.17.0.2',
  subnet: '172.17.0.0/24',
  gateway: '172.17.0.1',
  vtep: '172.17.0.0',
  underlay: '192.168.245.168',
};
const node2: Side = {
  node: 'node-2',
  label: 'Node-2',
  container: 'docker2',
  ip: '172.18.0.2',
  subnet: '172.18.0.0/24',
  gateway: '172.18.0.1',
  vtep: '172.18.0.0',
  underlay: '192.168.245.172',
};

/** Both nodes. */
export const sides = { 'node-1': node1, 'node-2': node2 } as const;

/** The other node. */
export function peerOf(side: Side): Side {
  return side === node1 ? node2 : node1;
}

/** What the kernel says of a side's node. */
export function nodeOf(snapshot: NetworkSnapshot, side: Side): NodeSnapshot {
  const node = snapshot.nodes[side.node];
  if (!node) throw new Error(`the snapshot lacks ${side.node}`);
  return node;
}

/** The lab's tunnel end point on a side, whatever it is called. */
export function tunnelOf(snapshot: NetworkSnapshot, side: Side): Tunnel | undefined {
  return tunnelWithVni(nodeOf(snapshot, side), VNI, VXLAN_PORT);
}
