import { isMulticast } from '../../../../server/network/cidr.ts';
import { DEFAULT_MAC, defaultRemotes, remotesOf, strays } from '../../../../server/network/fdb.ts';
import { linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { FdbEntry, NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Tunnel } from '../../../../server/network/tunnel.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { whoseMac } from './macs.ts';
import { nodeOf, peerOf, type Side, VNI, VXLAN_PORT } from './sides.ts';

/** The second lookup: the MAC of the peer's VTEP → the peer's own address, to which the outer packet goes. */
export function fdbFact(snapshot: NetworkSnapshot, side: Side, mine: Tunnel, theirs: Tunnel): Fact {
  const peer = peerOf(side);
  const namespace = own(nodeOf(snapshot, side));
  const known = claim(
    side,
    `FDB：${peer.label} 的 VTEP 在 ${peer.underlay}`,
    line(theirs.mac, peer.underlay),
    `bridge fdb show dev ${mine.name}`,
  );
  const set = `\`bridge fdb replace ${theirs.mac} dev ${mine.name} dst ${peer.underlay}\``;
  const exact = remotesOf(namespace, theirs.mac, mine.name);
  const right = exact.find(({ dst }) => dst === peer.underlay);
  if (right && leadsAway(right)) {
    const how = [right.port !== undefined && `port ${right.port}`, right.vni !== undefined && `vni ${right.vni}`];
    const actual = `${line(theirs.mac, peer.underlay)} ${how.filter(Boolean).join(' ')}`;
    return fails(
      known,
      actual,
      `表项自带的端口或 VNI 会盖过设备的，对端收不到。先 \`bridge fdb del ${theirs.mac} dev ${mine.name} dst ${peer.underlay}\`，再 ${set}。`,
    );
  }
  if (right) {
    const learned = right.state === '' ? '这一项是从收到的包里学来的，会老化；静态配置的是 permanent。' : '';
    return holds(known, line(right.mac, right.dst), learned);
  }
  const wrong = exact[0];
  if (wrong) return fails(known, line(wrong.mac, wrong.dst), wrongDestination(snapshot, side, wrong, set));
  return missing(snapshot, side, mine, theirs, known, set);
}

function line(mac: string, dst: string | undefined): string {
  return `${mac} → ${dst ?? '?'}`;
}

function leadsAway(entry: FdbEntry): boolean {
  return (entry.port !== undefined && entry.port !== VXLAN_PORT) || (entry.vni !== undefined && entry.vni !== VNI);
}

function wrongDestination(snapshot: NetworkSnapshot, side: Side, { dst = '' }: FdbEntry, set: string): string {
  const peer = peerOf(side);
  if (linkWithAddress(own(nodeOf(snapshot, side)), dst)) {
    return `${dst} 是 ${side.label} 自己的地址：包会在本机的隧道里打转，直到 TTL 耗尽。执行 ${set}。`;
  }
  const inner = [side, peer].some(({ ip, gateway, vtep }) => [ip, gateway, vtep].includes(dst));
  const whose = inner
    ? `dst 是外层包的目的地址，要填 ${peer.label} 宿主机的 IP，而不是隧道里面的地址。`
    : `外层包会发往 ${dst}，那里没有 ${peer.label} 的 VTEP，ping 只是沉默。`;
  return `${whose}对已有的单播 MAC，\`append\` 不报错也不改变什么，要用 replace：执行 ${set}。`;
}

function missing(
  snapshot: NetworkSnapshot,
  side: Side,
  mine: Tunnel,
  theirs: Tunnel,
  known: ReturnType<typeof claim>,
  set: string,
): Fact {
  const peer = peerOf(side);
  const namespace = own(nodeOf(snapshot, side));
  const defaults = defaultRemotes(namespace, mine.name);
  const flood = defaults.find(
    (entry) =>
      !leadsAway(entry) &&
      (entry.dst === peer.underlay || (isMulticast(entry.dst ?? '') && entry.dst === theirs.vxlan.remote)),
  );
  if (flood)
    return holds(known, line(DEFAULT_MAC, flood.dst), '由全零表项（默认表项）送达：查不到的 MAC 都泛洪给它，也能通。');
  const stray = strays(namespace, theirs.mac, mine.name)[0];
  if (stray) {
    const advice = `这次查表查的是 VXLAN 设备自己的 FDB，不是 \`${stray.dev}\` 的。执行 \`bridge fdb del ${theirs.mac} dev ${stray.dev}\`，再 ${set}。`;
    return fails(known, `表项在 ${stray.dev} 上`, advice);
  }
  const other = namespace.fdb.find(
    ({ dev, dst, mac }) => dev === mine.name && dst !== undefined && mac !== DEFAULT_MAC,
  );
  if (other) {
    // The neighbour table's fact has told whose MAC it is, when it is the same one.
    const told = namespace.neighbours.some(({ dev, mac }) => dev === mine.name && mac === other.mac);
    const whose = told ? '它和邻居表里填的是同一个错误的 MAC。' : whoseMac(snapshot, side, other.mac);
    const why = `FDB 用内层目的 MAC 来查，${peer.label} 的是 ${theirs.mac}，这里记的是另一个。`;
    const remove = `执行 ${set}，再删掉旧的：\`bridge fdb del ${other.mac} dev ${mine.name} dst ${other.dst}\`。`;
    return fails(known, line(other.mac, other.dst), `${why}${whose}${remove}`);
  }
  const fallback = defaults[0];
  if (fallback) {
    return fails(known, line(DEFAULT_MAC, fallback.dst), `全零表项没有指向 ${peer.label}，包会送错地方。执行 ${set}。`);
  }
  const why =
    '驱动查不到这个 MAC 该送到哪台宿主机，就悄悄丢掉：ping 没有任何报错，只有 TX dropped 增加，网卡上什么也看不到。';
  return fails(known, '没有表项', `${why}执行 ${set}。`);
}
