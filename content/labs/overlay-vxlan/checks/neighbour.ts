import { isMulticast } from '../../../../server/network/cidr.ts';
import { defaultRemotes, remotesOf } from '../../../../server/network/fdb.ts';
import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import { isUsable, neighbourOn, neighboursOf, nextHop } from '../../../../server/network/neighbour.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Tunnel } from '../../../../server/network/tunnel.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { whoseMac } from './macs.ts';
import { wayToPeer } from './route.ts';
import { nodeOf, peerOf, type Side } from './sides.ts';

/** The first lookup: the next hop towards the other container → the MAC of the peer's VTEP. */
export function neighbourFact(snapshot: NetworkSnapshot, side: Side, mine: Tunnel, theirs: Tunnel): Fact {
  const peer = peerOf(side);
  const namespace = own(nodeOf(snapshot, side));
  const way = wayToPeer(nodeOf(snapshot, side), side);
  const key = way.dev === mine.name ? nextHop(way, peer.ip) : peer.ip;
  const what = key === peer.ip ? key : `下一跳 ${key}`;
  const known = claim(
    side,
    'neighbour',
    `邻居表：${what} 的 MAC 是 ${peer.label} 的 ${theirs.name}`,
    theirs.mac,
    `ip neigh show dev ${mine.name}`,
  );
  const set = `\`ip neighbor replace ${key} lladdr ${theirs.mac} dev ${mine.name}\``;
  const entry = neighbourOn(namespace, key, mine.name);
  const asks = floods(snapshot, side, mine, theirs);

  if (entry && isUsable(entry)) {
    if (entry.mac !== theirs.mac) {
      const { mac = '' } = entry;
      const why = whoseMac(snapshot, side, mac) + wrongMac(snapshot, side, mine, theirs, mac);
      return fails(known, mac, why, `执行 ${set}。`);
    }
    if (entry.state.includes('PERMANENT') || entry.state.includes('NOARP')) return holds(known);
    return holds(
      known,
      `${entry.mac} ${entry.state.join(' ')}`,
      '这一项是 ARP 问来的，会老化；静态配置的是 PERMANENT。',
    );
  }
  if (entry) {
    const state = entry.state.join(' ');
    const why = asks
      ? '问过 ARP，但没有得到应答：对端也要能把广播发回来。'
      : '表项还没写好就 ping 过，内核问 ARP 没有问到，留下了这一项，ping 报 Destination Host Unreachable；这时 `ip neighbor add` 会报 File exists，要用 replace。';
    const how = asks ? `让对端也能发广播，再 ping 一次；或直接写成静态的：执行 ${set}。` : `执行 ${set}。`;
    return fails(known, `${state}（没有 MAC）`, why, how);
  }
  // Nobody has asked yet, but whoever asks will be answered.
  if (asks && linkWithAddress(own(nodeOf(snapshot, peer)), key)?.vxlan) {
    return holds(
      known,
      '还没有（用到时 ARP 会去问）',
      `FDB 有全零表项，ARP 广播能过隧道，${key} 由 ${peer.label} 应答。`,
    );
  }
  const astray = neighboursOf(namespace, key).find(({ dev }) => dev !== mine.name);
  if (astray) {
    const why = `每块网卡有自己的邻居表，包从 \`${mine.name}\` 出去，只查它的那一张：写在别处等于没写，几秒后 ping 报 Destination Host Unreachable。`;
    const how = `执行 \`ip neighbor del ${key} dev ${astray.dev}\`，再 ${set}。`;
    return fails(known, `表项在 ${astray.dev} 上`, why, how);
  }
  const other = namespace.neighbours.find(({ dst, dev }) => dev === mine.name && [peer.ip, peer.vtep].includes(dst));
  if (other) {
    const why =
      key === peer.ip
        ? `路由没有写 \`via\`，内核要解析的是最终地址 ${key}，不是 ${other.dst}。`
        : `路由写了 \`via ${key}\`，内核要解析的是这个下一跳，不是 ${other.dst}。`;
    return fails(known, `只有 ${other.dst} 的`, why, `执行 ${set}。`);
  }
  if (asks) {
    const why = `FDB 有全零表项，ARP 广播能过隧道，可是 ${key} 不是 ${theirs.name} 的地址，${peer.label} 不会应答（那里打开了 proxy_arp 的话，先 ping 一次）。`;
    return fails(known, '没有表项', why, `执行 ${set}。`);
  }
  const why = `包进了 ${mine.name}，却不知道内层帧该写谁的 MAC，内核只好发 ARP，几秒后报 Destination Host Unreachable。`;
  return fails(known, '没有表项', why, `执行 ${set}。`);
}

/** One of the failures that nothing reports: how far a frame for the wrong MAC gets, and what shows it. */
function wrongMac(snapshot: NetworkSnapshot, side: Side, mine: Tunnel, theirs: Tunnel, mac: string): string {
  const peer = peerOf(side);
  const remotes = remotesOf(own(nodeOf(snapshot, side)), mac, mine.name);
  if (remotes.some(({ dst }) => dst === peer.underlay) || floods(snapshot, side, mine, theirs)) {
    return `FDB 照样送得出它，所以包一直到得了 ${peer.label}：那里 \`${theirs.name}\` 的 RX 在增加，帧却因为不是发给自己的而悄悄丢弃，不转发也不报错。`;
  }
  if (remotes.length > 0) return '';
  return `FDB 里也没有这个 MAC，帧在本机就悄悄丢了，ping 没有任何报错：\`ip -s link show ${mine.name}\` 的 TX dropped 增加，网卡上什么也抓不到。`;
}

/** Whether broadcasts of this tunnel reach the peer's: by a default entry for its address, or by a common group. */
function floods(snapshot: NetworkSnapshot, side: Side, mine: Tunnel, theirs: Tunnel): boolean {
  return defaultRemotes(own(nodeOf(snapshot, side)), mine.name).some(
    ({ dst = '' }) => dst === peerOf(side).underlay || (isMulticast(dst) && dst === theirs.vxlan.remote),
  );
}
