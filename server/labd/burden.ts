import type { NodeName } from '../network/snapshot.ts';
import type { SessionId } from './nodes/driver.ts';
import type { BusyLink, Traffic } from './sentry.ts';

/** Packets per second of a session below which nothing is a storm. */
const STORM_PACKETS = 20_000;
/**
 * Processor time, µs, that a session's control groups are charged for each of its packets: what a program sends costs it
 * about 5 (`ping -f`, a flood of UDP; TCP 45), what goes round by itself costs it nothing (measured on two cores, Linux 6.18).
 */
const PAID_US = 0.25;
/** So many packets per second no quota pays for, whatever else the node computes meanwhile. */
const UNPAYABLE_PACKETS = 800_000;
/** A link takes part in a storm if it has this share of the busiest link's packets. */
const SHARE = 0.1;
/**
 * Entries of a table beyond any lesson; each is 100 to 1000 bytes of kernel memory that no control group accounts. Of a link
 * it is 15 KB, and every other node's changes wait while it is made or removed.
 */
const ENTRIES_MAX: Record<string, number> = { connections: 16_384, links: 512 };
const ENTRIES_MAX_OTHERS = 4_096;

/** A node as it was seen: its traffic, and the µs of processor time per second its control group was charged. */
export interface NodeState extends Traffic {
  session: SessionId;
  node: NodeName;
  nic: string;
  /** Its number among those looked at. */
  number: number;
  cpu: number;
}

/** A node that burdens everybody. */
export interface Verdict {
  session: SessionId;
  node: NodeName;
  number: number;
  found: 'storm' | 'entries';
  /** The links that carry the storm. */
  links: BusyLink[];
  /** Packets per second. */
  rate: number;
  entries: Record<string, number>;
}

/** Which nodes burden everybody. Of a session with a storm, the one where it is: its other nodes may only hear it. */
export function verdictOn(states: NodeState[]): Verdict[] {
  const bySession = Map.groupBy(states, ({ session }) => session);
  return [...bySession.values()].flatMap((nodes) => [...full(nodes), ...stormy(nodes)]);
}

function full(nodes: NodeState[]): Verdict[] {
  return nodes.flatMap((state) => {
    const long = Object.entries(state.entries).filter(
      ([kind, count]) => count > (ENTRIES_MAX[kind] ?? ENTRIES_MAX_OTHERS),
    );
    if (long.length === 0) return [];
    const { session, node, number, packets, entries } = state;
    return [{ session, node, number, found: 'entries' as const, links: [], rate: packets, entries }];
  });
}

function stormy(nodes: NodeState[]): Verdict[] {
  // Together: what one node sends and pays for, another receives for nothing.
  const packets = nodes.reduce((sum, state) => sum + state.packets, 0);
  const cpu = nodes.reduce((sum, state) => sum + state.cpu, 0);
  if (packets < STORM_PACKETS) return [];
  if (cpu / packets >= PAID_US && packets < UNPAYABLE_PACKETS) return [];
  const busiest = nodes.map((state) => ({ state, links: carrying(state) })).sort((a, b) => weight(b) - weight(a));
  const [worst] = busiest;
  if (!worst || worst.links.length === 0) return [];
  const { session, node, number, entries } = worst.state;
  return [{ session, node, number, found: 'storm', links: worst.links, rate: worst.state.packets, entries }];
}

/** The links that carry a node's storm; its card to the wire only where there is no other. */
function carrying({ links, nic }: NodeState): BusyLink[] {
  const top = Math.max(0, ...links.map(({ rate }) => rate));
  const busy = links.filter(({ rate }) => rate >= top * SHARE);
  const inner = busy.filter(({ name }) => name !== nic);
  return inner.length > 0 ? inner : busy;
}

/** How much goes on in the node itself; what reaches only its card comes from another. */
function weight({ state, links }: { state: NodeState; links: BusyLink[] }): number {
  return links.reduce((sum, { name, rate }) => sum + (name === state.nic ? 0 : rate), 0);
}
