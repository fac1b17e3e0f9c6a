import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import { tunnels } from '../../../../server/network/tunnel.ts';
import type { LiveValue } from '../../../check.ts';
import { nodeOf, type Side, tunnelOf } from './sides.ts';

/** The MAC of a side's VXLAN device, for the commands that need it; while the VNI is wrong, of the one named vxlan100. */
export function vtepMac(side: Side): LiveValue {
  return {
    label: `${side.label} 上 vxlan100 的 MAC`,
    node: side.node,
    read: (snapshot: NetworkSnapshot) =>
      (tunnelOf(snapshot, side) ?? tunnels(nodeOf(snapshot, side)).find(({ name }) => name === 'vxlan100'))?.mac ??
      null,
  };
}
