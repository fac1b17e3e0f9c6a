import { isMulticast } from '../../../../server/network/cidr.ts';
import { DEFAULT_MAC, defaultRemotes, remotesOf, strays } from '../../../../server/network/fdb.ts';
import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { FdbEntry, NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Tunnel } from '../../../../server/network/tunnel.ts';
import type { Fact } from '../../../check.ts';
import { type Claim, claim, fails, holds } from './claim.ts';
import { whoseMac } from './macs.ts';
import { nodeOf, peerOf, type Side, VNI, VXLAN_PORT } from './sides.ts';

/** The second lookup: the MAC of the peer's VTEP → the peer's own address, to which the outer packet goes. */
export function fdbFact(snapshot: NetworkSnapshot, side: Side, mine: Tunnel, theirs: Tunnel): Fact {
  const peer = peerOf(side);
  const namespace = own(nodeOf(snapshot, side));
  const known = claim(
    side,
    'fdb',
    `FDB：${peer.label} 的 VTEP 在 ${peer.underlay}`,
    line(theirs.mac, peer.underlay),
    `bridge fdb show dev ${mine.name}`,
  );
  const set = `\`bridge fdb replace ${theirs.mac} dev ${mine.name} dst ${peer.underlay}\``;
  const exact = remotesOf(namespace, theirs.mac, mine.name);
  const right = exact.find(({ dst }) => dst === peer.underlay);
  if (right && leadsAway(right)) {
    const carried = [right.port !== undefined && `port ${right.port}`, right.vni !== undefined && `vni ${right.vni}`];
    const actual = `${line(theirs.mac, peer.underlay)} ${carried.filter(Boolean).join(' ')}`;
    const why = '表项自带的端口或 VNI 会盖过设备的：包发到了对端，那里却没有设备收它，ping 只是沉默。';
    const how = `先 \`bridge fdb del ${theirs.mac} dev ${mine.name} dst ${peer.underlay}\`，再 ${set}。`;
    return fails(known, actual, why, how);
  }
  if (right) {
    const learned = right.state === '' ? '这一项是从收到的包里学来的，会老化；静态配置的是 permanent。' : '';
    return holds(known, line(right.mac, right.dst), learned);
  }
  const wrong = exact[0];
  if (wrong) return wrongDestination(snapshot, side, wrong, known, set);
  return missing(snapshot, side, mine, theirs, known, set);
}

function line(mac: string, dst: string | undefined): string {
  return `${mac} → ${dst ?? '?'}`;
}

function leadsAway(entry: FdbEntry): boolean {
  return (entry.port !== undefined && entry.port !== VXLAN_PORT) || (entry.vni !== undefined && entry.vni !== VNI);
}

function wrongDestination(
  snapshot: NetworkSnapshot,
  side: Side,
  { mac, dst = '' }: FdbEntry,
  known: Claim,
  set: string,
): Fact {
  const peer = peerOf(side);
  const actual = line(mac, dst);
  if (linkWithAddress(own(nodeOf(snapshot, side)), dst)) {
    const why = `${dst} 是 ${side.label} 自己的地址：包会在本机的隧道里打转，直到 TTL 耗尽，ping 报 Time to live exceeded。`;
    return fails(known, actual, why, `执行 ${set}。`);
  }
  const inner = [side, peer].some(({ ip, gateway, vtep }) => [ip, gateway, vtep].includes(dst));
  const why = inner
    ? `dst 是外层包的目的地址，要填 ${peer.label} 宿主机的 IP，而不是隧道里面的地址。`
    : `外层包会发往 ${dst}，那里没有 ${peer.label} 的 VTEP，ping 只是沉默，计数器看上去一切正常。`;
  return fails(known, actual, why, `对已有的单播 MAC，append 不报错也不改变什么，要用 replace：执行 ${set}。`);
}

function missing(snapshot: NetworkSnapshot, side: Side, mine: Tunnel, theirs: Tunnel, known: Claim, set: string): Fact {
  const peer = peerOf(side);
  const namespace = own(nodeOf(snapshot, side));
  const defaults = defaultRemotes(namespace, mine.name);
  // One of the failures that nothing reports.
  const silent = `帧已经写好了内层目的 MAC，在 \`${mine.name}\` 上抓得到，却没有封装就悄悄丢了：ping 没有任何报错，只有 \`ip -s link show ${mine.name}\` 的 TX dropped 增加，网卡上什么也抓不到。`;
  const flood = defaults.find(
    (entry) =>
      !leadsAway(entry) &&
      (entry.dst === peer.underlay || (isMulticast(entry.dst ?? '') && entry.dst === theirs.vxlan.remote)),
  );
  if (flood)
    return holds(known, line(DEFAULT_MAC, flood.dst), '由全零表项（默认表项）送达：查不到的 MAC 都泛洪给它，也能通。');
  const stray = strays(namespace, theirs.mac, mine.name)[0];
  if (stray) {
    const why = `这次查表查的是 VXLAN 设备自己的 FDB，不是 \`${stray.dev}\` 的。写在那里不报错，也不起作用。${silent}`;
    const how = `执行 \`bridge fdb del ${theirs.mac} dev ${stray.dev}\`，再 ${set}。`;
    return fails(known, `表项在 ${stray.dev} 上`, why, how);
  }
  const other = namespace.fdb.find(
    ({ dev, dst, mac }) => dev === mine.name && dst !== undefined && mac !== DEFAULT_MAC,
  );
  if (other) {
    // The neighbour table's fact has told whose MAC it is, when it is the same one.
    const told = namespace.neighbours.some(({ dev, mac }) => dev === mine.name && mac === other.mac);
    const whose = told ? '它和邻居表里填的是同一个错误的 MAC。' : whoseMac(snapshot, side, other.mac);
    const why = `FDB 用内层目的 MAC 来查，${peer.label} 的是 ${theirs.mac}，这里记的是另一个。${whose}`;
    const how = `执行 ${set}，再删掉旧的：\`bridge fdb del ${other.mac} dev ${mine.name} dst ${other.dst}\`。`;
    return fails(known, line(other.mac, other.dst), why, how);
  }
  const fallback = defaults[0];
  if (fallback) {
    const why = `全零表项没有指向 ${peer.label}，查不到的 MAC 都会送错地方，ping 只是沉默。`;
    return fails(known, line(DEFAULT_MAC, fallback.dst), why, `执行 ${set}。`);
  }
  return fails(known, '没有表项', `驱动查不到这个 MAC 该送到哪台宿主机。${silent}`, `执行 ${set}。`);
}
