import { covers, overlap } from '../../../../server/network/cidr.ts';
import type { Container } from '../../../../server/network/container.ts';
import {
  cidrOf,
  ipv4Of,
  isLoopback,
  linkNamed,
  linkWithAddress,
  own,
  routeTo,
} from '../../../../server/network/namespace.ts';
import type { Link, NodeSnapshot } from '../../../../server/network/snapshot.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { culpritOf } from './culprit.ts';
import { peerOf, type Side } from './sides.ts';

/** The container's interface has its address with the right mask. */
export function addressFact(side: Side, name: string, { namespace, link }: Container): Fact {
  const wanted = `${side.ip}/24`;
  const inside = `ip netns exec ${name}`;
  const has = claim(side, 'address', `容器网卡 ${link.name} 的地址`, wanted, `${inside} ip addr show ${link.name}`);
  const set = `\`${inside} ip addr add ${wanted} dev ${link.name}\``;
  const mine = ipv4Of(link);
  const found = mine.find(({ local }) => local === side.ip);
  const actual = mine.map(cidrOf).join('、') || '没有地址';
  if (found?.prefix === 24) return holds(has, actual);

  const wrong = found ?? mine[0];
  const loopback = namespace.links.find(
    (other) => isLoopback(other) && ipv4Of(other).some(({ local }) => local === side.ip),
  );
  const astray = loopback && ipv4Of(loopback).find(({ local }) => local === side.ip);
  if (loopback && astray && !found) {
    const why = `地址要在 \`${link.name}\` 上，容器才会有经它出去的直连路由；在 lo 上，容器只能和自己说话。`;
    const remove = `\`${inside} ip addr del ${cidrOf(astray)} dev ${loopback.name}\``;
    return fails(has, `${side.ip} 在 lo 上`, why, `执行 ${remove}，再 ${set}。`);
  }
  if (!wrong) {
    const why = '网卡有了，还没有地址：没有地址就没有直连路由，ping 会报 Network is unreachable，也没有人能回包给它。';
    return fails(has, actual, why, `执行 ${set}。`);
  }
  const redo = `执行 \`${inside} ip addr del ${cidrOf(wrong)} dev ${link.name}\`，再 ${set}`;
  if (!found) {
    const foreign = covers(peerOf(side).subnet, wrong.local);
    const why = foreign
      ? `这是 ${peerOf(side).label} 的容器网段；两边相同，包就不知该往哪边去。`
      : `本实验后面的命令都用 ${side.ip}：对端的路由和邻居表项都是为它写的，别的地址收不到回包。`;
    return fails(has, actual, why, `${redo}。`);
  }
  const why = covers(cidrOf(found), peerOf(side).ip)
    ? '掩码太短，容器以为对端容器和自己在同一网段，会直接发 ARP 找它，而不走网关。'
    : `这个网段是 ${side.subnet}，掩码应是 /24；掩码不对，直连路由也就不对，网关可能不在“同一网段”里。`;
  return fails(has, actual, why, `${redo}；删地址会连带删掉默认路由，也要重加。`);
}

/** The node itself does not have the container's address as well. */
export function* rivalFacts(node: NodeSnapshot, side: Side, name: string): Generator<Fact> {
  const rival = linkWithAddress(own(node), side.ip);
  const address = rival && ipv4Of(rival).find(({ local }) => local === side.ip);
  if (!address) return;
  const only = claim(side, 'address-rival', `${side.ip} 只属于容器`, `只在 ${name} 里`, `ip addr show ${rival.name}`);
  const why = '宿主机会把发给容器的包当成给自己的：ping 有应答，却是宿主机答的，容器里什么也看不到。';
  yield fails(only, `宿主机的 ${rival.name} 也有`, why, `执行 \`ip addr del ${cidrOf(address)} dev ${rival.name}\`。`);
}

/** The bridge has the address that is the container's gateway. */
export function bridgeAddressFact(node: NodeSnapshot, side: Side, bridge: Link, port: Link): Fact {
  const wanted = `${side.gateway}/24`;
  const has = claim(
    side,
    'bridge-address',
    `网桥 ${bridge.name} 的地址（容器的网关）`,
    wanted,
    `ip addr show ${bridge.name}`,
  );
  const mine = ipv4Of(bridge);
  const actual = mine.map(cidrOf).join('、') || '没有地址';
  const set = `\`ip addr add ${wanted} dev ${bridge.name}\``;
  const found = mine.find(({ local }) => local === side.gateway);
  if (found?.prefix === 24) return holds(has, actual);
  if (found) {
    const why = '掩码应是 /24，否则宿主机的直连路由不对，发给容器的包不走网桥。';
    return fails(has, actual, why, `先 \`ip addr del ${cidrOf(found)} dev ${bridge.name}\`，再 ${set}。`);
  }
  const holder = linkWithAddress(own(node), side.gateway);
  const move = (from: Link) => {
    const there = ipv4Of(from).find(({ local }) => local === side.gateway);
    return `把它移到网桥上：先 \`ip addr del ${there ? cidrOf(there) : wanted} dev ${from.name}\`，再 ${set}。`;
  };
  if (holder?.name === port.name) {
    const why = `插进网桥的 \`${port.name}\` 只是端口：它收到的帧都交给网桥，IP 也由网桥处理，端口上的地址不起作用。`;
    return fails(has, `${side.gateway} 在 ${port.name} 上`, why, move(holder));
  }
  if (holder) {
    const why = `网关的地址在 \`${holder.name}\` 上，容器网段的直连路由也就从那里出去，到不了网桥后面的容器。`;
    return fails(has, `${side.gateway} 在 ${holder.name} 上`, why, move(holder));
  }
  const why = `容器的默认网关就是它：没有它，容器发 ARP 问 ${side.gateway} 是谁，没有人应答；宿主机也没有到容器的直连路由。`;
  return fails(has, actual, why, `执行 ${set}。`);
}

/** By the container's own routes, a packet to the other container goes to the bridge: its kernel's answer, if asked. */
export function gatewayFact(node: NodeSnapshot, side: Side, name: string, { namespace, link }: Container): Fact {
  const inside = `ip netns exec ${name}`;
  const has = claim(side, 'route', `${name} 的默认网关`, side.gateway, `${inside} ip route`);
  const { ip: to } = peerOf(side);
  const answer = node.routeAnswers.find((asked) => asked.from === side.ip && asked.to === to)?.sender;
  const route = routeTo(namespace, to);
  if (answer?.result === 'unicast' && answer.gateway === side.gateway && answer.dev === link.name) {
    if (!route || route.dst === 'default') return holds(has);
    return holds(has, `${route.dst} → ${side.gateway}`, '不是默认路由，但去往对端容器的包会走它，可以。');
  }
  const set = `\`${inside} ip route replace default via ${side.gateway}\``;
  const culprit = culpritOf(namespace, { from: side.ip, to, iif: null }, `${inside} `);
  if (answer && culprit && (culprit.refuses || culprit.byRule)) {
    const actual = answer.result === 'unicast' ? (answer.gateway ?? `直连 ${answer.dev}`) : '被拒绝';
    const why = `去往 ${to} 的包出不了容器：${culprit.what}。`;
    return fails(has, actual, why, `执行 ${culprit.remove}；没有默认路由就再 ${set}。`);
  }
  if (!route) {
    const why = '容器只认识自己的 /24，ping 别的网段会立刻报 Network is unreachable。';
    const repair = `执行 \`${inside} route add default gw ${side.gateway} ${link.name}\`。`;
    return fails(has, '没有默认路由', why, repair);
  }
  if (route.type === 'local') {
    const holder = linkWithAddress(namespace, to);
    const address = holder && ipv4Of(holder).find(({ local }) => local === to);
    const remove = address
      ? `\`${inside} ip addr del ${cidrOf(address)} dev ${holder.name}\``
      : `\`${inside} ip route del local ${route.dst} table local\``;
    const why = `对端容器的地址配在了容器自己的 \`${holder?.name ?? 'lo'}\` 上：ping 通得出奇地快，应答却是自己给自己的，包从没离开过容器。`;
    return fails(has, `${to} 是容器自己的地址`, why, `执行 ${remove}。`);
  }
  // What is more specific than the default route must go; a default route is replaced.
  const instead =
    route.dst === 'default' || !culprit ? `执行 ${set}。` : `执行 ${culprit.remove}；没有默认路由就再 ${set}。`;
  const how = route.gateway ?? (route.type === 'unicast' ? `直连 ${route.dev ?? '?'}` : route.type);
  const actual = route.dst === 'default' ? how : `${route.dst} → ${how}`;
  if (route.type !== 'unicast') {
    const why = `容器里有一条 ${route.type} 路由挡住了去 ${to} 的包。`;
    return fails(has, actual, why, `执行 \`${inside} ip route del ${route.type} ${route.dst}\`，再 ${set}。`);
  }
  if (!route.gateway) {
    const why = `没有网关，容器会直接用 ARP 找 ${to}，而它不在这个二层里：问不到，包也就发不出去。`;
    return fails(has, actual, why, instead);
  }
  if (route.gateway !== side.gateway) {
    const why = `${route.gateway} 不是网桥的地址：容器发 ARP 问它是谁，没有人应答，ping 只是沉默。`;
    return fails(has, actual, why, instead);
  }
  if (route.dev !== undefined && route.dev !== link.name) {
    const why = `网关在 \`${link.name}\` 那一边，包却从 \`${route.dev}\` 出去了。`;
    return fails(has, `${actual} dev ${route.dev}`, why, `执行 ${set.replace(/`$/, ` dev ${link.name}\``)}。`);
  }
  if (route.dst === 'default') return holds(has, actual);
  return holds(has, actual, '不是默认路由，但去往对端容器的包会走它，可以。');
}

/** Only when something is wrong: the node's own way to the container does not lead to its bridge. */
export function* wayHomeFacts(node: NodeSnapshot, side: Side, bridge: Link): Generator<Fact> {
  const route = routeTo(own(node), side.ip);
  // Without the bridge's address, or while it is down, there is no such route: the cause has been named.
  const connected = bridge.up && ipv4Of(bridge).some((address) => cidrOf(address) === `${side.gateway}/24`);
  if (route ? route.dev === bridge.name || route.type === 'local' : !connected) return;
  const home = claim(
    side,
    'way-home',
    `${side.label} 发往 ${side.ip} 的包交给 ${bridge.name}`,
    `dev ${bridge.name}`,
    `ip route get ${side.ip}`,
  );
  const again = `\`ip route replace ${side.subnet} dev ${bridge.name} src ${side.gateway}\``;
  if (!route) {
    const why = `网桥有地址，到 ${side.subnet} 的直连路由却不见了：容器发出的包走得掉，发给它的包没有路可走。`;
    yield fails(home, '没有路由', why, `执行 ${again}。`);
    return;
  }
  const culprit = culpritOf(own(node), { from: peerOf(side).ip, to: side.ip, iif: null });
  const holder = linkNamed(own(node), route.dev);
  const born = holder && ipv4Of(holder).find((address) => overlap(cidrOf(address), side.subnet));
  const remove = born ? `\`ip addr del ${cidrOf(born)} dev ${holder.name}\`` : culprit?.remove;
  const lost = own(node).routes.some(({ dst, dev }) => dst === side.subnet && dev === bridge.name)
    ? ''
    : `，再 ${again}`;
  const why = born
    ? `\`${holder.name}\` 的地址 ${cidrOf(born)} 与容器网段重叠，抢走了发给容器的包。`
    : `${culprit?.what ?? `路由 ${route.dst} 不经过网桥`}，发给容器的包到不了网桥。`;
  yield fails(
    home,
    route.dev === undefined ? route.type : `dev ${route.dev}`,
    why,
    remove ? `执行 ${remove}${lost}。` : `执行 ${again}。`,
  );
}

/** A notice: other interfaces of the node claim the container's network, as docker0 would. */
export function* conflictFacts(node: NodeSnapshot, side: Side, bridge: Link): Generator<Fact> {
  const clashes = own(node).links.flatMap((link) => {
    if (link === bridge || link.kind === 'vxlan' || isLoopback(link)) return [];
    const clash = ipv4Of(link).find((address) => address.prefix < 32 && overlap(cidrOf(address), side.subnet));
    return clash ? [{ name: link.name, cidr: cidrOf(clash) }] : [];
  });
  if (clashes.length === 0) return;
  const alone = claim(side, 'overlap', `只有网桥在 ${side.subnet} 里`, bridge.name, 'ip -br addr');
  const whose = clashes.map(({ name, cidr }) => `\`${name}\` 的 ${cidr}`).join('、');
  const notice = `${whose}与容器网段重叠，包可能从那里出去。不需要就删掉这个地址。`;
  yield holds(alone, [bridge.name, ...clashes.map(({ name }) => name)].join('、'), notice);
}
