import { expect, test } from 'vitest';
import { changedSwitches, difference, stateOf } from './state.ts';

/** What a node with one veth and a tunnel to it says, made once with these numbers and MACs. */
function reading({ index = 3, mac = '02:00:00:00:00:01', peer = '02:00:00:00:00:02', forwarding = 1, up = true } = {}) {
  const flags = up ? ['UP', 'LOWER_UP'] : [];
  const addr_info = [{ family: 'inet6', local: `fe80::${index}` }];
  const links = [{ ifindex: index, ifname: 'vx', address: mac, operstate: 'UP', flags, addr_info }];
  const fdb = [
    { mac: peer, ifname: 'vx', dst: '10.0.0.2' },
    { mac, ifname: 'br0' },
  ];
  const routes = [
    { dst: `fe80::${index}`, dev: 'vx' },
    { dst: '10.0.0.0/24', dev: 'vx', flags: up ? [] : ['linkdown'] },
  ];
  const parts = { links, routes, fdb };
  const text = Object.entries(parts).map(([key, value]) => `@${key} own\n${JSON.stringify(value)}\n`);
  return `${text.join('\n')}@switches own\n/proc/sys/net/ipv4/conf/all/forwarding:${forwarding}\n`;
}
const both = (one: string, two: string) => stateOf({ 'node-1': one, 'node-2': two });
const first = both(reading(), reading({ mac: '02:00:00:00:00:02', peer: '02:00:00:00:00:01' }));

test('the same thing made anew is the same, with other indices and MACs', () => {
  const [a, b] = ['0a:00:00:00:00:0a', '0a:00:00:00:00:0b'];
  const again = both(reading({ index: 9, mac: a, peer: b }), reading({ index: 8, mac: b, peer: a }));
  expect(difference(first, again)).toEqual([]);
});

test("another node's MAC in a table is another state", () => {
  const wrong = both(
    reading({ peer: '02:00:00:00:00:01' }),
    reading({ mac: '02:00:00:00:00:02', peer: '02:00:00:00:00:01' }),
  );
  expect(difference(first, wrong).join('\n')).toMatch(
    /node-1 fdb own - .*<node-2 links own vx>[\s\S]*\+ .*<node-1 links own vx>/,
  );
});

test('a link that is down, a switch that is off, a part that is missing differ', () => {
  const two = reading({ mac: '02:00:00:00:00:02', peer: '02:00:00:00:00:01' });
  expect(difference(first, both(reading({ up: false }), two)).length).toBe(2);
  const off = both(reading({ forwarding: 0 }), two);
  expect(difference(first, off)).toContain('node-1 switches own + /proc/sys/net/ipv4/conf/all/forwarding:0');
  expect(changedSwitches('node-1', first, off)).toEqual(['/proc/sys/net/ipv4/conf/all/forwarding:1']);
  expect(difference(first, both('', two)).length).toBeGreaterThan(3);
});

test('output that is no JSON is compared as it is', () => {
  expect(difference(both('@links own\n[oops', ''), both('@links own\n[oops', ''))).toEqual([]);
  expect(difference(both('@links own\n[oops', ''), both('@links own\n[other', '')).length).toBe(2);
});
