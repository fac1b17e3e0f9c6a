import { own } from '../../../../server/network/namespace.ts';
import type { Link, NodeSnapshot, Way } from '../../../../server/network/snapshot.ts';
import type { Fact } from '../../../check.ts';
import { claim, fails } from './claim.ts';
import { type Culprit, culpritOf } from './culprit.ts';
import { peerOf, type Side } from './sides.ts';

/** Only when something is wrong: the card, its address, the way of the outer packets to the other node. */
export function* underlayFacts(node: NodeSnapshot, side: Side, nic: Link | undefined): Generator<Fact> {
  if (nic?.up && nic.carrier) {
    yield* wayFacts(node, side, nic);
    return;
  }
  const has = claim(
    side,
    'underlay',
    `${side.label} 的网卡与地址 ${side.underlay} 可用`,
    `${side.underlay}，UP`,
    'ip -br addr',
  );
  const why = '外层 UDP 包要用这个地址收发：底层不通，隧道里的一切都不通。';
  if (nic)
    yield fails(
      has,
      nic.up ? `${nic.name} 没有载波` : `${nic.name} DOWN`,
      why,
      `执行 \`ip link set ${nic.name} up\`；不行就重置这个节点。`,
    );
  else
    yield fails(
      has,
      '没有网卡有这个地址',
      why,
      `执行 \`ip addr add ${side.underlay}/24 dev ens33\`；网卡也不在了就重置这个节点。`,
    );
}

function* wayFacts(node: NodeSnapshot, side: Side, nic: Link): Generator<Fact> {
  const { underlay: to, label } = peerOf(side);
  const from = side.underlay;
  const way = node.routeAnswers.find((asked) => asked.from === from && asked.to === to);
  if (!way || way.result === 'unknown' || (way.result === 'unicast' && way.dev === nic.name)) return;
  const there = claim(
    side,
    'underlay-route',
    `外层包到得了 ${label}（${to}）`,
    `dev ${nic.name}`,
    `ip route get ${to} from ${from}`,
  );
  const culprit = culpritOf(own(node), { from, to, iif: null });
  const actual = culprit?.refuses ? '被拒绝' : wayText(way);
  const { what, how } = remedy(side, nic, culprit);
  yield fails(there, actual, `容器的包封装好以后，发不到 ${label}：${what}。`, `执行 ${how}。`);
}

function remedy(side: Side, nic: Link, culprit: Culprit | undefined): { what: string; how: string } {
  if (culprit) return { what: culprit.what, how: culprit.remove };
  const prefix = nic.addresses.find(({ local }) => local === side.underlay)?.prefix;
  if (prefix === 24) {
    const subnet = side.underlay.replace(/\d+$/, '0/24');
    const how = `\`ip route replace ${subnet} dev ${nic.name} src ${side.underlay}\``;
    return { what: `${nic.name} 的直连路由不见了`, how };
  }
  const [right, wrong] = [`${side.underlay}/24`, `${side.underlay}/${prefix}`];
  const how = `\`ip addr add ${right} dev ${nic.name}\`，再 \`ip addr del ${wrong} dev ${nic.name}\``;
  return { what: `${nic.name} 的掩码是 /${prefix}，应是 /24，这样才有直连路由`, how };
}

function wayText({ result, dev, gateway }: Way): string {
  if (result === 'unicast') return gateway === undefined ? `dev ${dev}` : `via ${gateway} dev ${dev}`;
  if (result === 'local') return '是本机地址';
  return result === 'no-route' ? '没有路由' : '被拒绝';
}
