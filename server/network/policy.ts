import { covers, prefixLength } from './cidr.ts';
import type { NamespaceSnapshot, Route, Rule } from './snapshot.ts';

/** The rules a namespace is born with, by priority: asking local, main and default. */
const BORN_WITH = new Set([0, 32766, 32767]);

/** A packet as routing sees it; `iif` is null when the namespace sends it itself. */
export interface Flow {
  from: string;
  to: string;
  iif: string | null;
}

/** What decides where a packet goes: a rule, and the route of its table unless the rule itself is the end. */
export interface Decision {
  rule: Rule;
  route?: Route;
}

/**
 * Follows the rules and tables as the kernel would, to name what decides; undefined when nothing does. It explains and
 * does not judge: tables may have been cut, and rules with further conditions are passed over. The kernel's own answer
 * is RouteAnswer.
 */
export function decision({ rules, routes }: NamespaceSnapshot, { from, to, iif }: Flow): Decision | undefined {
  const asked = rules.filter(
    (rule) =>
      !rule.special &&
      (rule.from === undefined || covers(rule.from, from)) &&
      (rule.to === undefined || covers(rule.to, to)) &&
      (rule.iif === undefined || rule.iif === (iif ?? 'lo')),
  );
  for (const rule of asked) {
    if (rule.action === 'goto') continue;
    if (rule.action !== 'lookup') return { rule };
    const route = longest(routes, rule.table, to);
    if (route && route.type !== 'throw') return { rule, route };
  }
  return undefined;
}

/** Whether a rule was added to the three that a namespace is born with. */
export function isAdded(rule: Rule): boolean {
  return !BORN_WITH.has(rule.priority);
}

/** The route of a table whose prefix is the longest to cover an address; of equal ones the first, as listed. */
export function longest(routes: Route[], table: string | undefined, to: string): Route | undefined {
  let best: Route | undefined;
  for (const route of routes) {
    if (route.table !== table || !covers(route.dst, to)) continue;
    if (!best || prefixLength(route.dst) > prefixLength(best.dst)) best = route;
  }
  return best;
}
