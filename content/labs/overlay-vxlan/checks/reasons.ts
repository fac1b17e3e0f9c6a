import { covers } from '../../../../server/network/cidr.ts';
import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import {
  asksFor,
  blockedPort,
  type Case,
  containerOf,
  filtered,
  portOf,
  type Reason,
  unforwarded,
  unheard,
} from './evidence.ts';
import { onUnderlay, seenOn } from './packet.ts';
import { grew, linkGrew, nodeScene, refusal } from './refusal.ts';
import { nodeOf, peerOf, type Side, tunnelOf, VNI } from './sides.ts';

/** It never came to the bridge: the container itself, its veth pair, the bridge's port. */
export function inContainer(it: Case): Reason {
  const { trace, snapshot, from } = it;
  const inside = containerOf(it, from);
  return (
    (inside && refusal(inside, ['output', 'postrouting', 'egress'], it.packet)) ??
    blockedPort(it, from) ??
    refusal(nodeScene(trace, snapshot, from), ['ingress'], it.packet) ??
    (asksFor(trace, from, (ip) => ip === from.gateway) ? unanswered(it) : undefined) ?? {
      advice: `${it.packet}没有到达 ${from.label} 的网桥：它没有离开容器，或丢在 veth 和网桥的端口上。`,
      repair: `看容器的路由和网卡（\`ip netns exec ${from.container} ip route\`、\`ip netns exec ${from.container} ip -br link\`），再看网桥的端口：\`bridge -d link\` 里应是 forwarding。`,
      look: { node: from.node, command: 'bridge -d link' },
    }
  );
}

/** The container asks for its gateway's MAC, and the bridge that has the address does not answer. */
function unanswered(it: Case): Reason {
  const { from } = it;
  const bridge = portOf(it, from)?.bridge ?? 'br0';
  return {
    advice: `容器在用 ARP 问网关 ${from.gateway} 的 MAC，没有人应答：网桥 ${bridge} 有这个地址，却被设成不回答（arp_ignore）。`,
    repair: `在 ${from.label} 上执行 \`sysctl net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.${bridge}.arp_ignore=0\`。`,
    look: { node: from.node, command: `sysctl net.ipv4.conf.${bridge}.arp_ignore` },
  };
}

/** It came to the bridge, and not into the tunnel. */
export function intoTunnel(it: Case): Reason {
  const { trace, snapshot, from, to, packet } = it;
  const here = nodeScene(trace, snapshot, from);
  const refused = refusal(here, ['ingress', 'prerouting', 'forward', 'postrouting'], packet);
  if (refused) return refused;
  if (asksFor(trace, from, (ip) => covers(to.subnet, ip))) {
    return {
      advice: `${packet}要进 VXLAN 设备时，${from.label} 在用 ARP 问下一跳的 MAC，没有人应答：邻居表里没有可用的表项。`,
      repair: `在 ${from.label} 上执行 ${neighbourCommand(it)}。`,
      look: { node: from.node, command: 'ip neigh show dev vxlan100' },
    };
  }
  return (
    filtered(here, packet) ?? {
      advice: `${packet}到了网桥，没有进入 VXLAN 设备：${from.label} 没有转发它。${unforwarded(here)}`,
      repair: `在 ${from.label} 上看 \`sysctl net.ipv4.conf.br0.forwarding\`、\`ip rule\` 和防火墙的 FORWARD 链。`,
      look: { node: from.node, command: `ip route get ${to.ip} from ${from.ip} iif br0` },
    }
  );
}

/** It went into the tunnel, and not out to the wire. */
export function outOfTunnel(it: Case): Reason {
  const { trace, snapshot, from, to, packet } = it;
  const here = nodeScene(trace, snapshot, from);
  const tunnel = tunnelOf(snapshot, from)?.name ?? 'vxlan100';
  const look = { node: from.node, command: `ip -s -s link show ${tunnel}` };
  if (
    trace.errors.some((error) => error.includes('Time to live exceeded')) ||
    linkGrew(here, tunnel, 'txPackets') > 30
  ) {
    return {
      advice: `包在 ${from.label} 的隧道里打转，直到 TTL 耗尽：FDB 的 dst 填成了自己的地址。`,
      repair: `在 ${from.label} 上执行 ${fdbCommand(it)}。`,
      look: { node: from.node, command: `bridge fdb show dev ${tunnel}` },
    };
  }
  const refused = refusal(here, ['output', 'postrouting', 'egress'], `封装好的${packet}`);
  if (refused) return refused;
  if (linkGrew(here, tunnel, 'txCarrier') > 0 || linkGrew(here, tunnel, 'txErrors') > 0) {
    return {
      advice: `${packet}进了 VXLAN 设备，封装以后发不出去，\`${tunnel}\` 的 TX errors 和 carrier 增加：内核找不到外层包的路，多半是 local 不是本机的地址，或去 ${to.underlay} 没有路由。`,
      repair: `在 ${from.label} 上执行 \`ip link set ${tunnel} type vxlan id ${VNI} local ${from.underlay}\`，再看 \`ip route get ${to.underlay}\`。`,
      look,
    };
  }
  if (asksFor(trace, from, (ip) => ip === to.underlay)) {
    return {
      advice: `${from.label} 在问 ${to.underlay} 的 MAC，没有人应答：底层网络不通。`,
      repair: `先让两个节点互相 ping 通：在 ${from.label} 上 \`ping -c 3 ${to.underlay}\`，不通就看两边的 \`ip -br addr\`。`,
      look: { node: from.node, command: `ping -c 3 ${to.underlay}` },
    };
  }
  const dropped = linkGrew(here, tunnel, 'txDropped') > 0 ? `，\`${tunnel}\` 的 TX dropped 增加` : '';
  return {
    advice: `${packet}进了 VXLAN 设备，没有封装出去${dropped}：FDB 查不到内层目的 MAC。这种丢弃不产生任何报错。`,
    repair: `在 ${from.label} 上执行 ${fdbCommand(it)}。`,
    look,
  };
}

/** It was on the wire, and the other node's VXLAN device did not take it. */
export function received(it: Case): Reason {
  const { trace, snapshot, from, to, packet } = it;
  const there = nodeScene(trace, snapshot, to);
  const refused = refusal(there, ['ingress', 'prerouting', 'input'], `外层的 UDP 包（${packet}）`);
  if (refused) return refused;
  const outer = trace.frames.filter((frame) => onUnderlay(frame, snapshot));
  const tunnel = tunnelOf(snapshot, to);
  const says = outer.some(({ icmp, ip }) => icmp?.type === 3 && icmp.code === 3 && ip?.src === to.underlay);
  if (says || grew(there, 'UdpNoPorts') > 0) {
    return {
      advice: `${to.label} 回了 ICMP port unreachable：那里没有 VXLAN 在监听这个 UDP 端口（没写 dstport 时是 8472），或被防火墙拒绝。`,
      repair: `在 ${to.label} 上看 \`ss -lun\` 和 \`ip -d link show type vxlan\`；端口不能修改，只能删掉重建。`,
      look: { node: to.node, command: 'ss -lun' },
    };
  }
  const nic = linkWithAddress(own(nodeOf(snapshot, to)), to.underlay);
  if (!nic?.up) {
    const dev = nic?.name ?? 'ens33';
    return {
      advice: `外层包到了线路上，${to.label} 的网卡 ${dev} 却${nic ? '没有激活' : `没有地址 ${to.underlay}`}：底层网络不通，隧道里的一切都不通。`,
      repair: `在 ${to.label} 上执行 \`${nic ? `ip link set ${dev} up` : `ip addr add ${to.underlay}/24 dev ${dev}`}\`。`,
      look: { node: to.node, command: 'ip -br addr' },
    };
  }
  const strayed = outer.find(({ ip, vxlan, ethernet }) => vxlan && ip?.dst === to.underlay && ethernet.dst !== nic.mac);
  if (strayed) {
    const card = linkWithAddress(own(nodeOf(snapshot, from)), from.underlay);
    const dev = card?.name ?? 'ens33';
    if (card?.noArp) {
      return {
        advice: `外层包的目的 MAC 是 ${strayed.ethernet.dst}，不是 ${to.label} 的：${from.label} 的网卡 ${dev} 关掉了 ARP，内核不去问 ${to.underlay} 的 MAC，写了个谁也不是的。`,
        repair: `在 ${from.label} 上执行 \`ip link set ${dev} arp on\`。`,
        look: { node: from.node, command: `ip link show ${dev}` },
      };
    }
    return {
      advice: `外层包的目的 MAC 是 ${strayed.ethernet.dst}，而 ${to.label} 的 \`${nic.name}\` 是 ${nic.mac}：${from.label} 的邻居表里 ${to.underlay} 填错了。`,
      repair: `在 ${from.label} 上执行 \`ip neigh del ${to.underlay} dev ${dev}\`，让 ARP 重新去问。`,
      look: { node: from.node, command: `ip neigh show ${to.underlay}` },
    };
  }
  const odd = outer.find(({ vxlan }) => vxlan && vxlan.vni !== VNI)?.vxlan?.vni;
  if (odd !== undefined) {
    return {
      advice: `线路上的 VNI 是 ${odd}，${to.label} 没有这个 VNI 的设备，收到就悄悄丢弃。`,
      repair: `VNI 不能修改，只能删掉设备再按 VNI ${VNI} 重建：先在 ${from.label} 上用 \`ip -d link show type vxlan\` 找到它。`,
      look: { node: from.node, command: 'ip -d link show type vxlan' },
    };
  }
  const filter = filtered(there, `外层的 UDP 包（${packet}）`);
  if (filter) return filter;
  if (tunnel && tunnel.mac === tunnelOf(snapshot, from)?.mac) {
    return {
      advice: `两端 VXLAN 设备的 MAC 都是 ${tunnel.mac}：${to.label} 收到内层源 MAC 和自己相同的帧，当成环路悄悄丢弃。`,
      repair: `给其中一端换一个 MAC：\`ip link set ${tunnel.name} address 02:00:00:00:00:0${to.node.slice(-1)}\`，再改对端的邻居表和 FDB。`,
      look: { node: to.node, command: `ip link show ${tunnel.name}` },
    };
  }
  if (grew(there, 'UdpInDatagrams') > 0) {
    return {
      advice: `${to.label} 的内核收下了这些 UDP 包（UdpInDatagrams 增加），VXLAN 设备的 RX 却没有增加：VNI 对不上，或两端 VTEP 的 MAC 相同，都会这样一声不响。`,
      repair: `在两个节点上对照 \`ip -d link show type vxlan\` 里的 id 和 MAC。`,
      look: { node: to.node, command: 'ip -d -s link show type vxlan' },
    };
  }
  const known = there.change ? '，内核的 UdpInDatagrams 也没有增加：UDP 4789 在进内核之前就被挡住了' : '';
  return {
    advice: `VXLAN 包到了线路上，${to.label} 的 VXLAN 设备没有收下它${known || '：VNI 不同、两端 VTEP 的 MAC 相同，或 UDP 4789 被防火墙挡住，都会这样一声不响'}。`,
    repair: `在 ${to.label} 上看网卡和防火墙：\`ip -s link show ens33\`、\`nft list ruleset\`、\`iptables -nvL INPUT\`。`,
    look: { node: to.node, command: 'nft list ruleset' },
  };
}

/** It came out of the other node's VXLAN device, and went no further. */
export function unpacked(it: Case): Reason {
  const { trace, snapshot, from, to, packet } = it;
  const tunnel = tunnelOf(snapshot, to);
  const arrived = trace.frames.find((frame) => seenOn(frame, to, tunnel?.name) && frame.ip?.dst === to.ip);
  if (arrived && tunnel && arrived.ethernet.dst !== tunnel.mac) {
    return {
      advice: `内层目的 MAC 是 ${arrived.ethernet.dst}，而 ${to.label} 的 VXLAN 设备是 ${tunnel.mac}：${to.label} 把它当成别人的帧，悄悄丢弃。`,
      repair: `在 ${from.label} 上执行 ${neighbourCommand(it)} 和 ${fdbCommand(it)}。`,
      look: { node: from.node, command: 'ip neigh show dev vxlan100' },
    };
  }
  const there = nodeScene(trace, snapshot, to);
  const bridge = portOf(it, to)?.bridge;
  return (
    refusal(there, ['ingress', 'prerouting', 'forward', 'postrouting'], packet) ??
    filtered(there, packet) ??
    blockedPort(it, to) ??
    (asksFor(trace, to, (ip) => ip === to.ip) ? unheard(to) : undefined) ?? {
      advice: `${to.label} 解开了封装，却没有转发给网桥。${unforwarded(there)}`,
      repair: `在 ${to.label} 上看 \`sysctl net.ipv4.conf.vxlan100.forwarding\`、\`ip rule\` 和防火墙的 FORWARD 链。`,
      look: {
        node: to.node,
        command: `ip route get ${to.ip} from ${from.ip} iif ${tunnel?.name ?? bridge ?? 'vxlan100'}`,
      },
    }
  );
}

/** It came to the bridge of a side, and that side's container did not take it, or did not answer. */
export function intoContainer(it: Case, side: Side): Reason {
  const other = peerOf(side);
  const inside = containerOf(it, side);
  const isRequested = side === it.from;
  const packet = isRequested ? '请求' : '应答';
  const refused =
    inside &&
    (refusal(inside, ['ingress', 'prerouting', 'input'], packet) ??
      (isRequested ? refusal(inside, ['output', 'postrouting', 'egress'], '应答') : undefined) ??
      filtered(inside, packet));
  if (refused) return refused;
  const blocked = blockedPort(it, side);
  if (blocked) return blocked;
  if (inside && isRequested && grew(inside, 'IcmpInEchos') > 0 && grew(inside, 'IcmpOutEchoReps') === 0) {
    return {
      advice: `请求进了容器（IcmpInEchos 增加），容器却没有应答：它多半被设成不应答 ping（icmp_echo_ignore_all），或没有回 ${other.ip} 的路由。`,
      repair: `在 ${side.label} 上执行 \`${inside.prefix}sysctl net.ipv4.icmp_echo_ignore_all=0\`；还是不应答，就看 \`${inside.prefix}ip route get ${other.ip}\`。`,
      look: { node: side.node, command: `${inside.prefix}sysctl net.ipv4.icmp_echo_ignore_all` },
    };
  }
  const name = inside?.namespace.name ?? side.container;
  const what = isRequested
    ? `请求已经到了 ${side.label} 的网桥，容器却没有应答`
    : `应答已经回到 ${side.label} 的网桥，却没有进容器`;
  return {
    advice: `${what}：问题在容器的网卡、路由，或网桥上连着它的端口。`,
    repair: `在 ${side.label} 上看 \`ip netns exec ${name} ip route\`、\`ip netns exec ${name} ip -br addr\` 和 \`bridge -d link\`。`,
    look: { node: side.node, command: `ip netns exec ${name} ip route` },
  };
}

/** The entry that the sender's neighbour table needs. */
function neighbourCommand({ snapshot, from, to }: Case): string {
  const [mine, theirs] = [tunnelOf(snapshot, from), tunnelOf(snapshot, to)];
  return `\`ip neigh replace ${to.ip} lladdr ${theirs?.mac ?? '对端的MAC'} dev ${mine?.name ?? 'vxlan100'}\``;
}

/** The entry that the sender's forwarding database needs. */
function fdbCommand({ snapshot, from, to }: Case): string {
  const [mine, theirs] = [tunnelOf(snapshot, from), tunnelOf(snapshot, to)];
  return `\`bridge fdb replace ${theirs?.mac ?? '对端的MAC'} dev ${mine?.name ?? 'vxlan100'} dst ${to.underlay}\``;
}
