import { describe, expect, test } from 'vitest';
import { solved } from '../../content/labs/overlay-vxlan/fixtures/solved.ts';
import { removalsOf } from './generate.ts';

const rig = solved();
const values = { 'node-1.vtep.mac': rig.mac(1), 'node-2.vtep.mac': rig.mac(2) };
const removals = removalsOf(rig.snapshot, values);
const on = (node: string) => removals.filter((removal) => removal.node === node).map(({ command }) => command);

describe('removals from the solved lab', () => {
  test.each([
    'ip addr del 172.17.0.0/32 dev vxlan100',
    'ip link set br0 down',
    'ip link set veth1 nomaster',
    'ip link del vxlan100',
    'ip route del 172.18.0.0/24 dev vxlan100',
    'ip neigh del 172.18.0.2 dev vxlan100',
    'sysctl net.ipv4.conf.all.forwarding=0',
    'ip netns del docker1',
    'ip netns exec docker1 ip route del default via 172.17.0.1 dev veth0',
    'ip netns exec docker1 ip link set veth0 down',
    'apt remove -y bridge-utils',
  ])('include %s', (command) => {
    expect(on('node-1')).toContain(command);
  });

  test('fit nodes that have other MACs', () => {
    expect(on('node-2')).toContain('bridge fdb del {{node-1.vtep.mac}} dev vxlan100 dst 192.168.245.168');
    expect(removals.filter(({ command }) => command.includes(rig.mac(1)))).toEqual([]);
  });

  test('leave alone what the kernel keeps by itself, and IPv6', () => {
    const commands = removals.map(({ command }) => command).join('\n');
    expect(commands).not.toMatch(/ dev lo\b|lo down|::|conf\.(default|lo)\.|224\.0/);
    expect(new Set(removals.map(({ node, command }) => node + command)).size).toBe(removals.length);
  });

  test('say what a verdict may call the thing', () => {
    const address = removals.find(({ command }) => command === 'ip addr del 172.18.0.1/24 dev br0');
    expect(address?.names).toEqual(['172.18.0.1']);
  });
});
