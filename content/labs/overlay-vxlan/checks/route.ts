import { bridgeOf, containerWithAddress, hostSide } from '../../../../server/network/container.ts';
import { cidrOf, ipv4Of, linkWithAddress, own, routeTo } from '../../../../server/network/namespace.ts';
import { decision } from '../../../../server/network/policy.ts';
import type { NodeSnapshot, RouteAnswer } from '../../../../server/network/snapshot.ts';
import type { Tunnel } from '../../../../server/network/tunnel.ts';
import type { Fact } from '../../../check.ts';
import { type Claim, claim, fails, holds } from './claim.ts';
import { culpritOf } from './culprit.ts';
import { peerOf, type Side } from './sides.ts';

/**
 * Where the node sends its container's packets for the other container: the kernel's own answer. While it cannot be
 * asked, for want of a container, its bridge or forwarding (the container's checkpoint says so), the routing tables answer.
 */
export function wayToPeer(node: NodeSnapshot, side: Side): RouteAnswer {
  const to = peerOf(side).ip;
  const answer = node.routeAnswers.find((asked) => asked.from === side.ip && asked.to === to);
  const unasked = !answer || answer.result === 'unknown' || answer.result === 'not-forwarded';
  // Without a way back to the container, or when its address is the node's own too, the kernel refuses whatever the
  // tables say: that is the container's checkpoint's matter.
  const astray = !routeTo(own(node), side.ip) || linkWithAddress(own(node), side.ip) !== undefined;
  const unfounded = answer?.result === 'refused' && astray;
  if (!unasked && !unfounded) return answer;
  const asked = { from: side.ip, to, iif: answer?.iif ?? null };
  const decided = decision(own(node), asked);
  if (!decided) return { ...asked, result: 'no-route' };
  const { route } = decided;
  if (!route) return { ...asked, result: 'refused' };
  if (route.type === 'local') return { ...asked, result: 'local' };
  if (route.type !== 'unicast' || route.dev === undefined) return { ...asked, result: 'refused' };
  return {
    ...asked,
    result: 'unicast',
    dev: route.dev,
    ...(route.gateway !== undefined && { gateway: route.gateway }),
  };
}

/** The container's packets for the other container go into the tunnel, and those that come out of it are forwarded. */
export function* routeFacts(node: NodeSnapshot, side: Side, tunnel: Tunnel): Generator<Fact> {
  yield routeFact(node, side, tunnel);
  const { forwarding } = own(node);
  if (forwarding[tunnel.name] === false) {
    // With forwarding off altogether the container's checkpoint has named the cause.
    if (!forwarding.all) return;
    const key = `net.ipv4.conf.${tunnel.name}.forwarding`;
    const on = claim(side, 'forwarding', `从 ${tunnel.name} 出来的包会被转发`, `${key} = 1`, `sysctl ${key}`);
    const why = `从隧道出来的包要由宿主机转发给容器，这里单独关掉了：包一声不响地死在 \`${tunnel.name}\`，只有计数器 IpInAddrErrors 会增加。`;
    yield fails(on, `${key} = 0`, why, `执行 \`sysctl ${key}=1\`。`);
    return;
  }
  yield* homewardFacts(node, side, tunnel);
}

/** What comes out of the tunnel for the container goes to its bridge. */
function* homewardFacts(node: NodeSnapshot, side: Side, tunnel: Tunnel): Generator<Fact> {
  const from = peerOf(side).ip;
  const way = node.routeAnswers.find((asked) => asked.from === from && asked.to === side.ip);
  const container = containerWithAddress(node, side.ip);
  const bridge = container && bridgeOf(node, hostSide(node, container.link));
  // Asked of another tunnel it says nothing, and a table without the way home is the container's checkpoint's matter.
  if (!bridge || way?.iif !== tunnel.name || routeTo(own(node), side.ip)?.dev !== bridge.name) return;
  if (way.result === 'unknown' || way.result === 'not-forwarded') return;
  if (way.result === 'unicast' && way.dev === bridge.name) return;
  const ask = `ip route get ${side.ip} from ${from} iif ${tunnel.name}`;
  const home = claim(
    side,
    'way-home',
    `从 ${tunnel.name} 出来、发往 ${side.ip} 的包交给 ${bridge.name}`,
    `dev ${bridge.name}`,
    ask,
  );
  const culprit = culpritOf(own(node), { from, to: side.ip, iif: tunnel.name });
  if (way.result === 'refused' && !culprit?.refuses) {
    yield filtered(home, tunnel.name, from);
    return;
  }
  const actual = way.result === 'unicast' ? `dev ${way.dev}` : culprit?.refuses ? '被拒绝' : '没有路由';
  const why = `对端来的包解开封装后到不了容器：${culprit ? culprit.what : '主路由表里的去路没有被用上'}。`;
  const search = '用 `ip rule` 和 `ip route show table all` 找到抢在前面的那一条，删掉它。';
  yield fails(home, actual, why, culprit ? `执行 ${culprit.remove}。` : search);
}

/** A packet that is refused although the tables know its way. */
function filtered(way: Claim, iif: string, from: string): Fact {
  const why = `路由表里有它的去路，多半是反向路径检查（rp_filter）不通过：内核认为 ${from} 不该从 \`${iif}\` 进来。`;
  const how = `执行 \`sysctl net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.${iif}.rp_filter=0\`，或补上从 ${iif} 回到 ${from} 的路由。`;
  return fails(way, '被拒绝', `${why}它丢包没有任何报错。`, how);
}

function routeFact(node: NodeSnapshot, side: Side, tunnel: Tunnel): Fact {
  const peer = peerOf(side);
  const way = wayToPeer(node, side);
  const ask = way.iif === null ? `ip route get ${peer.ip}` : `ip route get ${peer.ip} from ${side.ip} iif ${way.iif}`;
  const into = claim(side, 'route', `去往 ${peer.subnet} 的包进入 ${tunnel.name}`, `dev ${tunnel.name}`, ask);
  const set = `\`ip route replace ${peer.subnet} dev ${tunnel.name}\``;
  const culprit = culpritOf(own(node), { from: side.ip, to: peer.ip, iif: way.iif });
  switch (way.result) {
    case 'unicast':
      break;
    case 'no-route': {
      const why = `宿主机不知道 ${peer.subnet} 在哪里，容器会收到 Destination Net Unreachable。`;
      if (culprit?.refuses)
        return fails(into, '没有路由', `${why}${culprit.what}。`, `先执行 ${culprit.remove}，再 ${set}。`);
      return fails(into, '没有路由', why, `执行 ${set}。`);
    }
    case 'local':
      return localFact(into, node, side);
    default: {
      if (culprit?.refuses) {
        const why = `内核拒绝转发：${culprit.what}。`;
        return fails(into, '被拒绝', why, `执行 ${culprit.remove}；还没有进隧道就再 ${set}。`);
      }
      if (culprit && way.iif !== null) return filtered(into, way.iif, side.ip);
      const why =
        '内核拒绝转发：有 blackhole、unreachable 一类的路由或 `ip rule`，或者反向路径检查（rp_filter）不通过。';
      const how = `用 \`ip route show table all\` 和 \`ip rule\` 找到并删掉它，再 ${set}。`;
      return fails(into, '被拒绝', why, how);
    }
  }
  if (way.dev === tunnel.name) return holds(into, way.gateway ? `via ${way.gateway} dev ${way.dev}` : `dev ${way.dev}`);
  const actual = way.gateway ? `via ${way.gateway} dev ${way.dev}` : `dev ${way.dev}`;
  const plain = '即使能 ping 通，包也没有封装，不是 VXLAN。';
  if (culprit?.byRule) {
    return fails(into, actual, `${culprit.what}。${plain}`, `执行 ${culprit.remove}。`);
  }
  if (routeTo(own(node), peer.ip)?.dst === 'default') {
    return fails(into, actual, `没有去往 ${peer.subnet} 的路由，包跟着默认路由走了。${plain}`, `执行 ${set}。`);
  }
  if (way.gateway === peer.underlay) {
    const why = `这是“路由模式”（host-gw）：直接把包交给 ${peer.label}。${plain}`;
    // A route of another prefix is not replaced by the right one: it stays beside it, and may go before it.
    const stays = culprit && routeTo(own(node), peer.ip)?.dst !== peer.subnet;
    return fails(into, actual, why, stays ? `执行 ${culprit.remove}，再 ${set}。` : `执行 ${set}。`);
  }
  const why = `包没有进隧道，从 \`${way.dev}\` 出去了${culprit ? `：${culprit.what}` : ''}。${plain}`;
  return fails(into, actual, why, culprit ? `执行 ${culprit.remove}，再 ${set}。` : `执行 ${set}。`);
}

function localFact(into: Claim, node: NodeSnapshot, side: Side): Fact {
  const peer = peerOf(side);
  const holder = linkWithAddress(own(node), peer.ip);
  const where = holder ? `配在了 ${side.label} 的 \`${holder.name}\` 上` : `被 ${side.label} 当成自己的地址`;
  const address = holder && ipv4Of(holder).find(({ local }) => local === peer.ip);
  const fix = address
    ? `执行 \`ip addr del ${cidrOf(address)} dev ${holder.name}\`。`
    : '在 `ip route show table local` 里找到并删掉它。';
  const why = `对端容器的地址${where}，包到不了隧道，应答也是自己给自己的。`;
  return fails(into, `${peer.ip} 是本机地址`, why, fix);
}
