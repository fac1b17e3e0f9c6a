import type { Container } from '../../../../server/network/container.ts';
import { own } from '../../../../server/network/namespace.ts';
import { neighbourOn } from '../../../../server/network/neighbour.ts';
import type { Link, NamespaceSnapshot, NodeSnapshot } from '../../../../server/network/snapshot.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails } from './claim.ts';
import type { Side } from './sides.ts';

/** Only when something is wrong: container and bridge cannot find each other's MAC, or hold on to a wrong one. */
export function* arpFacts(
  node: NodeSnapshot,
  side: Side,
  name: string,
  { namespace, link }: Container,
  bridge: Link,
): Generator<Fact> {
  const inside = `ip netns exec ${name} `;
  yield* silentFacts(side, 'arp-container', inside, link);
  yield* silentFacts(side, 'arp-bridge', '', bridge);
  yield* fixedFacts(side, 'neighbour-container', inside, namespace, link, side.gateway, bridge);
  yield* fixedFacts(side, 'neighbour-bridge', '', own(node), bridge, side.ip, link);
}

function* silentFacts(side: Side, id: string, prefix: string, { name, noArp }: Link): Generator<Fact> {
  if (!noArp) return;
  const on = claim(side, id, `${name} 会用 ARP`, 'arp on', `${prefix}ip link show ${name}`);
  const why = '容器和网桥靠 ARP 找到对方的 MAC，关掉以后谁也不问、谁也不答：ping 只是沉默，抓包看不到一个 ARP。';
  yield fails(on, 'NOARP', why, `执行 \`${prefix}ip link set ${name} arp on\`。`);
}

/** A static entry is never asked for again, so a wrong one stays. */
function* fixedFacts(
  side: Side,
  id: string,
  prefix: string,
  namespace: NamespaceSnapshot,
  link: Link,
  address: string,
  owner: Link,
): Generator<Fact> {
  const entry = neighbourOn(namespace, address, link.name);
  if (link.noArp || !entry?.state.includes('PERMANENT') || entry.mac === owner.mac) return;
  const right = claim(
    side,
    id,
    `邻居表：${address} 的 MAC 是 ${owner.name} 的`,
    owner.mac,
    `${prefix}ip neigh show dev ${link.name}`,
  );
  const why = '这是手写的静态表项，内核不会再用 ARP 去问，帧就发给了不存在的人，没有任何报错。';
  const repair = `执行 \`${prefix}ip neigh del ${address} dev ${link.name}\`，让 ARP 自己去学。`;
  yield fails(right, entry.mac ?? '?', why, repair);
}
