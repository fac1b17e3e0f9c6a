import { bridgeOf, containerWithAddress, hostSide } from '../../../../server/network/container.ts';
import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import { nodeOf, peerOf, type Side, tunnelOf } from './sides.ts';

/** The MACs printed in the text this lab goes back to; copying them is the commonest mistake. */
const PRINTED = new Set(['16:8f:3f:90:b9:2e', 'f6:35:84:38:60:f1']);
/** Up to this many differing digits look like a slip of the fingers. */
const TYPO_DIGITS = 2;

/** Why a MAC that is not the peer's VTEP stands where that should: whose it is, as a sentence. */
export function whoseMac(snapshot: NetworkSnapshot, side: Side, mac: string): string {
  const peer = peerOf(side);
  if (PRINTED.has(mac)) return '这是文档示例里的 MAC，每台机器的都不一样，要用你自己环境里的。';
  if (tunnelOf(snapshot, side)?.mac === mac) return `这是 ${side.label} 自己的 VXLAN 设备的 MAC，应填对端的。`;
  for (const owner of [peer, side]) {
    const node = nodeOf(snapshot, owner);
    const container = containerWithAddress(node, owner.ip);
    if (container?.link.mac === mac) {
      return `这是 ${owner.label} 的容器网卡的 MAC。这里是三层转发：内层帧只送到对端 VTEP，再由 ${peer.label} 路由给容器，所以要填对端 VXLAN 设备的 MAC。`;
    }
    const port = container && hostSide(node, container.link);
    if (bridgeOf(node, port)?.mac === mac || port?.mac === mac) {
      return `这是 ${owner.label} 的网桥的 MAC。从隧道出来的帧由对端 VXLAN 设备接收，要填它的 MAC。`;
    }
    if (linkWithAddress(own(node), owner.underlay)?.mac === mac) {
      return `这是 ${owner.label} 的物理网卡的 MAC，它属于外层；内层目的 MAC 是对端 VXLAN 设备的。`;
    }
  }
  const theirs = tunnelOf(snapshot, peer)?.mac;
  if (theirs && differingDigits(theirs, mac) <= TYPO_DIGITS) return '和正确的只差一两位，像是抄错了。';
  return `${peer.label} 的 VXLAN 设备现在不是这个 MAC：也许抄错了，也许它重建过（重建后 MAC 会变）。`;
}

function differingDigits(a: string, b: string): number {
  let differing = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) differing++;
  return differing;
}
