import type { LabFile } from '../content/schema.ts';
import type { Topology } from './labd/nodes/driver.ts';

/** The machines of a lab as labd is told of them; a node is its own host's name. */
export function topologyOf({ nodes, netfilter }: LabFile): Topology {
  return { netfilter, nodes: nodes.map(({ name, nic, address }) => ({ name, hostname: name, nic, address })) };
}
