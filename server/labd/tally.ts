import type { FirewallChain, FirewallRule } from '../network/firewall.ts';
import type { Change, Hit } from '../network/trace.ts';
import { readTally, type Spot, type Tally } from './namespace.ts';

/** The most rules that are told to have matched, of one namespace: a packet passes a dozen. */
const HITS_MAX = 64;

/** A namespace whose counters are compared, and what a trace calls it. */
export type Counted = Pick<Change, 'node' | 'namespace'> & { spot: Spot };

/** Reads what counts in namespaces; the answer reads it again and tells what moved meanwhile. */
export async function startTally(counted: Counted[]): Promise<() => Promise<Change[]>> {
  const read = () => Promise.all(counted.map(({ spot }) => readTally(spot)));
  const before = await read();
  return async () => {
    const after = await read();
    return counted.flatMap(({ node, namespace }, index) => {
      const [then, now] = [before[index], after[index]];
      return then && now ? [{ node, namespace, ...compare(then, now) }] : [];
    });
  };
}

function compare(before: Tally, after: Tally): Omit<Change, 'node' | 'namespace'> {
  const links = after.links.flatMap((link): [string, Record<string, number>][] => {
    const known = before.links.find(({ index }) => index === link.index);
    const grown = known ? growth(known.counters, link.counters) : {};
    return Object.keys(grown).length > 0 ? [[link.name, grown]] : [];
  });
  return {
    counters: growth(before.counters, after.counters),
    links: Object.fromEntries(links),
    firewall: after.firewall.flatMap((chain) => hitsOf(before.firewall, chain)).slice(0, HITS_MAX),
  };
}

function growth(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown = Object.entries(after).map(([name, value]): [string, number] => [name, value - (before[name] ?? value)]);
  return Object.fromEntries(grown.filter(([, value]) => value > 0));
}

function hitsOf(before: FirewallChain[], { rules, ...chain }: FirewallChain): Hit[] {
  const former = before.find(
    ({ tool, family, table, name }) =>
      tool === chain.tool && family === chain.family && table === chain.table && name === chain.name,
  );
  const byRule = rules.flatMap((rule, index): Hit[] => {
    const packets = (rule.packets ?? 0) - (sameRule(former, rule, index)?.packets ?? 0);
    return packets > 0 ? [{ chain, rule, packets }] : [];
  });
  // A chain that was not listed before had neither rules nor a policy that drops: what it counted is not known.
  const byPolicy = former ? (chain.packets ?? 0) - (former.packets ?? 0) : 0;
  return [...byRule, ...(byPolicy > 0 ? [{ chain, packets: byPolicy }] : [])];
}

/** The rule as it was before: by its handle where there is one, else by place and words. */
function sameRule(former: FirewallChain | undefined, rule: FirewallRule, index: number): FirewallRule | undefined {
  if (rule.handle !== undefined) return former?.rules.find(({ handle }) => handle === rule.handle);
  const there = former?.rules[index];
  return there?.text === rule.text ? there : former?.rules.find(({ text }) => text === rule.text);
}
