import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { NodeName } from '../../network/snapshot.ts';
import type { SessionId } from './driver.ts';
import type { Step } from './namespace.ts';
import { NAMESPACE_LIMITS } from './oci.ts';
import type { SessionPlace, SessionPlan } from './place.ts';
import { RANGE_SIZE } from './ranges.ts';

/** Options of the tmpfs that holds what a node writes: apt's lists and a capture fit; a full disk hurts nobody else. */
const DISK = 'size=64m,nr_inodes=16k,mode=700';
const SWITCH = 'switch';
/** A node speaks IPv4 only: IPv6 would fill captures and counters with packets nobody sent. */
export const NO_IPV6 = ['ipv6/conf/all/disable_ipv6=1', 'ipv6/conf/default/disable_ipv6=1'];
/**
 * Each session has its own range of ephemeral ports, 20,000 wide and beginning between 20,000 and 40,000: the outer source
 * port of VXLAN is drawn from it (udp_flow_src_port, include/net/udp.h), and the hash behind it is the same for everybody
 * on one kernel. So no learner can copy another's answer.
 */
const PORTS_FROM = 20_000;
const PORTS_WIDTH = 20_000;
const LOOPBACK = '127.0.0.1\tlocalhost';

/** The setting by which a session has ephemeral ports of its own. */
export function portRange(session: SessionId): string {
  const draw = createHash('sha256').update(`${session}/ports`).digest().readUInt32BE(0);
  // An even first and an odd last port: the kernel warns about equal parity (net/ipv4/sysctl_net_ipv4.c).
  const first = PORTS_FROM + 2 * (draw % (PORTS_WIDTH / 2));
  return `ipv4/ip_local_port_range=${first} ${first + PORTS_WIDTH - 1}`;
}

/** The switch port that leads to a node. */
export function portOf(plan: SessionPlan, name: NodeName): string {
  return `p${plan.nodes.findIndex((node) => node.name === name) + 1}`;
}

/** What a session's nodes share: their user namespace, the image in their ids, and the switch. */
export function sessionSteps(place: SessionPlace, plan: SessionPlan, image: string): Step[] {
  const base = String(plan.base);
  return [
    ['userns', base, base, String(RANGE_SIZE), place.userns, ...NAMESPACE_LIMITS],
    ['mkdir', place.lower, '0700', '0'],
    ['idmap', image, place.lower, place.userns],
    ...wireSteps(place),
    ['mkdir', join(place.directory, 'nodes'), '0711', '0'],
  ];
}

/** The host's own network namespace with the switch. */
export function wireSteps(place: SessionPlace): Step[] {
  return [
    ['netns', '-', place.wire],
    ['sysctl', place.wire, ...NO_IPV6],
    ['bridge', place.wire, SWITCH],
  ];
}

/** What joins a port that is there with the switch, as lines of `ip -batch`; it learns nothing, as a plugged cable's. */
export function joinLines(port: string): string {
  return `link set ${port} master ${SWITCH} up\nlink set ${port} type bridge_slave learning off\n`;
}

/** The address of a node's card: known in advance and the same after a reset, so that its neighbours stay right. */
export function macOf(session: SessionId, name: NodeName): string {
  const digest = createHash('sha256').update(`${session}/${name}`).digest('hex').slice(0, 10);
  return `02:${digest.match(/../g)?.join(':')}`;
}

/** The file by which the nodes of a session know each other's names. */
export function hostsOf(plan: SessionPlan): string {
  const nodes = plan.nodes.map(({ address, hostname }) => `${address.split('/')[0]}\t${hostname}`);
  return [LOOPBACK, ...nodes, ''].join('\n');
}

/** One node's own: an empty disk over the image, an empty network with the one card, its port on the switch. */
export function nodeSteps(session: SessionId, place: SessionPlace, plan: SessionPlan, name: NodeName): Step[] {
  const spec = plan.nodes.find((node) => node.name === name);
  if (!spec) throw new Error(`no such node: ${name}`);
  const node = place.node(name);
  const port = portOf(plan, name);
  const [address = '', length = ''] = spec.address.split('/');
  return [
    ['mkdir', node.directory, '0711', '0'],
    ['netns', place.userns, node.netns],
    ['sysctl', node.netns, ...NO_IPV6, portRange(session)],
    ...diskSteps({ ...node, lower: place.lower }, String(plan.base), { hosts: hostsOf(plan), hostname: spec.hostname }),
    // Two ports that flood are a perfect wire; a table that learns could be filled by a learner, in host memory.
    ['plug', place.wire, SWITCH, port, node.netns, spec.nic, macOf(session, name)],
    ['card', node.netns, spec.nic, address, length],
  ];
}

/** An empty disk over an image that is at `lower`, and what of the system differs from node to node. */
export function diskSteps(
  at: { lower: string; disk: string; root: string },
  owner: string,
  { hosts, hostname }: { hosts: string; hostname: string },
): Step[] {
  const upper = join(at.disk, 'upper');
  const work = join(at.disk, 'work');
  return [
    ['mkdir', at.disk, '0700', '0'],
    ['mount', 'tmpfs', at.disk, DISK],
    ['mkdir', upper, '0755', owner],
    ['mkdir', work, '0700', '0'],
    ['mkdir', join(upper, 'etc'), '0755', owner],
    ['write', join(upper, 'etc/hosts'), '0644', owner, hosts],
    ['write', join(upper, 'etc/hostname'), '0644', owner, `${hostname}\n`],
    ['mkdir', at.root, '0711', '0'],
    ['mount', 'overlay', at.root, `lowerdir=${at.lower},upperdir=${upper},workdir=${work}`],
  ];
}
