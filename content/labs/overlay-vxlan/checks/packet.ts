import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Frame } from '../../../../server/network/trace.ts';
import { nodeOf, type Side, sides } from './sides.ts';

/** The part of a frame that may stand inside a tunnel or alone. */
export type Packet = Pick<Frame, 'ethernet' | 'ip' | 'icmp' | 'arp'>;

/** Whether this is an echo request for a side's container; its source may have been rewritten on the way. */
export function isRequest(packet: Packet, to: Side): boolean {
  return packet.icmp?.type === 8 && packet.ip?.dst === to.ip;
}

/** Whether this is an echo reply from a side's container. */
export function isReply(packet: Packet, from: Side): boolean {
  return packet.icmp?.type === 0 && packet.ip?.src === from.ip;
}

/** Whether an interface of a side's own namespace saw this frame. */
export function seenOn({ at }: Frame, side: Side, link: string | undefined): boolean {
  return 'node' in at && at.node === side.node && at.namespace === null && at.link === link;
}

/** Whether this was seen between the nodes: on the wire, or on the card that has a node's own address. */
export function onUnderlay(frame: Frame, snapshot: NetworkSnapshot): boolean {
  if ('wire' in frame.at) return true;
  return Object.values(sides).some((side) =>
    seenOn(frame, side, linkWithAddress(own(nodeOf(snapshot, side)), side.underlay)?.name),
  );
}
