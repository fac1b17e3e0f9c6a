import { decision, type Flow, isAdded, longest } from '../../../../server/network/policy.ts';
import type { NamespaceSnapshot, Route, Rule } from '../../../../server/network/snapshot.ts';

/** What leads a packet astray: a clause that says what it is, and the command that takes it away. */
export interface Culprit {
  what: string;
  remove: string;
  /** Whether it is a route or a rule that refuses, rather than one that leads elsewhere. */
  refuses: boolean;
  /** Whether a rule decides that the namespace was not born with. */
  byRule: boolean;
}

/** Names the rule or the route that decides where a packet goes; undefined when the tables show none. */
export function culpritOf(namespace: NamespaceSnapshot, flow: Flow, prefix = ''): Culprit | undefined {
  const decided = decision(namespace, flow);
  if (!decided) {
    const thrown = longest(namespace.routes, 'main', flow.to);
    return thrown && routeCulprit(thrown, prefix);
  }
  const { rule, route } = decided;
  if (!route) {
    const what = `策略规则 \`${ruleText(rule)}\` 拒绝了它`;
    return { what, remove: `\`${prefix}ip rule del pref ${rule.priority}\``, refuses: true, byRule: true };
  }
  if (!isAdded(rule)) return routeCulprit(route, prefix);
  const what = `策略规则 \`${ruleText(rule)}\` 让它改查另一张表，那里写着 \`${routeText(route)}\``;
  return { what, remove: `\`${prefix}ip rule del pref ${rule.priority}\``, refuses: refuses(route), byRule: true };
}

function routeCulprit(route: Route, prefix: string): Culprit {
  const what = `决定它去向的路由是 \`${routeText(route)}\``;
  return { what, remove: `\`${prefix}ip route del ${routeText(route)}\``, refuses: refuses(route), byRule: false };
}

function refuses({ type }: Route): boolean {
  return type !== 'unicast' && type !== 'local';
}

function routeText({ type, dst, gateway, dev, table }: Route): string {
  const words = [
    type === 'unicast' ? '' : type,
    dst,
    gateway && `via ${gateway}`,
    type === 'unicast' && dev && `dev ${dev}`,
  ];
  return [...words, table !== 'main' && `table ${table}`].filter(Boolean).join(' ');
}

function ruleText({ from, to, iif, action, table }: Rule): string {
  const words = [`from ${from ?? 'all'}`, to && `to ${to}`, iif && `iif ${iif}`, action, table];
  return words.filter(Boolean).join(' ');
}
