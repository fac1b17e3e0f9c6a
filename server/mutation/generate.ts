import { isLoopback } from '../network/namespace.ts';
import type { Link, NamespaceSnapshot, NetworkSnapshot, NodeSnapshot } from '../network/snapshot.ts';

/** A command that takes away one thing that the solved lab has, and what a verdict may call that thing. */
export interface Removal {
  node: string;
  command: string;
  names: string[];
}

/** Devices whose switches stand for others that are yet to come, or for none. */
const NO_DEVICES = ['default', 'lo'];

/**
 * For each thing that is there in the solved lab, the command that takes it away: addresses, links that are up, bridge
 * ports, routes, static neighbours, FDB entries, forwarding, namespaces, packages. Live values stand for themselves: the
 * commands fit other nodes too.
 */
export function removalsOf(snapshot: NetworkSnapshot, values: Record<string, string | null>): Removal[] {
  const removals = Object.values(snapshot.nodes).flatMap((node) => {
    const inside = node.namespaces.flatMap((namespace) => removalsIn(node, namespace));
    return [...inside, ...packageRemovals(node)];
  });
  const live = Object.entries(values).flatMap(([key, value]) => (value ? [[key, value] as const] : []));
  return removals.map((removal) => {
    const command = live.reduce((text, [key, value]) => text.replaceAll(value, `{{${key}}}`), removal.command);
    return { ...removal, command };
  });
}

function removalsIn({ name: node }: NodeSnapshot, namespace: NamespaceSnapshot): Removal[] {
  const prefix = namespace.name === null ? '' : `ip netns exec ${namespace.name} `;
  const remove = (command: string, ...names: string[]): Removal => ({ node, command: prefix + command, names });
  const links = namespace.links.filter((link) => !isLoopback(link));
  return [
    ...(namespace.name === null ? [] : [{ node, command: `ip netns del ${namespace.name}`, names: [namespace.name] }]),
    ...links.flatMap((link) => linkRemovals(link, remove)),
    ...namespace.routes
      .filter(({ type, table, dev, dst }) => type === 'unicast' && table === 'main' && dev && !dst.includes(':'))
      .map(({ dst, gateway, dev = '' }) =>
        remove(`ip route del ${dst} ${gateway ? `via ${gateway} ` : ''}dev ${dev}`, dst, gateway ?? dst),
      ),
    ...namespace.neighbours
      .filter(({ state }) => state.includes('PERMANENT'))
      .map(({ dst, dev }) => remove(`ip neigh del ${dst} dev ${dev}`, dst)),
    ...namespace.fdb.flatMap(({ mac, dev, dst }) =>
      dst === undefined ? [] : [remove(`bridge fdb del ${mac} dev ${dev} dst ${dst}`, dst)],
    ),
    ...Object.entries(namespace.forwarding)
      .filter(([dev, on]) => on && !NO_DEVICES.includes(dev))
      .map(([dev]) => remove(`sysctl net.ipv4.conf.${dev}.forwarding=0`, dev, '转发')),
  ];
}

function linkRemovals(link: Link, remove: (command: string, ...names: string[]) => Removal): Removal[] {
  const { name, up, master, kind, addresses } = link;
  const ipv4 = addresses.filter(({ family }) => family === 'inet');
  return [
    ...ipv4.map(({ local, prefix }) => remove(`ip addr del ${local}/${prefix} dev ${name}`, local)),
    ...(up ? [remove(`ip link set ${name} down`, name)] : []),
    ...(master === undefined ? [] : [remove(`ip link set ${name} nomaster`, name)]),
    // A node's own card has no kind that a learner made: a veth with an address is not taken away as a whole.
    ...(kind === 'bridge' || kind === 'vxlan' ? [remove(`ip link del ${name}`, name, kind)] : []),
  ];
}

function packageRemovals({ name: node, packages }: NodeSnapshot): Removal[] {
  const installed = Object.keys(packages).filter((name) => packages[name]);
  return installed.map((name) => ({ node, command: `apt remove -y ${name}`, names: [name] }));
}
