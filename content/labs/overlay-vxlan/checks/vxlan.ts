import { linkNamed, linkWithAddress, own } from '../../../../server/network/namespace.ts';
import type { Link, NodeSnapshot } from '../../../../server/network/snapshot.ts';
import { type Tunnel, tunnels, tunnelWithVni } from '../../../../server/network/tunnel.ts';
import type { Check, Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { routeFacts } from './route.ts';
import { nodeOf, peerOf, type Side, VNI, VXLAN_PORT } from './sides.ts';
import { underlayFacts } from './underlay.ts';
import { tunnelAddressFact } from './vtep.ts';

/** The MTU left for inner packets: 1500 less 50 (outer IP 20, UDP 8, VXLAN 8, inner Ethernet 14). */
const INNER_MTU = 1450;
/** Changing what cannot be changed in place takes its routes, neighbours and FDB along. */
const REBUILD = '删除设备会连带清空它的地址、路由、邻居和 FDB，重建后都要重新配置。';

/** What has to be built; the rest are remarks, and mistakes that only show when they are there. */
const EARNS = ['device', 'port', 'local', 'up', 'address', 'route'];

/** Whether a node has its end of the tunnel: the device, its parameters, its address, the route into it. */
export function vxlanCheck(side: Side): Check {
  return { earns: EARNS, judge: (snapshot) => [...vxlanFacts(nodeOf(snapshot, side), side)] };
}

function* vxlanFacts(node: NodeSnapshot, side: Side): Generator<Fact> {
  const nic = linkWithAddress(own(node), side.underlay);
  yield* underlayFacts(node, side, nic);
  const tunnel = tunnelWithVni(node, VNI, VXLAN_PORT);
  yield deviceFact(node, side, tunnel, nic);
  if (!tunnel) return;
  yield portFact(side, tunnel, nic);
  yield localFact(side, tunnel);
  yield* underlayDeviceFacts(side, tunnel, nic);
  yield* learningFacts(side, tunnel);
  yield upFact(side, tunnel);
  yield tunnelAddressFact(side, tunnel);
  // Without the device up there can be no route through it: the cause has been named.
  if (tunnel.up) yield* routeFacts(node, side, tunnel);
}

function createCommand(side: Side, nic: Link | undefined, name = 'vxlan100'): string {
  return `\`ip link add ${name} type vxlan id ${VNI} local ${side.underlay} dev ${nic?.name ?? 'ens33'} dstport ${VXLAN_PORT} nolearning\``;
}

function deviceFact(node: NodeSnapshot, side: Side, tunnel: Tunnel | undefined, nic: Link | undefined): Fact {
  const there = claim(
    side,
    'device',
    `VXLAN 设备已创建，VNI 为 ${VNI}`,
    `vxlan，VNI ${VNI}`,
    'ip -d link show type vxlan',
  );
  if (tunnel) return holds(there, `${tunnel.name}，VNI ${tunnel.vxlan.vni}`);
  const other = tunnels(node)[0];
  if (other) {
    const how = `VNI 不能修改，只能重建：\`ip link del ${other.name}\`，再 ${createCommand(side, nic)}。`;
    return fails(there, `${other.name}，VNI ${other.vxlan.vni}`, wrongVni(side, other), `${how}${REBUILD}`);
  }
  const impostor = linkNamed(own(node), 'vxlan100');
  if (impostor) {
    const why = '名字叫 vxlan100，但不是 VXLAN 设备：交给它的包不会被装进 UDP，发不到对端。';
    const repair = `先 \`ip link del vxlan100\`，再 ${createCommand(side, nic)}。`;
    return fails(there, `vxlan100 的类型是 ${impostor.kind || '普通网卡'}`, why, repair);
  }
  const why = 'VXLAN 设备就是 VTEP：包从这里进出隧道。没有它，后面的地址、路由、邻居和 FDB 都无处可放。';
  return fails(there, '没有 VXLAN 设备', why, `执行 ${createCommand(side, nic)}。`);
}

/** One of the failures that nothing reports: where the packet is last seen, and which counters tell. */
function wrongVni(side: Side, { name, vxlan: { vni } }: Tunnel): string {
  const { label } = peerOf(side);
  const why = `VNI 写在每个封装好的包里，两端必须相同。${label} 收到 VNI ${vni} 的包，UDP 收下了，却找不到这个 VNI 的设备，就悄悄丢弃，也不回 ICMP，所以 ping 只是沉默。`;
  return `${why}认得出它的是：在 ${label} 的网卡上能抓到 \`vni ${vni}\` 的包，那里 VXLAN 设备的 RX 却一直是 0；本机 \`${name}\` 的 TX 照常增加。`;
}

function upFact(side: Side, tunnel: Tunnel): Fact {
  const up = claim(side, 'up', `${tunnel.name} 已激活`, 'UP', `ip link show ${tunnel.name}`);
  if (tunnel.up) return holds(up);
  const why =
    '没有激活的设备不收不发，经过它的路由也不存在，容器会收到 Destination Net Unreachable。设备 down 的时候，内核还会清掉它的路由和邻居（FDB 保留）。';
  return fails(up, 'DOWN', why, `执行 \`ip link set ${tunnel.name} up\`，然后重新添加它的路由和邻居。`);
}

function portFact(side: Side, tunnel: Tunnel, nic: Link | undefined): Fact {
  const port = claim(side, 'port', 'VXLAN 的 UDP 目的端口', String(VXLAN_PORT), `ip -d link show ${tunnel.name}`);
  if (tunnel.vxlan.port === VXLAN_PORT) return holds(port);
  const given = tunnel.vxlan.port === 8472 ? '8472 是 Linux 的旧默认值，没写 `dstport` 就会用它。' : '';
  const why = `${given}两端端口不同，收到的一方没有监听：它会回 ICMP port unreachable，在底层网卡上抓得到，容器里的 ping 却看不到。`;
  const how = `端口不能修改，只能重建：\`ip link del ${tunnel.name}\`，再 ${createCommand(side, nic, tunnel.name)}。`;
  return fails(port, String(tunnel.vxlan.port), why, `${how}${REBUILD}`);
}

function localFact(side: Side, tunnel: Tunnel): Fact {
  const local = claim(side, 'local', '外层源地址（local）', side.underlay, `ip -d link show ${tunnel.name}`);
  const { local: actual } = tunnel.vxlan;
  if (actual === side.underlay) return holds(local);
  if (actual === undefined)
    return holds(local, '未指定', '没有写 `local`，由内核按路由挑选外层源地址；这里只有一个选择，结果相同。');
  const whose =
    actual === peerOf(side).underlay
      ? `${actual} 是 ${peerOf(side).label} 的地址，`
      : `${side.label} 没有 ${actual} 这个地址，`;
  const why = `${whose}封装后发不出去：TX errors 增加，ping 只是沉默。`;
  const how = `不用重建，执行 \`ip link set ${tunnel.name} type vxlan id ${VNI} local ${side.underlay}\`。`;
  return fails(local, actual, why, how);
}

function* underlayDeviceFacts(side: Side, tunnel: Tunnel, nic: Link | undefined): Generator<Fact> {
  const { dev } = tunnel.vxlan;
  const command = `ip -d link show ${tunnel.name}`;
  if (dev !== undefined && nic && dev !== nic.name) {
    const out = claim(side, 'dev', '外层包从哪块网卡发出（dev）', nic.name, command);
    const why = `${peerOf(side).underlay} 要从 \`${nic.name}\` 才到得了；从 \`${dev}\` 发，\`${nic.name}\` 上抓不到任何 VXLAN 包。`;
    const how = `只能重建：\`ip link del ${tunnel.name}\`，再 ${createCommand(side, nic, tunnel.name)}。${REBUILD}`;
    yield fails(out, dev, why, how);
  } else if (tunnel.mtu > INNER_MTU) {
    const mtu = claim(side, 'mtu', `${tunnel.name} 的 MTU`, `≤ ${INNER_MTU}`, command);
    const why = dev === undefined ? '没有写 `dev`，内核不知道底层网卡的 MTU，没有为封装留出 50 字节；' : '';
    yield holds(
      mtu,
      String(tunnel.mtu),
      `${why}大包封装后超过 1500，外层会被分片。可执行 \`ip link set ${tunnel.name} mtu ${INNER_MTU}\`。`,
    );
  }
}

function* learningFacts(side: Side, tunnel: Tunnel): Generator<Fact> {
  if (!tunnel.vxlan.learning) return;
  const off = claim(
    side,
    'learning',
    '不从收到的包里学习（nolearning）',
    'nolearning',
    `ip -d link show ${tunnel.name}`,
  );
  const how = `可用 \`ip link set ${tunnel.name} type vxlan id ${VNI} nolearning\` 关闭。`;
  yield holds(off, 'learning', `设备会从收到的包里自学 FDB，也能通；只是漏配的表项会被它补上，看不到后果。${how}`);
}
