import { containerWithAddress } from '../../../../server/network/container.ts';
import { sourceRewrites } from '../../../../server/network/firewall.ts';
import { cidrOf } from '../../../../server/network/namespace.ts';
import type { NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { ProbeTrace } from '../../../../server/network/trace.ts';
import { isRequest, seenOn } from './packet.ts';
import { type Death, listing, nodeScene, removal } from './refusal.ts';
import { nodeOf, peerOf, type Side, tunnelOf } from './sides.ts';

/** A request that entered the tunnel under another name, by MASQUERADE or SNAT: nobody knows the way back to that. */
export function rewritten(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Death | undefined {
  const peer = peerOf(side);
  const tunnel = tunnelOf(snapshot, side)?.name;
  const masked = trace.frames.find(
    (frame) => seenOn(frame, side, tunnel) && isRequest(frame, peer) && frame.ip?.src !== side.ip,
  );
  if (!masked) return undefined;
  const spoken = ownSource(snapshot, side, masked.ip?.src ?? '');
  if (spoken) return spoken;
  const { namespace, change } = nodeScene(trace, snapshot, side);
  const hit = (change?.firewall ?? []).find(({ rule }) => rule?.verdict === 'masquerade' || rule?.verdict === 'snat');
  const by = hit ? { rule: hit.rule, chain: { ...hit.chain, rules: [] } } : sourceRewrites(namespace.firewall)[0];
  const which = by?.rule ? `规则 \`${by.rule.text.replaceAll('`', "'")}\`` : '一条 MASQUERADE 或 SNAT 规则';
  const flow = `-s ${side.subnet} -d ${peer.subnet}`;
  const around = `iptables -t nat -I POSTROUTING ${flow} -j RETURN`;
  const skip =
    by?.chain.tool === 'iptables' ? `要是别的流量还用得着它，改为让容器网段之间的流量跳过它：\`${around}\`。` : '';
  return {
    place: '请求的源地址被改写',
    advice: `进隧道时，请求的源地址从 ${side.ip} 变成了 ${masked.ip?.src}：${side.label} 的${which}改写了它。${peer.label} 的邻居表里没有这个地址，应答就送不回来；反方向的 ping 却可能是通的。`,
    repair: by?.rule
      ? `在 ${side.label} 上执行 \`${removal(by)}\`。${skip}`
      : `在 ${side.label} 上删掉改写源地址的规则。`,
    look: {
      node: side.node,
      command: by ? listing(by.chain) : 'nft -a list ruleset',
    },
  };
}

/** The request came from the container under another address of its own: nothing rewrote it. */
function ownSource(snapshot: NetworkSnapshot, side: Side, source: string): Death | undefined {
  const container = containerWithAddress(nodeOf(snapshot, side), side.ip);
  const link = container?.namespace.links.find(({ addresses }) => addresses.some(({ local }) => local === source));
  const address = link?.addresses.find(({ local }) => local === source);
  if (!container || !link || !address) return undefined;
  const inside = `ip netns exec ${container.namespace.name ?? side.container} `;
  return {
    place: `请求的源地址是 ${source}`,
    advice: `容器发请求时用的是自己的另一个地址 ${source}，不是 ${side.ip}。${peerOf(side).label} 的邻居表里没有这个地址，应答就送不回来；反方向的 ping 却是通的。`,
    repair: `在 ${side.label} 上执行 \`${inside}ip addr del ${cidrOf(address)} dev ${link.name}\`；要留着它，就让路由用回 ${side.ip}：\`${inside}ip route replace default via ${side.gateway} src ${side.ip}\`。`,
    look: { node: side.node, command: `${inside}ip route get ${peerOf(side).ip}` },
  };
}
