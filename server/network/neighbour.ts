import type { NamespaceSnapshot, Neighbour, RouteAnswer } from './snapshot.ts';

/** NUD states in which the kernel sends to the recorded MAC without having to ask first. */
const USABLE = new Set(['PERMANENT', 'NOARP', 'REACHABLE', 'STALE', 'DELAY', 'PROBE']);

/** Whether an entry gives the kernel a MAC to send to. */
export function isUsable(entry: Neighbour): boolean {
  return entry.mac !== undefined && entry.state.some((state) => USABLE.has(state));
}

/** The address whose MAC is looked up to reach a destination: the gateway of its route, else the destination itself. */
export function nextHop(answer: RouteAnswer | undefined, destination: string): string {
  return answer?.result === 'unicast' && answer.gateway !== undefined ? answer.gateway : destination;
}

/** The neighbour entries of an address, on every interface. */
export function neighboursOf(namespace: NamespaceSnapshot, address: string): Neighbour[] {
  return namespace.neighbours.filter((entry) => entry.dst === address);
}

/** The neighbour entry of an address on one interface. */
export function neighbourOn(namespace: NamespaceSnapshot, address: string, dev: string): Neighbour | undefined {
  return namespace.neighbours.find((entry) => entry.dst === address && entry.dev === dev);
}
