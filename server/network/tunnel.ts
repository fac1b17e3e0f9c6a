import { own } from './namespace.ts';
import type { Link, NodeSnapshot, VxlanInfo } from './snapshot.ts';

/** A VXLAN device: a link that knows its VNI. What it is called does not matter. */
export type Tunnel = Link & { vxlan: VxlanInfo };

/** The VXLAN devices of the node's own namespace, by kind: a veth named vxlan100 is none. */
export function tunnels(node: NodeSnapshot): Tunnel[] {
  return own(node).links.filter((link): link is Tunnel => link.kind === 'vxlan' && link.vxlan !== undefined);
}

/** The tunnel end point of a VNI; of several, the one on the expected port, then the one that is up. */
export function tunnelWithVni(node: NodeSnapshot, vni: number, port: number): Tunnel | undefined {
  const worth = (tunnel: Tunnel) => (tunnel.vxlan.port === port ? 2 : 0) + (tunnel.up ? 1 : 0);
  return tunnels(node)
    .filter((tunnel) => tunnel.vxlan.vni === vni)
    .sort((a, b) => worth(b) - worth(a))[0];
}
