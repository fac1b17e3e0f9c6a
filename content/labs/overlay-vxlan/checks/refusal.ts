import { chainsAt, type Deciding, type FirewallChain, refusalsAt } from '../../../../server/network/firewall.ts';
import { own } from '../../../../server/network/namespace.ts';
import type { NamespaceSnapshot, NetworkSnapshot } from '../../../../server/network/snapshot.ts';
import type { Change, ProbeTrace } from '../../../../server/network/trace.ts';
import { nodeOf, type Side } from './sides.ts';

/** Where a packet died, as a short phrase, what that means, what to do about it, and the command that shows it. */
export interface Death {
  place: string;
  advice: string;
  repair?: string;
  look?: { node: string; command: string };
}

/** A namespace in which something happened: a node's own, or its container's. */
export interface Scene {
  side: Side;
  /** How people call it: 「Node-2」, 「Node-2 的容器 docker2」. */
  label: string;
  /** What stands before a command that is meant for it. */
  prefix: string;
  namespace: NamespaceSnapshot;
  change: Change | undefined;
}

/** A node's own namespace, with what counted there. */
export function nodeScene(trace: ProbeTrace, snapshot: NetworkSnapshot, side: Side): Scene {
  const namespace = own(nodeOf(snapshot, side));
  return { side, label: side.label, prefix: '', namespace, change: changeIn(trace, side, null) };
}

/** A container's namespace likewise; undefined when the snapshot has none of this name. */
export function containerScene(trace: ProbeTrace, side: Side, namespace: NamespaceSnapshot): Scene {
  const name = namespace.name ?? side.container;
  const label = `${side.label} 的容器 ${name}`;
  return { side, label, prefix: `ip netns exec ${name} `, namespace, change: changeIn(trace, side, name) };
}

function changeIn(trace: ProbeTrace, side: Side, namespace: string | null): Change | undefined {
  return trace.changes.find((change) => change.node === side.node && change.namespace === namespace);
}

/** By how much a counter of protocols grew there. */
export function grew({ change }: Scene, counter: string): number {
  return change?.counters[counter] ?? 0;
}

/** By how much a counter of a link grew there. */
export function linkGrew({ change }: Scene, link: string | undefined, counter: string): number {
  const counters: Record<string, number | undefined> = change?.links[link ?? ''] ?? {};
  return counters[counter] ?? 0;
}

/** What a firewall calls a packet there, for people: 「FORWARD」. */
const HOOK_WORDS: Record<string, string> = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
  ingress: 'ingress',
  egress: 'egress',
};

/**
 * The rule or the policy of a firewall that kept the packet from passing one of these hooks: one that counted it, else
 * one that does not count and would. `packet` is what it kept, for people.
 */
export function refusal(scene: Scene, hooks: string[], packet: string): Death | undefined {
  for (const hook of hooks) {
    const counted = (scene.change?.firewall ?? []).find(
      ({ chain, rule }) =>
        isAt(scene, chain, hook) && (rule ? isRefusal(rule.verdict) : chain.hook === hook && chain.policy === 'drop'),
    );
    if (counted)
      return words(scene, hook, packet, { ...counted, chain: { ...counted.chain, rules: [] } }, counted.packets);
  }
  for (const hook of hooks) {
    const [silent] = refusalsAt(scene.namespace.firewall, hook).filter(
      ({ chain, rule }) => (rule ?? chain).packets === undefined,
    );
    if (silent) return words(scene, hook, packet, silent, undefined);
  }
  return undefined;
}

function isRefusal(verdict: string): boolean {
  return verdict === 'drop' || verdict === 'reject';
}

function isAt(
  { namespace }: Scene,
  { tool, family, table, name }: Omit<FirewallChain, 'rules'>,
  hook: string,
): boolean {
  return chainsAt(namespace.firewall, hook).some(
    (chain) => chain.tool === tool && chain.family === family && chain.table === table && chain.name === name,
  );
}

function words(scene: Scene, hook: string, packet: string, by: Deciding, packets: number | undefined): Death {
  const { chain, rule } = by;
  const certain = packets !== undefined;
  const does = rule?.verdict === 'reject' ? '拒绝（reject）' : '丢弃（drop）';
  const what = rule ? `规则 \`${shown(rule.text)}\`` : policyWords(chain);
  const proof = certain ? `：它的计数正好增加了 ${packets} 个包。` : '：它不计数，所以只能说很可能是它。';
  return {
    place: certain ? `被 ${scene.label} 的防火墙挡住` : `多半被 ${scene.label} 的防火墙挡住`,
    advice: `${packet}在 ${scene.label} 的 ${HOOK_WORDS[hook] ?? hook} 处被${does}了，是 ${chain.tool === 'nft' ? 'nftables' : chain.tool} 的${what}${proof}`,
    repair: `在 ${scene.side.label} 上执行 \`${scene.prefix}${removal(by)}\`。`,
    look: { node: scene.side.node, command: `${scene.prefix}${listing(chain)}` },
  };
}

function policyWords({ tool, family, table, name }: FirewallChain): string {
  if (tool === 'nft') return `链 \`${shown(`${family} ${table} ${name}`)}\` 的默认策略 drop`;
  return ` ${name} 链的默认策略 DROP`;
}

/** A learner's own text between marks of code. */
function shown(text: string): string {
  return text.replaceAll('`', "'");
}

/** The command that shows a chain. */
export function listing({ tool, family, table, name }: FirewallChain): string {
  if (tool === 'nft') return `nft -a list chain ${family} ${word(table)} ${word(name)}`;
  return `${tool} ${tableOption(table)}-nvL ${word(name)} --line-numbers`;
}

/** The command that takes a rule away, or makes a policy let packets through. */
export function removal({ chain, rule }: Deciding): string {
  const { tool, family, table, name } = chain;
  if (tool === 'nft') {
    const place = `${family} ${word(table)} ${word(name)}`;
    return rule ? `nft delete rule ${place} handle ${rule.handle}` : `nft chain ${place} '{ policy accept; }'`;
  }
  const command = `${tool} ${tableOption(table)}`;
  if (!rule) return `${command}-P ${word(name)} ACCEPT`;
  // A rule of plain words can be named by itself; of others the place will do.
  return PLAIN.test(rule.text)
    ? `${command}${rule.text.replace(/^-A/, '-D')}`
    : `${command}-D ${word(name)} ${rule.place}`;
}

/** Words that no shell takes for anything else. */
const PLAIN = /^-A [A-Za-z0-9 ._:,/=+@%-]+(! [A-Za-z0-9 ._:,/=+@%-]+)*$/;

function tableOption(table: string): string {
  return table === 'filter' ? '' : `-t ${word(table)} `;
}

function word(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
