/** Which program shows a chain as it is written here, and changes it. */
export type FirewallTool = 'iptables' | 'iptables-legacy' | 'nft';

/** What a rule does with a packet that it matches; `none` only counts or marks, `other` is not told apart here. */
export type Verdict =
  | 'accept'
  | 'drop'
  | 'reject'
  | 'masquerade'
  | 'snat'
  | 'dnat'
  | 'redirect'
  | 'jump'
  | 'return'
  | 'none'
  | 'other';

/** One rule of a chain. All texts are a learner's: bounded, free of control characters, and nothing more. */
export interface FirewallRule {
  verdict: Verdict;
  /** The chain it jumps or goes to. */
  target?: string;
  /** As the tool prints it: `-A FORWARD -i br0 -j DROP`, `ip saddr 172.17.0.2 drop`. */
  text: string;
  /** Its place in the chain, from 1. */
  place: number;
  /** What nft calls the rule by. */
  handle?: number;
  /** How many packets it has matched; absent when the rule does not count. */
  packets?: number;
}

/** A chain of rules, and where the kernel asks it. */
export interface FirewallChain {
  tool: FirewallTool;
  /** `ip`, `inet`, `arp`, `bridge`, …; what iptables keeps is `ip`. */
  family: string;
  table: string;
  name: string;
  /** `prerouting`, `input`, `forward`, `output`, `postrouting`, …; absent when only other chains lead here. */
  hook?: string;
  /** The lower goes first. */
  priority?: number;
  /** What becomes of a packet that no rule decides about. */
  policy?: 'accept' | 'drop';
  /** How many packets the policy has decided about; absent where the kernel does not count. */
  packets?: number;
  rules: FirewallRule[];
}

/** A rule or a policy, with the chain it belongs to. */
export interface Deciding {
  chain: FirewallChain;
  /** Absent when it is the chain's policy. */
  rule?: FirewallRule;
}

/** Whether packets of IPv4 pass a chain of this family. */
function seesIpv4({ family }: FirewallChain): boolean {
  return family === 'ip' || family === 'inet' || family === 'netdev' || family === 'bridge';
}

/** The chains that are asked at a hook, by priority, with those they jump to after each. */
export function chainsAt(firewall: FirewallChain[], hook: string): FirewallChain[] {
  const based = firewall.filter((chain) => chain.hook === hook && seesIpv4(chain));
  const reached = new Set<FirewallChain>();
  const visit = (chain: FirewallChain) => {
    if (reached.has(chain)) return;
    reached.add(chain);
    for (const { target } of chain.rules) {
      const next = target === undefined ? undefined : firewall.find((each) => isSameTable(each, chain, target));
      if (next) visit(next);
    }
  };
  for (const chain of based.toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))) visit(chain);
  return [...reached];
}

function isSameTable(each: FirewallChain, { tool, family, table }: FirewallChain, name: string): boolean {
  return each.tool === tool && each.family === family && each.table === table && each.name === name;
}

/** What can keep a packet from passing a hook: rules that drop or reject, and policies that drop. */
export function refusalsAt(firewall: FirewallChain[], hook: string): Deciding[] {
  return chainsAt(firewall, hook).flatMap((chain) => [
    ...chain.rules
      .filter(({ verdict }) => verdict === 'drop' || verdict === 'reject')
      .map((rule): Deciding => ({ chain, rule })),
    ...(chain.policy === 'drop' ? [{ chain }] : []),
  ]);
}

/** What can change a packet's source as it leaves: MASQUERADE and SNAT. */
export function sourceRewrites(firewall: FirewallChain[]): Deciding[] {
  return chainsAt(firewall, 'postrouting').flatMap((chain) =>
    chain.rules
      .filter(({ verdict }) => verdict === 'masquerade' || verdict === 'snat')
      .map((rule): Deciding => ({ chain, rule })),
  );
}
