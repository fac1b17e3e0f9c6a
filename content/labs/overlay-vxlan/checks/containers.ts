import { bridgeOf, type Container, containerWithAddress, hostSide } from '../../../../server/network/container.ts';
import { isLoopback, isNamed, linkNamed, linkWithAddress, others, own } from '../../../../server/network/namespace.ts';
import type { Link, NamespaceSnapshot, NodeSnapshot } from '../../../../server/network/snapshot.ts';
import type { Check, Fact } from '../../../check.ts';
import { addressFact, bridgeAddressFact, conflictFacts, gatewayFact, rivalFacts, wayHomeFacts } from './addresses.ts';
import { arpFacts } from './arp.ts';
import { claim, fails, holds } from './claim.ts';
import { nodeOf, type Side } from './sides.ts';

/** What has to be built; the rest are conflicts that only show when they are there. */
const EARNS = ['forwarding', 'netns', 'veth', 'address', 'veth-up', 'bridge', 'bridge-up', 'bridge-address', 'route'];

/** Whether a node has its container: namespace, veth pair, bridge, addresses, default route, forwarding. */
export function containersCheck(side: Side): Check {
  return { earns: EARNS, judge: (snapshot) => [...containerFacts(nodeOf(snapshot, side), side)] };
}

/** What the text calls the container, if the learner does so too; else the learner's name for it. */
export function containerName(namespace: NamespaceSnapshot, side: Side): string {
  return isNamed(namespace, side.container) ? side.container : (namespace.name ?? side.container);
}

function* containerFacts(node: NodeSnapshot, side: Side): Generator<Fact> {
  const holder = containerWithAddress(node, side.ip);
  const namespace = holder?.namespace ?? findNamespace(node, side);
  const link = namespace && (holder?.link ?? findLink(node, namespace));
  const port = link && hostSide(node, link);
  const bridge = bridgeOf(node, port);

  yield forwardingFact(node, side, bridge);
  yield namespaceFact(node, side, namespace);
  if (!namespace) return;
  const name = containerName(namespace, side);
  const nic = nicFact(node, side, name, link, port);
  yield nic;
  if (link?.kind !== 'veth') return;
  const container: Container = { namespace, link };
  const address = addressFact(side, name, container);
  yield address;
  yield* rivalFacts(node, side, name);
  if (!port) return;
  yield upFact(side, name, link, port);
  yield masterFact(node, side, port, bridge);
  if (!bridge) return;
  yield bridgeUpFact(side, bridge);
  yield bridgeAddressFact(node, side, bridge, port);
  // With another address or mask the container's routes are other ones too: the cause has been named.
  if (address.ok) yield gatewayFact(node, side, name, container);
  yield* wayHomeFacts(node, side, bridge);
  yield* arpFacts(node, side, name, container, bridge);
  yield* conflictFacts(node, side, bridge);
}

/** The namespace meant as the container while none has the address: the text's name, else the only one there is. */
function findNamespace(node: NodeSnapshot, side: Side): NamespaceSnapshot | undefined {
  const all = others(node);
  return all.find((namespace) => isNamed(namespace, side.container)) ?? (all.length === 1 ? all[0] : undefined);
}

function findLink(node: NodeSnapshot, namespace: NamespaceSnapshot): Link | undefined {
  const links = namespace.links.filter((link) => !isLoopback(link));
  return links.find((link) => hostSide(node, link)) ?? links.find((link) => link.kind === 'veth') ?? links[0];
}

function forwardingFact(node: NodeSnapshot, side: Side, bridge: Link | undefined): Fact {
  const { forwarding } = own(node);
  const dev = bridge && forwarding[bridge.name] !== undefined ? bridge.name : 'all';
  const key = `net.ipv4.conf.${dev}.forwarding`;
  const on = claim(side, 'forwarding', `${side.label} 打开了 IPv4 转发`, `${key} = 1`, `sysctl ${key}`);
  if (forwarding[dev]) return holds(on);
  const why = '容器的包要由宿主机转发到隧道；转发关闭时内核一声不响地丢掉它们，只有计数器 IpInAddrErrors 会增加。';
  // Writing 1 to `all` while it is 1 changes nothing for the interfaces.
  const fix = forwarding.all ? key : 'net.ipv4.conf.all.forwarding';
  return fails(on, `${key} = 0`, why, `执行 \`sysctl ${fix}=1\`。`);
}

function namespaceFact(node: NodeSnapshot, side: Side, namespace: NamespaceSnapshot | undefined): Fact {
  const there = claim(side, 'netns', `网络命名空间 ${side.container} 已创建`, side.container, 'ip netns list');
  if (namespace) {
    const name = containerName(namespace, side);
    const notice = `名字是 \`${name}\`，可以；后面命令里的 \`${side.container}\` 都要换成它。`;
    return holds(there, name, name === side.container ? '' : notice);
  }
  if (isNamed(own(node), side.container)) {
    const why = `这个名字指向 ${side.label} 自己的命名空间：在里面看到的网卡和宿主机的一样，没有隔离。`;
    const repair = `执行 \`ip netns del ${side.container}\`，再 \`ip netns add ${side.container}\`。`;
    return fails(there, `${side.container} 就是宿主机的命名空间`, why, repair);
  }
  const astray = linkWithAddress(own(node), side.ip);
  const also = astray ? `${side.ip} 现在配在宿主机的 \`${astray.name}\` 上，也要移进去。` : '';
  const why = `网络命名空间就是本实验的“容器”：它有自己的网卡、路由和邻居表，与宿主机互不相干。${also}`;
  const actual =
    others(node).length > 0
      ? `没有；现有 ${others(node)
          .map(({ name }) => name)
          .join('、')}`
      : '没有';
  return fails(there, actual, why, `执行 \`ip netns add ${side.container}\`。`);
}

function nicFact(node: NodeSnapshot, side: Side, name: string, link: Link | undefined, port: Link | undefined): Fact {
  const pair = claim(
    side,
    'veth',
    `veth 一端在 ${name} 里，另一端在宿主机上`,
    'veth 一对',
    `ip netns exec ${name} ip -d link`,
  );
  if (link && port) return holds(pair, `${link.name} ↔ ${port.name}`);
  if (!link) {
    const left = own(node).links.find(({ kind, peerNamespaceId }) => kind === 'veth' && peerNamespaceId === undefined);
    const move = `把一端移进去：\`ip link set ${left?.name ?? 'veth0'} netns ${name}\`。`;
    const make = '先创建：`ip link add veth0 type veth peer name veth1`，再';
    const why = `veth 像一根网线的两头，容器靠它与外界相连；现在 ${name} 里只有 lo，往外发的包一律报 Network is unreachable。`;
    return fails(pair, `${name} 里只有 lo`, why, `${left ? '' : make}${move}`);
  }
  const redo = `先删掉它：\`ip netns exec ${name} ip link del ${link.name}\`，再重做：\`ip link add veth0 type veth peer name veth1\`、\`ip link set veth0 netns ${name}\`。`;
  if (link.kind !== 'veth') {
    const why = `${link.name} 只有一头，宿主机上没有能插进网桥的另一头，包出不了容器。`;
    return fails(pair, `${link.name} 不是 veth`, why, redo);
  }
  const why = `两端应分在两个命名空间：一端在 ${name}，另一端留在 ${side.label} 上接网桥。两端在一起，包只在容器里兜圈。`;
  return fails(pair, `${link.name} 的另一端不在宿主机上`, why, redo);
}

function upFact(side: Side, name: string, link: Link, port: Link): Fact {
  const state = ({ up }: Link) => (up ? 'UP' : 'DOWN');
  const both = claim(side, 'veth-up', 'veth 两端都已激活', 'UP、UP', `ip link show ${port.name}`);
  const actual = `${link.name} ${state(link)}、${port.name} ${state(port)}`;
  if (link.up && port.up) return holds(both, actual);
  const commands = [
    ...(link.up ? [] : [`\`ip netns exec ${name} ip link set ${link.name} up\``]),
    ...(port.up ? [] : [`\`ip link set ${port.name} up\``]),
  ];
  const why = link.up
    ? '两端要都激活，网线才算接通：现在容器里的那一端显示 NO-CARRIER，包发不出去，哪里也看不到它。'
    : '没有激活的网卡不收不发，经过它的路由也加不上：ping 会报 Network is unreachable。';
  return fails(both, actual, why, `执行 ${commands.join('、')}。`);
}

function masterFact(node: NodeSnapshot, side: Side, port: Link, bridge: Link | undefined): Fact {
  const { links } = own(node);
  const master = linkNamed(own(node), port.master);
  const plugged = claim(side, 'bridge', `宿主机一端 ${port.name} 插在网桥上`, `${port.name} → 网桥`, 'brctl show');
  if (bridge) return holds(plugged, `${port.name} → ${bridge.name}`);
  if (master) {
    const why = `${master.name} 的类型是 ${master.kind || '普通网卡'}，不会像网桥那样按 MAC 转发帧。`;
    const free = `先 \`ip link set ${port.name} nomaster\``;
    const make = master.name === 'br0' ? '、`ip link del br0`，再 `brctl addbr br0`、' : '，再 `brctl addbr br0`、';
    const repair = `${free}${make}\`brctl addif br0 ${port.name}\`。`;
    return fails(plugged, `${port.name} → ${master.name}（不是网桥）`, why, repair);
  }
  const free = links.filter(({ kind }) => kind === 'bridge');
  const meant = free.find(({ name }) => name === 'br0') ?? free[0];
  if (!meant) {
    const why = `${side.label} 上一个网桥也没有：容器的网线另一端空着，它的网关地址也没有地方可配。`;
    const repair = `先 \`brctl addbr br0\`，再 \`brctl addif br0 ${port.name}\`。`;
    return fails(plugged, `没有网桥，${port.name} 空着`, why, repair);
  }
  const why = '这时容器也许还能 ping 通网关（Linux 在任何接口上应答自己的地址），但回程的包会送进空网桥，到不了容器。';
  return fails(plugged, `${port.name} 没有插上`, why, `执行 \`brctl addif ${meant.name} ${port.name}\`。`);
}

function bridgeUpFact(side: Side, bridge: Link): Fact {
  const up = claim(side, 'bridge-up', `网桥 ${bridge.name} 已激活`, 'UP', `ip link show ${bridge.name}`);
  if (bridge.up) return holds(up);
  const why = '网桥不激活就不转发任何帧，它的路由也不生效：容器问网关的 ARP 一直没有人应答。';
  return fails(up, 'DOWN', why, `执行 \`ip link set ${bridge.name} up\`。`);
}
