import { cidrOf, ipv4Of, linkWithAddress, own, routeTo } from '../../../../server/network/namespace.ts';
import type { NodeSnapshot, RouteAnswer } from '../../../../server/network/snapshot.ts';
import type { Tunnel } from '../../../../server/network/tunnel.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { peerOf, type Side } from './sides.ts';

/**
 * Where the node sends its container's packets for the other container: the kernel's own answer. While it cannot be
 * asked, for want of a container, its bridge or forwarding (the container's checkpoint says so), the routing tables answer.
 */
export function wayToPeer(node: NodeSnapshot, side: Side): RouteAnswer {
  const to = peerOf(side).ip;
  const answer = node.routeAnswers.find((asked) => asked.from === side.ip && asked.to === to);
  const unasked = !answer || answer.result === 'unknown' || answer.result === 'not-forwarded';
  // Without a way back to the container the reverse path filter refuses: it is the bridge that wants its address.
  const unfounded = answer?.result === 'refused' && !routeTo(own(node), side.ip);
  if (!unasked && !unfounded) return answer;
  const asked = { from: side.ip, to, iif: answer?.iif ?? null };
  const route = routeTo(own(node), to);
  if (!route) return { ...asked, result: 'no-route' };
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
  // With forwarding off altogether the container's checkpoint has named the cause.
  if (forwarding[tunnel.name] !== false || !forwarding.all) return;
  const key = `net.ipv4.conf.${tunnel.name}.forwarding`;
  const on = claim(side, `从 ${tunnel.name} 出来的包会被转发`, `${key} = 1`, `sysctl ${key}`);
  yield fails(on, `${key} = 0`, `从隧道出来的包要由宿主机转发给容器，这里单独关掉了。执行 \`sysctl ${key}=1\`。`);
}

function routeFact(node: NodeSnapshot, side: Side, tunnel: Tunnel): Fact {
  const peer = peerOf(side);
  const way = wayToPeer(node, side);
  const ask = way.iif === null ? `ip route get ${peer.ip}` : `ip route get ${peer.ip} from ${side.ip} iif ${way.iif}`;
  const into = claim(side, `去往 ${peer.subnet} 的包进入 ${tunnel.name}`, `dev ${tunnel.name}`, ask);
  const set = `\`ip route replace ${peer.subnet} dev ${tunnel.name}\``;
  switch (way.result) {
    case 'unicast':
      break;
    case 'no-route':
      return fails(into, '没有路由', `容器会收到 Destination Net Unreachable。执行 ${set}。`);
    case 'local':
      return fails(into, `${peer.ip} 是本机地址`, localAdvice(node, side));
    default: {
      const why = `内核拒绝转发：有 blackhole、unreachable 一类的路由或 \`ip rule\`，或者反向路径检查（rp_filter）不通过。`;
      return fails(into, '被拒绝', `${why}用 \`ip route show table all\` 和 \`ip rule\` 找到并删掉它，再 ${set}。`);
    }
  }
  if (way.dev === tunnel.name) return holds(into, way.gateway ? `via ${way.gateway} dev ${way.dev}` : `dev ${way.dev}`);
  const actual = way.gateway ? `via ${way.gateway} dev ${way.dev}` : `dev ${way.dev}`;
  const plain = '即使能 ping 通，包也没有封装，不是 VXLAN。';
  if (routeTo(own(node), peer.ip)?.dst === 'default') {
    return fails(into, actual, `没有去往 ${peer.subnet} 的路由，包跟着默认路由走了。${plain}执行 ${set}。`);
  }
  if (way.gateway === peer.underlay) {
    return fails(into, actual, `这是“路由模式”（host-gw）：直接把包交给 ${peer.label}。${plain}执行 ${set}。`);
  }
  return fails(into, actual, `包没有进隧道，从 \`${way.dev}\` 出去了。执行 ${set}；仍不对就删掉更具体的那条路由。`);
}

function localAdvice(node: NodeSnapshot, side: Side): string {
  const peer = peerOf(side);
  const holder = linkWithAddress(own(node), peer.ip);
  const where = holder ? `配在了 ${side.label} 的 \`${holder.name}\` 上` : `被 ${side.label} 当成自己的地址`;
  const address = holder && ipv4Of(holder).find(({ local }) => local === peer.ip);
  const fix = address
    ? `执行 \`ip addr del ${cidrOf(address)} dev ${holder.name}\`。`
    : '在 `ip route show table local` 里找到并删掉它。';
  return `对端容器的地址${where}，包到不了隧道，应答也是自己给自己的。${fix}`;
}
