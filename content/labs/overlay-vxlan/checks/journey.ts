import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Frame, ProbeTrace } from '../../../../server/network/trace.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { whereItDied } from './loss.ts';
import { isReply, isRequest, onUnderlay, type Packet } from './packet.ts';
import { nodeOf, peerOf, type Side, tunnelOf, VNI } from './sides.ts';

/** The facts of a ping that went the right way there and back. */
export const JOURNEY = ['replies', 'ttl', 'wire', 'inner'];

/** The TTL of a reply: 64, less one for each of the two nodes that forwarded it. */
const REPLY_TTL = 62;

/** What the trace of a ping from a side's container says: replies, their TTL, and what crossed between the nodes. */
export function journeyFacts(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Fact[] {
  const replies = repliesFact(trace, snapshot, side);
  const bare = bareFacts(trace, snapshot, side);
  // A packet that took another way proves nothing about the tunnel, and one that got lost has no more to tell.
  if (bare.length > 0 || !replies.ok) return [replies, ...bare];
  return [replies, ttlFact(trace, side), wireFact(trace, snapshot, side), innerFact(trace, snapshot, side)];
}

function repliesFact(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Fact {
  const peer = peerOf(side);
  const command = `ip netns exec ${side.container} ping -c 3 ${peer.ip}`;
  const wanted = `${trace.sent} 个应答`;
  const answered = claim(side, 'replies', `平台从 ${side.container} ping ${peer.ip}`, wanted, command);
  const actual = `${trace.received} 个应答`;
  if (trace.received > 0) {
    const lost = trace.received < trace.sent ? '丢了个别包，多半是刚建好的设备还在等 ARP 或链路就绪。' : '';
    return holds(answered, actual, lost);
  }
  const { place, advice, repair, look } = whereItDied(trace, snapshot, side);
  return { ...fails(answered, `${actual}，${place}`, advice, repair), ...(look && { look }) };
}

function bareFacts(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Fact[] {
  const peer = peerOf(side);
  const bare = trace.frames.filter((frame) => onUnderlay(frame, snapshot) && !frame.vxlan);
  const request = bare.find((frame) => isRequest(frame, peer));
  const reply = bare.find((frame) => isReply(frame, peer));
  if (!request && !reply) return [];
  // Whose card sent it: a node that hands the other's packets on has not packed them either.
  const sender = (request ?? reply)?.ethernet.src;
  const owner = [side, peer].find(
    (each) => linkWithAddress(own(nodeOf(snapshot, each)), each.underlay)?.mac === sender,
  );
  const culprit = owner ?? (request ? side : peer);
  const sealed = claim(culprit, 'bare', '节点之间没有未封装的容器包', '没有', 'tcpdump -i ens33 -nn -c 4 icmp');
  const what = request ? '请求' : '应答';
  const why = `${what}绕过了隧道，直接从网卡出去了：即使 ping 通也不是 VXLAN。`;
  const where =
    culprit === (request ? side : peer)
      ? `去往 ${peerOf(culprit).subnet} 的路由应进 vxlan100。`
      : `去往自己的 ${culprit.subnet} 的路由应是网桥，它却把包又送了出去。`;
  // What the tables say of every packet has been judged: a rule with a condition of its own leads only some astray.
  const rule = own(nodeOf(snapshot, culprit)).rules.find(({ special }) => special);
  const repair = rule
    ? `在 ${culprit.label} 上执行 \`ip rule del pref ${rule.priority}\`：这条策略规则带着条件，只管一部分包。`
    : `在 ${culprit.label} 上看 \`ip route\` 和 \`ip rule\`：${where}`;
  const look = { node: culprit.node, command: 'ip rule' };
  return [{ ...fails(sealed, `${what}没有封装`, why, repair), ...(rule && { look }) }];
}

function ttlFact(trace: ProbeTrace, side: Side): Fact {
  const kept = claim(
    side,
    'ttl',
    '应答的 TTL',
    `${REPLY_TTL}（64 减去两次转发）`,
    `ip netns exec ${side.container} ping -c 1 ${peerOf(side).ip}`,
  );
  if (trace.replyTtl === REPLY_TTL) return holds(kept, String(REPLY_TTL));
  const why = '初值 64，每台宿主机转发一次减 1，所以应是 62。大于它，说明应答不是对端容器给的；小于它，说明多绕了路。';
  const peer = peerOf(side);
  const inside = `ip netns exec ${peer.container}`;
  if (trace.replyTtl !== undefined && trace.replyTtl < REPLY_TTL) {
    // What two hops take off may have been less than 64 from the start.
    const initial = `也可能 ${peer.container} 的初值就不是 64。`;
    const repair = `在 ${peer.label} 上执行 \`${inside} sysctl net.ipv4.ip_default_ttl=64\`。`;
    const look = { node: peer.node, command: `${inside} sysctl net.ipv4.ip_default_ttl` };
    return { ...fails(kept, String(trace.replyTtl), why + initial, repair), look };
  }
  const how = `看 ${peer.ip} 是不是也配在了别处：两个节点上执行 \`ip -br addr\`。`;
  return fails(kept, String(trace.replyTtl ?? '未知'), why, how);
}

/** Both ways were sealed as the lab wants it, on the wire itself: what the nodes' own interfaces show, a learner can forge. */
function wireFact(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Fact {
  const peer = peerOf(side);
  const sealed = claim(
    side,
    'wire',
    '线路上看到的是 VXLAN 包',
    `VNI ${VNI}，${side.underlay} ⇄ ${peer.underlay}`,
    'tcpdump -i ens33 -nn -c 4 udp port 4789',
  );
  const out = sealedOnWire(trace, (inner) => isRequest(inner, peer));
  const back = sealedOnWire(trace, (inner) => isReply(inner, peer));
  if (!out || !back) {
    const what = out ? '应答' : '请求';
    return fails(
      sealed,
      `没有看到${what}`,
      `ping 有应答，${what}却没有封装成 VXLAN 经过两个节点之间的线路：${peer.ip} 可能就在本机，或被 NAT 改写。`,
      `用 \`ip route get ${peer.ip}\` 看看。`,
    );
  }
  const odd = [
    { frame: out, from: side, to: peer },
    { frame: back, from: peer, to: side },
  ].find(({ frame, from, to }) => outerText(frame) !== `VNI ${VNI}，${from.underlay} → ${to.underlay}`);
  if (!odd) return holds(sealed);
  const { frame, from, to } = odd;
  const tunnel = tunnelOf(snapshot, from)?.name ?? 'vxlan100';
  const why = `封装参数与实验要求不同：这是 ${from.label} 发出的包。`;
  const repair =
    frame.vxlan?.vni === VNI && frame.ip?.dst === to.underlay
      ? `没有写 local 的设备由内核按路由挑选源地址，这里挑了 ${frame.ip.src}。在 ${from.label} 上执行 \`ip link set ${tunnel} type vxlan id ${VNI} local ${from.underlay}\`。`
      : `在 ${from.label} 上对照 \`ip -d link show type vxlan\` 里的 id 和 \`bridge fdb show dev ${tunnel}\` 里的 dst、vni。`;
  const look = { node: from.node, command: `ip -d link show ${tunnel}` };
  return { ...fails(sealed, outerText(frame), why, repair), look };
}

function outerText({ vxlan, ip }: Frame): string {
  return `VNI ${vxlan?.vni}，${ip?.src} → ${ip?.dst}`;
}

function sealedOnWire(trace: ProbeTrace, mine: (inner: Packet) => boolean): Frame | undefined {
  return trace.frames.find((frame) => 'wire' in frame.at && frame.vxlan && frame.inner && mine(frame.inner));
}

function innerFact(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Fact {
  const [mine, theirs] = [tunnelOf(snapshot, side)?.mac, tunnelOf(snapshot, peerOf(side))?.mac];
  const wanted = `${mine} → ${theirs}`;
  const ends = claim(side, 'inner', '内层以太帧从 VTEP 到 VTEP', wanted, 'tcpdump -i vxlan100 -e -nn -c 4 icmp');
  const inner = sealedOnWire(trace, (packet) => isRequest(packet, peerOf(side)))?.inner;
  const actual = inner ? `${inner.ethernet.src} → ${inner.ethernet.dst}` : '没有看到';
  if (actual === wanted) return holds(ends);
  const why = '内层 MAC 应是两个 VXLAN 设备的：这里是三层转发，容器的 MAC 不进隧道。';
  return fails(
    ends,
    actual,
    why,
    '看 `ip neigh show dev vxlan100` 里的 MAC，再看有没有改写 MAC 的防火墙规则：`nft list ruleset`。',
  );
}
