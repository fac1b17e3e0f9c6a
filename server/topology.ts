import type { Lab } from '../content/load.ts';
import type { Topology } from './labd/nodes/driver.ts';

/** The machines of a lab as labd is told of them; a node is its own host's name. */
export function topologyOf({ id, file: { runtime, nodes, netfilter, egress } }: Pick<Lab, 'id' | 'file'>): Topology {
  return {
    ...(runtime && { runtime }),
    lab: id,
    netfilter,
    ...(egress.length > 0 && { egress }),
    nodes: nodes.map(({ name, nic, address }) => ({ name, hostname: name, nic, address })),
  };
}
