import { expect, test } from 'vitest';
import { decision, isAdded } from './policy.ts';
import type { NamespaceSnapshot, Route, Rule } from './snapshot.ts';

const rule = (priority: number, table: string, more: Partial<Rule> = {}): Rule => ({
  priority,
  special: false,
  action: 'lookup',
  table,
  ...more,
});
const born = [rule(0, 'local'), rule(32766, 'main'), rule(32767, 'default')];
const route = (dst: string, dev: string, more: Partial<Route> = {}): Route => ({
  dst,
  dev,
  type: 'unicast',
  table: 'main',
  flags: [],
  ...more,
});
const space = (rules: Rule[], routes: Route[]): NamespaceSnapshot => ({
  name: null,
  inode: 1,
  links: [],
  routes,
  rules: [...born, ...rules].sort((a, b) => a.priority - b.priority),
  neighbours: [],
  fdb: [],
  forwarding: {},
  rpFilter: {},
  firewall: [],
  counters: {},
});
const flow = { from: '172.17.0.2', to: '172.18.0.2', iif: 'br0' };

test('the longest prefix of the first table that has one decides', () => {
  const routes = [route('default', 'ens33'), route('172.18.0.0/24', 'vxlan100'), route('10.0.0.0/8', 'x')];
  expect(decision(space([], routes), flow)?.route?.dev).toBe('vxlan100');
  const away = rule(9, '50', { from: '172.17.0.0/24' });
  expect(decision(space([away], routes), flow)?.route?.dev).toBe('vxlan100');
  const led = decision(space([away], [...routes, route('default', 'e', { table: '50' })]), flow);
  expect(led).toMatchObject({ rule: { priority: 9 }, route: { dev: 'e' } });
  expect(led && isAdded(led.rule)).toBe(true);
  expect(decision(space([], []), flow)).toBeUndefined();
});

test('a rule may refuse by itself, for what it is about', () => {
  const routes = [route('172.18.0.0/24', 'vxlan100')];
  const refusal = (more: Partial<Rule>) =>
    space([{ priority: 9, special: false, action: 'prohibit', ...more }], routes);
  expect(decision(refusal({ iif: 'br0' }), flow)).toEqual({ rule: expect.objectContaining({ action: 'prohibit' }) });
  expect(decision(refusal({ iif: 'vxlan100' }), flow)?.route?.dev).toBe('vxlan100');
  expect(decision(refusal({ to: '172.19.0.0/24' }), flow)?.route?.dev).toBe('vxlan100');
  expect(decision(refusal({ special: true }), flow)?.route?.dev).toBe('vxlan100');
  // What the namespace sends itself comes, for a rule, from lo.
  expect(decision(refusal({ iif: 'lo' }), { ...flow, iif: null })?.rule.action).toBe('prohibit');
});

test('throw leaves a table, and the next rule is asked', () => {
  const routes = [route('172.18.0.2', '', { type: 'throw' }), route('default', 'e', { table: 'default' })];
  expect(decision(space([], routes), flow)?.route?.dev).toBe('e');
});
