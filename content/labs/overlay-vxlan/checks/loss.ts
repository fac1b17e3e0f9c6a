import { covers } from '../../../../server/network/cidr.ts';
import { bridgeOf, containerWithAddress, hostSide } from '../../../../server/network/container.ts';
import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Frame, ProbeTrace } from '../../../../server/network/trace.ts';
import { isReply, isRequest, onUnderlay, type Packet, seenOn } from './packet.ts';
import { nodeOf, peerOf, type Side, tunnelOf, VNI } from './sides.ts';

/** Where a packet was last seen, as a short phrase, what that means, and what to do about it. */
export interface Death {
  place: string;
  advice: string;
  repair?: string;
}

/**
 * Where a ping that got no answer was lost: its places in the order of its way, out and back; the first at which nobody
 * saw it is where it died, and each place has its usual reasons.
 */
export function whereItDied(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Death {
  const peer = peerOf(side);
  const out = way(snapshot, side, (packet) => isRequest(packet, peer));
  const back = way(snapshot, peer, (packet) => isReply(packet, peer));
  const said = trace.errors[0] ? `ping 的报错是「${trace.errors[0]}」。` : '';
  if (isMasked(trace, snapshot, side)) {
    const advice = `进隧道时源地址已经不是 ${side.ip}：${side.label} 有一条 MASQUERADE 或 SNAT 规则改写了它，${peer.label} 不知道怎么把应答送回来。删掉这条规则，或让容器网段之间的流量跳过它。`;
    return { place: '请求的源地址被改写', advice };
  }
  const lostOut = lost(trace, out);
  if (lostOut === 0) {
    const advice = `请求没有到达 ${side.label} 的网桥：看容器的路由、veth，以及它在网桥上的端口（\`bridge -d link\`，应是 forwarding）。${said}`;
    return { place: '请求没有离开容器', advice };
  }
  if (lostOut !== null) {
    const place = `请求最后出现在${out[lostOut - 1]?.name}`;
    return { place, advice: reason(trace, snapshot, side, lostOut, false) + said };
  }
  const lostBack = lost(trace, back);
  if (lostBack === 0) {
    const advice = `请求已经到了 ${peer.label} 的网桥，容器却没有应答：看 ${peer.container} 的默认路由（\`ip netns exec ${peer.container} ip route\`）和网卡。${said}`;
    return { place: `请求到了 ${peer.label} 的网桥`, advice };
  }
  if (lostBack !== null) {
    const place = `应答最后出现在${back[lostBack - 1]?.name}`;
    return { place, advice: reason(trace, snapshot, peer, lostBack, true) + said };
  }
  const advice = `应答已经回到 ${side.label} 的网桥，却没有进容器：看容器的网卡，以及网桥上连着它的端口。${said}`;
  return { place: `应答到了 ${side.label} 的网桥`, advice };
}

interface Place {
  name: string;
  saw(frame: Frame): boolean;
}

/** The places of the way from a side's container to the other, where the platform looks. */
function way(snapshot: NetworkSnapshot, from: Side, mine: (packet: Packet) => boolean): Place[] {
  const to = peerOf(from);
  const at = (side: Side, link: string | undefined): Place => ({
    name: ` ${side.label} 的 ${link ?? '?'}`,
    saw: (frame) => seenOn(frame, side, link) && mine(frame),
  });
  return [
    at(from, bridgeName(snapshot, from)),
    at(from, tunnelOf(snapshot, from)?.name),
    {
      name: '两个节点之间的线路',
      saw: (frame) => onUnderlay(frame, snapshot) && mine(frame.inner ?? frame),
    },
    at(to, tunnelOf(snapshot, to)?.name),
    at(to, bridgeName(snapshot, to)),
  ];
}

function bridgeName(snapshot: NetworkSnapshot, side: Side): string | undefined {
  const node = nodeOf(snapshot, side);
  const container = containerWithAddress(node, side.ip);
  return container && bridgeOf(node, hostSide(node, container.link))?.name;
}

/** The index of the first place that nobody after it makes up for; null when the last place saw the packet. */
function lost(trace: ProbeTrace, places: Place[]): number | null {
  const last = places.findLastIndex((place) => trace.frames.some((frame) => place.saw(frame)));
  return last === places.length - 1 ? null : last + 1;
}

/** Why a packet that `from` sends on its way dies before the place of this index. */
function reason(trace: ProbeTrace, snapshot: NetworkSnapshot, from: Side, index: number, isAnswer: boolean): string {
  const to = peerOf(from);
  const packet = isAnswer ? '应答' : '请求';
  switch (index) {
    case 1:
      if (asksFor(trace, from, (ip) => covers(to.subnet, ip))) {
        return `${packet}要进 VXLAN 设备时，${from.label} 在用 ARP 问下一跳的 MAC，没有人应答：邻居表里没有可用的表项。`;
      }
      return `${packet}到了网桥，没有进入 VXLAN 设备：${from.label} 没有转发它。看 \`ip rule\`、转发开关和防火墙的 FORWARD。`;
    case 2:
      if (trace.errors.some((error) => error.includes('Time to live exceeded'))) {
        return `包在 ${from.label} 的隧道里打转，直到 TTL 耗尽：FDB 的 dst 填成了自己的地址。`;
      }
      if (asksFor(trace, from, (ip) => ip === to.underlay)) {
        return `${from.label} 在问 ${to.underlay} 的 MAC，没有人应答：底层网络不通。先让两个节点互相 ping 通。`;
      }
      return `${packet}进了 VXLAN 设备，没有封装出去：FDB 查不到内层目的 MAC（TX dropped 增加），或外层地址不可达（TX errors 增加）。在 ${from.label} 上看 \`bridge fdb show dev vxlan100\` 和 \`ip -s link show vxlan100\`。`;
    case 3:
      return notReceived(trace, snapshot, to);
    default:
      return notForwarded(trace, snapshot, to);
  }
}

/** The packet reached the other node, and its VXLAN device did not take it. */
function notReceived(trace: ProbeTrace, snapshot: NetworkSnapshot, to: Side): string {
  const outer = trace.frames.filter((frame) => onUnderlay(frame, snapshot));
  const refused = outer.some(({ icmp, ip }) => icmp?.type === 3 && icmp.code === 3 && ip?.src === to.underlay);
  if (refused) {
    return `${to.label} 回了 ICMP port unreachable：那里没有 VXLAN 在监听这个 UDP 端口，或被防火墙拒绝。看 \`ss -lun\` 和 \`ip -d link show type vxlan\`。`;
  }
  const nic = linkWithAddress(own(nodeOf(snapshot, to)), to.underlay);
  const strayed = outer.find(
    ({ ip, vxlan, ethernet }) => vxlan && ip?.dst === to.underlay && ethernet.dst !== nic?.mac,
  );
  if (nic && strayed) {
    const from = peerOf(to);
    return `外层包的目的 MAC 是 ${strayed.ethernet.dst}，而 ${to.label} 的 \`${nic.name}\` 是 ${nic.mac}：${from.label} 的邻居表里 ${to.underlay} 填错了。在 ${from.label} 上执行 \`ip neigh del ${to.underlay} dev ${linkWithAddress(own(nodeOf(snapshot, from)), from.underlay)?.name ?? 'ens33'}\`，让 ARP 重新去问。`;
  }
  const odd = outer.find(({ vxlan }) => vxlan && vxlan.vni !== VNI)?.vxlan?.vni;
  if (odd !== undefined) return `线路上的 VNI 是 ${odd}，${to.label} 没有这个 VNI 的设备，收到就悄悄丢弃。`;
  return `VXLAN 包到了线路上，${to.label} 的 VXLAN 设备没有收下它：VNI 不同、两端 VTEP 的 MAC 相同，或 UDP 4789 被防火墙挡住，都会这样一声不响。`;
}

/** The packet came out of the other node's VXLAN device, and went no further. */
function notForwarded(trace: ProbeTrace, snapshot: NetworkSnapshot, to: Side): string {
  const tunnel = tunnelOf(snapshot, to);
  const arrived = trace.frames.find((frame) => seenOn(frame, to, tunnel?.name) && frame.ip?.dst === to.ip);
  if (arrived && tunnel && arrived.ethernet.dst !== tunnel.mac) {
    return `内层目的 MAC 是 ${arrived.ethernet.dst}，而 ${to.label} 的 VXLAN 设备是 ${tunnel.mac}：${to.label} 把它当成别人的帧，悄悄丢弃。改正 ${peerOf(to).label} 的邻居表和 FDB。`;
  }
  return `${to.label} 解开了封装，却没有转发给网桥：看转发开关、\`ip rule\`、防火墙的 FORWARD，以及网桥的端口（\`bridge -d link\`，应是 forwarding）。`;
}

/** Whether a side's node asked by ARP for an address, and nobody answered. */
function asksFor(trace: ProbeTrace, side: Side, about: (ip: string) => boolean): boolean {
  const arps = trace.frames.filter(({ at }) => 'node' in at && at.node === side.node).flatMap(({ arp }) => arp ?? []);
  return (
    arps.some(({ operation, targetIp }) => operation === 1 && about(targetIp)) &&
    !arps.some(({ operation, senderIp }) => operation === 2 && about(senderIp))
  );
}

/** Whether a packet of a side's container entered the tunnel under another name: its VXLAN device's address. */
function isMasked(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): boolean {
  const tunnel = tunnelOf(snapshot, side)?.name;
  return trace.frames.some(
    (frame) => seenOn(frame, side, tunnel) && isRequest(frame, peerOf(side)) && frame.ip?.src !== side.ip,
  );
}
