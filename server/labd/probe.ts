import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Link, NamespaceSnapshot } from '../network/snapshot.ts';
import type { Frame, ProbeRequest, ProbeTrace } from '../network/trace.ts';
import { filterFor } from './filter.ts';
import { rememberNeighbours, removeLeftovers } from './leftovers.ts';
import type { Spot } from './namespace.ts';
import type { NodeDriver, NodeSpec, SessionId } from './nodes/driver.ts';
import { ping } from './ping.ts';
import { createRelays, type Relays } from './relays.ts';
import { type Counted, startTally } from './tally.ts';
import { openTaps, type Place } from './tap.ts';
import { type NodeView, openView, readNode, type View } from './view.ts';

/** The interfaces of a node that are listened at: its card, its bridges and tunnels; a lab needs three. */
const LINKS_MAX = 8;
/** The most frames a trace carries: five pings at eight places, both ways, and their ARP. */
const FRAMES_MAX = 400;
/** How long after the last answer a frame may take to the last of the places, ms. */
const SETTLE_MS = 50;

/** Sends marked packets and watches them pass. */
export interface Probe {
  run(session: SessionId, nodes: NodeSpec[], request: ProbeRequest): Promise<ProbeTrace>;
}

/** Makes a probe for runtimes whose nodes the host can look at from outside. */
export function createProbe({ driver, relays = createRelays() }: { driver: NodeDriver; relays?: Relays }): Probe {
  return {
    async run(session, nodes, request) {
      const view = await openView({ driver, relays }, session, nodes);
      try {
        const from = origin(request, view);
        const spaces = await Promise.all(view.nodes.map(readNode));
        const wire = placesOnWire(driver, session);
        // Without a wire of the host's, the ends of the nodes' own stand for it: no less true than those nodes are.
        const stands = wire.length === 0;
        const places = nodes.flatMap((node, index) => placesIn(node, view.nodes[index], spaces[index]?.[0], stands));
        const counted = view.nodes.flatMap((node, index) => countedIn(node, spaces[index] ?? [], request));
        return await watch(request, from, { relays, places: [...places, ...wire], counted, view });
      } finally {
        view.close();
      }
    },
  };
}

async function watch(
  { to, count }: ProbeRequest,
  from: Spot,
  { relays, places, counted, view }: { relays: Relays; places: Place[]; counted: Counted[]; view: View },
): Promise<ProbeTrace> {
  const mark = randomBytes(8).toString('hex');
  const asked = view.nodes.flatMap(({ own, named }) => [own, ...named].map((spot) => spot.asked));
  const before = await rememberNeighbours([...new Set(asked)]);
  const taps = await openTaps(relays, places, filterFor(mark));
  try {
    const tally = await startTally(counted);
    const result = await ping(from, to, count, mark);
    await sleep(SETTLE_MS);
    const changes = await tally();
    const frames = await taps.frames();
    // Also when all is answered: a neighbour that nobody needed for the answer may have been asked for.
    await removeLeftovers(before);
    return { ...result, frames: frames.filter((frame) => belongs(frame, mark)).slice(0, FRAMES_MAX), changes };
  } finally {
    taps.close();
  }
}

/** The namespace a probe starts from, as the vantage verified it. */
function origin({ node, namespace }: ProbeRequest, { nodes }: View): Spot {
  const view = nodes.find(({ name }) => name === node);
  const spot = namespace === null ? view?.own : view?.named.find(({ name }) => name === namespace);
  if (!spot) throw new Error(`${node} has no namespace ${namespace ?? ''}`);
  return spot;
}

function placesIn(
  { name, nic, address }: NodeSpec,
  view: NodeView | undefined,
  namespace: NamespaceSnapshot | undefined,
  stands: boolean,
): Place[] {
  if (!view || !namespace) return [];
  const ip = address.split('/')[0];
  const card = (link: Link) => link.name === nic || link.addresses.some(({ local }) => local === ip);
  return (
    namespace.links
      .filter((link) => link.up && (link.kind === 'vxlan' || link.kind === 'bridge' || card(link)))
      // A learner's packets pass where the addresses are: those first, when there are more links than may be watched.
      .sort((a, b) => Number(card(b)) - Number(card(a)) || Number(hasIpv4(b)) - Number(hasIpv4(a)))
      .slice(0, LINKS_MAX)
      .map((link): Place => {
        const { machine, path } = view.own;
        const at = { node: name, namespace: null, link: link.name };
        return { machine, path, link: link.name, at, ...(stands && card(link) && { standsFor: { wire: name } }) };
      })
  );
}

function hasIpv4(link: Link): boolean {
  return link.addresses.some(({ family }) => family === 'inet');
}

/** The namespaces of a node in which the ping may count: its own, where it leaves from, and whoever has its address. */
function countedIn(view: NodeView, spaces: NamespaceSnapshot[], request: ProbeRequest): Counted[] {
  const ends = spaces.slice(1).flatMap((space): Counted[] => {
    const isFrom = view.name === request.node && space.name === request.namespace;
    const isTo = space.links.some(({ addresses }) => addresses.some(({ local }) => local === request.to));
    const spot = view.named.find(({ inode }) => inode === space.inode);
    return spot && (isFrom || isTo) ? [{ node: view.name, namespace: space.name, spot }] : [];
  });
  return [{ node: view.name, namespace: null, spot: view.own }, ...ends];
}

function placesOnWire(driver: NodeDriver, session: SessionId): Place[] {
  const wire = driver.wire?.(session);
  if (!wire) return [];
  return Object.entries(wire.ports).map(([node, link]) => ({ path: wire.path, link, at: { wire: node } }));
}

/** Whether a frame is of this probe: it bears the mark, or may tell why one that does went no further. */
function belongs(frame: Frame, mark: string): boolean {
  const packet = frame.inner ?? frame;
  const isError = packet.icmp !== undefined && packet.icmp.type !== 0 && packet.icmp.type !== 8;
  return frame.hex.includes(mark) || packet.arp !== undefined || isError;
}
