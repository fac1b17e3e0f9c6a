import { expect, test } from 'vitest';
import { solved } from '../../content/labs/overlay-vxlan/fixtures/solved.ts';
import { shapeOf } from './shape.ts';

const shape = shapeOf(solved().snapshot);

test('the same network made anew, with other MACs, indices and counters, has the same shape', () => {
  const rig = solved();
  const [one, two] = [rig.mac(1), rig.mac(2)];
  const text = JSON.stringify(rig.snapshot).replaceAll(one, '0a:00:00:00:00:01').replaceAll(two, '0a:00:00:00:00:02');
  const again = JSON.parse(text);
  again.takenAt = 0;
  for (const { namespaces } of Object.values<(typeof rig.snapshot.nodes)[string]>(again.nodes)) {
    for (const namespace of namespaces) {
      namespace.links.reverse();
      for (const link of namespace.links) Object.assign(link, { index: link.index + 40, carrier: !link.carrier });
      namespace.neighbours.push({ dst: '10.0.0.9', dev: 'ens33', mac: one, state: ['REACHABLE'] });
      namespace.counters.IpInReceives = 7;
    }
  }
  expect(shapeOf(again)).toBe(shape);
});

test.each<[string, (rig: ReturnType<typeof solved>) => void]>([
  ['an address', (rig) => rig.address(rig.link(1, 'br0'), null)],
  ['a link that is down', (rig) => Object.assign(rig.link(2, 'br0'), { up: false })],
  ["a neighbour with one's own MAC", (rig) => rig.neighbour(1, rig.mac(1))],
  ['an FDB entry', (rig) => rig.fdb(1, rig.mac(2), '192.168.245.173')],
  ['forwarding', (rig) => rig.forward(1, 'br0', false)],
  ['a rule', (rig) => rig.rule(1, { priority: 5, action: 'prohibit' })],
  ['a package', (rig) => Object.assign(rig.node(1).packages, { 'net-tools': false })],
])('%s makes another shape', (_what, change) => {
  const rig = solved();
  change(rig);
  expect(shapeOf(rig.snapshot)).not.toBe(shape);
});
