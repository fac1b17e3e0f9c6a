import { covers } from '../../../../server/network/cidr.ts';
import { cidrOf, ipv4Of } from '../../../../server/network/namespace.ts';
import type { Tunnel } from '../../../../server/network/tunnel.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails, holds } from './claim.ts';
import { peerOf, type Side } from './sides.ts';

/** The tunnel has the subnet's .0 as a /32, and no address that would bend a route. */
export function tunnelAddressFact(side: Side, tunnel: Tunnel): Fact {
  const wanted = `${side.vtep}/32`;
  const has = claim(side, 'address', `${tunnel.name} 的地址`, wanted, `ip addr show ${tunnel.name}`);
  const mine = ipv4Of(tunnel);
  const actual = mine.map(cidrOf).join('、') || '没有地址';
  const set = `\`ip addr add ${wanted} dev ${tunnel.name}\``;
  const peer = peerOf(side);
  const foreign = mine.find(({ local }) => local !== side.vtep && covers(peer.subnet, local));
  const wide = mine.find(
    ({ local, prefix }) => prefix < 32 && (covers(side.subnet, local) || covers(peer.subnet, local)),
  );
  const exact = mine.some(({ local, prefix }) => local === side.vtep && prefix === 32);
  const wrong = foreign ?? wide ?? (exact ? undefined : mine[0]);
  if (!wrong) {
    if (exact) return holds(has, actual);
    const why = '它是隧道口自己的身份：对端可以拿它当下一跳，traceroute 的第二跳也由它应答；/32 则不会多出直连路由。';
    return fails(has, actual, why, `执行 ${set}。`);
  }
  const order = exact ? '执行' : `先 ${set}，再`;
  // The kernel drops routes and neighbours together with the last IPv4 address: so add first, delete then.
  const fix = `${order} \`ip addr del ${cidrOf(wrong)} dev ${tunnel.name}\`（先加后删：删掉最后一个地址会连带清空路由和邻居）。`;
  if (wrong === foreign) {
    const why = `${cidrOf(wrong)} 属于 ${peer.label} 的网段，${side.label} 会把发往那里的一些包当成给自己的。`;
    return fails(has, actual, why, fix);
  }
  if (wrong === wide) {
    const why = `掩码不是 /32，内核会多加一条经 ${tunnel.name} 的直连路由，和网桥抢 ${side.subnet} 的包。`;
    return fails(has, actual, why, fix);
  }
  const why = `应当用容器网段里不会分给容器的 .0：对端可以拿它当下一跳，traceroute 的第二跳也由它应答。`;
  return fails(has, actual, why, fix);
}
