import { bridgeOf, containerWithAddress, hostSide } from '../../../../server/network/container.ts';
import type { Link, NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { ProbeTrace } from '../../../../server/network/trace.ts';
import { containerScene, type Death, grew, type Scene } from './refusal.ts';
import { nodeOf, type Side } from './sides.ts';

/** A packet on its way from a side's container to the other's, and what was seen of it. */
export interface Case {
  trace: ProbeTrace;
  snapshot: NetworkSnapshot;
  from: Side;
  to: Side;
  /** What it is, for people: 「请求」. */
  packet: string;
}

/** Why it died; the place only where it is told better than by where it was last seen. */
export type Reason = Omit<Death, 'place'> & { place?: string };

/** The container of a side, with what counted there. */
export function containerOf({ trace, snapshot }: Case, side: Side): Scene | undefined {
  const container = containerWithAddress(nodeOf(snapshot, side), side.ip);
  return container && containerScene(trace, side, container.namespace);
}

/** The bridge's port that a side's container hangs on. */
export function portOf({ snapshot }: Case, side: Side): { port: Link; bridge: string | undefined } | undefined {
  const node = nodeOf(snapshot, side);
  const container = containerWithAddress(node, side.ip);
  const port = container && hostSide(node, container.link);
  return port && { port, bridge: bridgeOf(node, port)?.name };
}

/** The bridge lets nothing through the port that the container hangs on. */
export function blockedPort(it: Case, side: Side): Reason | undefined {
  const found = portOf(it, side);
  if (!found?.port.port || found.port.port.state === 'forwarding') return undefined;
  const { name, port } = found.port;
  return {
    advice: `网桥 ${found.bridge} 上连着容器的端口 ${name} 是 ${port.state} 状态：网桥不让包进出这个端口。打开了 STP 的网桥要等约 30 秒才到 forwarding。`,
    repair: `在 ${side.label} 上执行 \`bridge link set dev ${name} state 3\`；若 STP 开着，用 \`ip link set ${found.bridge} type bridge stp_state 0\` 关掉。`,
    look: { node: side.node, command: 'bridge -d link' },
  };
}

/** The reverse path filter took it: the kernel counts that by itself. */
export function filtered(scene: Scene, packet: string): Reason | undefined {
  const packets = grew(scene, 'TcpExtIPReversePathFilter');
  if (packets === 0) return undefined;
  const strict = Object.entries(scene.namespace.rpFilter).filter(([, value]) => value > 0);
  const names = strict.map(([name, value]) => `${name}=${value}`).join('、');
  const off = strict.map(([name]) => `${scene.prefix}sysctl -w net.ipv4.conf.${name}.rp_filter=0`);
  const how = off
    .slice(0, 3)
    .map((command) => `\`${command}\``)
    .join('、');
  return {
    place: `被 ${scene.label} 的反向路径过滤挡住`,
    advice: `${scene.label} 的反向路径过滤（rp_filter：${names}）丢弃了${packet}：按路由表，这个源地址不该从这个接口进来。计数 IPReversePathFilter 增加了 ${packets}。`,
    repair: `把回程的路由补上（容器网段走 vxlan100），或关掉过滤：${how}。`,
    look: { node: scene.side.node, command: `${scene.prefix}nstat -az TcpExtIPReversePathFilter` },
  };
}

/** What the counters say about a packet that a node did not forward. */
export function unforwarded(scene: Scene): string {
  if (grew(scene, 'IpInAddrErrors') > 0) return '计数 IpInAddrErrors 增加：转发没有打开。';
  if (grew(scene, 'IpInHdrErrors') > 0) return '计数 IpInHdrErrors 增加：TTL 耗尽。';
  if (grew(scene, 'IpExtInNoRoutes') > 0) return '计数 IpExtInNoRoutes 增加：没有去往那里的路由。';
  if (grew(scene, 'IpForwDatagrams') > 0)
    return '它已经决定要转发（IpForwDatagrams 增加），之后才丢：多半是防火墙或发送的接口。';
  return '';
}

/** The node asks for its own container's MAC on the bridge, and hears nothing. */
export function unheard(side: Side): Reason {
  return {
    advice: `${side.label} 在网桥上用 ARP 问容器 ${side.ip} 的 MAC，没有人应答：容器的网卡没有激活，或它在网桥上的端口不通。`,
    repair: `在 ${side.label} 上看 \`ip netns exec ${side.container} ip -br addr\` 和 \`bridge -d link\`。`,
    look: { node: side.node, command: 'bridge -d link' },
  };
}

/** Whether a side's node asked by ARP for an address, and nobody answered. */
export function asksFor(trace: ProbeTrace, side: Side, about: (ip: string) => boolean): boolean {
  const arps = trace.frames.filter(({ at }) => 'node' in at && at.node === side.node).flatMap(({ arp }) => arp ?? []);
  return (
    arps.some(({ operation, targetIp }) => operation === 1 && about(targetIp)) &&
    !arps.some(({ operation, senderIp }) => operation === 2 && about(senderIp))
  );
}
