import { expect, it } from 'vitest';
import { type NodeState, verdictOn } from './burden.ts';

const link = (name: string, rate: number) => ({ inode: 1, index: name.length, name, rate });
const state = (more: Partial<NodeState>): NodeState => ({
  session: 'one',
  node: 'node-1',
  nic: 'ens33',
  number: 0,
  packets: 0,
  links: [],
  entries: {},
  cpu: 0,
  ...more,
});
const other = (more: Partial<NodeState>) => state({ node: 'node-2', number: 1, ...more });

it('finds nothing where nothing is, and where what is sent is paid for', () => {
  expect(verdictOn([])).toEqual([]);
  expect(verdictOn([state({}), other({})])).toEqual([]);
  const sender = state({ packets: 10, links: [link('ens33', 110_000)], cpu: 500_000 });
  const receiver = other({ packets: 110_000, links: [link('ens33', 110_000)], cpu: 0 });
  expect(verdictOn([sender, receiver])).toEqual([]);
});

it('finds a storm where it is, not where it is only heard', () => {
  const loop = state({
    packets: 900_000,
    links: [link('veth0', 300_000), link('veth1', 300_000), link('ens33', 300_000)],
  });
  const hears = other({ packets: 300_000, links: [link('ens33', 300_000)] });
  expect(verdictOn([hears, loop])).toMatchObject([
    { node: 'node-1', found: 'storm', links: [{ name: 'veth0' }, { name: 'veth1' }] },
  ]);
});

it('cuts the card where the storm is nowhere else', () => {
  const only = state({ packets: 50_000, links: [link('ens33', 50_000)] });
  expect(verdictOn([only])).toMatchObject([{ links: [{ name: 'ens33' }] }]);
});

it('is not deceived by a node that computes besides', () => {
  const busy = state({ packets: 1_500_000, links: [link('a', 700_000), link('b', 700_000)], cpu: 500_000 });
  expect(verdictOn([busy])).toHaveLength(1);
});

it('finds tables that no lesson fills, each node by itself', () => {
  const full = state({ entries: { neighbours: 5_000 } });
  expect(verdictOn([full, other({ entries: { neighbours: 4_000, connections: 9_000 } })])).toMatchObject([
    { node: 'node-1', found: 'entries', entries: { neighbours: 5_000 } },
  ]);
});
