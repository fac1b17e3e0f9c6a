import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import { tunnels } from '../../../../server/network/tunnel.ts';
import type { Check, Fact } from '../../../check.ts';
import { claim, fails } from './claim.ts';
import { fdbFact } from './fdb.ts';
import { neighbourFact } from './neighbour.ts';
import { nodeOf, peerOf, type Side, tunnelOf, VNI } from './sides.ts';

/** Whether a node knows the two answers VXLAN needs: next hop → MAC of the peer's VTEP, that MAC → the peer's address. */
export function neighFdbCheck(side: Side): Check {
  return { earns: ['neighbour', 'fdb'], judge: (snapshot) => [...neighFdbFacts(snapshot, side)] };
}

function* neighFdbFacts(snapshot: NetworkSnapshot, side: Side): Generator<Fact> {
  const peer = peerOf(side);
  const mine = tunnelOf(snapshot, side);
  const theirs = tunnelOf(snapshot, peer);
  for (const [owner, tunnel] of [[side, mine] as const, [peer, theirs] as const]) {
    if (tunnel) continue;
    const there = claim(
      owner,
      owner === side ? 'tunnel' : 'peer-tunnel',
      `${owner.label} 有 VNI 为 ${VNI} 的 VXLAN 设备`,
      `VNI ${VNI}`,
      'ip -d link show type vxlan',
    );
    const why = owner === side ? '这两张表都属于 VXLAN 设备。' : `要填的 MAC 就是 ${owner.label} 的 VXLAN 设备的。`;
    const other = tunnels(nodeOf(snapshot, owner))[0];
    yield fails(
      there,
      other ? `VNI ${other.vxlan.vni}` : '还没有',
      `${why}先完成检查点「${owner.label} 的 VXLAN 设备」（\`vxlan-${owner.node}\`）。`,
    );
  }
  if (!mine || !theirs) return;
  if (mine.mac === theirs.mac) {
    const differ = claim(side, 'macs-differ', '两端 VXLAN 设备的 MAC 不同', '不同', `ip link show ${mine.name}`);
    const why = `多见于克隆的虚拟机。${peer.label} 收到源 MAC 与自己相同的帧，会当作环路悄悄丢弃：VXLAN 包到得了它的网卡，它的 \`${theirs.name}\` 的 RX 却一直是 0。`;
    // Another last digit, and not the same one on both nodes: somebody may do it on both.
    const digits = side.node === 'node-1' ? ['1', '3'] : ['2', '4'];
    const other = mine.mac.slice(0, -1) + digits.find((digit) => !mine.mac.endsWith(digit));
    const repair = `在一个节点上换掉它，例如 \`ip link set ${mine.name} address ${other}\`；MAC 变了，两端的邻居表和 FDB 都要跟着改。`;
    yield fails(differ, `都是 ${mine.mac}`, why, repair);
    return;
  }
  yield neighbourFact(snapshot, side, mine, theirs);
  yield fdbFact(snapshot, side, mine, theirs);
}
