import type { NamespaceSnapshot, NodeSnapshot } from '../network/snapshot.ts';
import { readNamespace, type Spot } from './namespace.ts';
import type { Machine, NodeDriver, NodeSpec, SessionId, Vantage } from './nodes/driver.ts';
import type { FilePlace, Relay } from './relay.ts';
import type { Relays } from './relays.ts';

/** A node may make 64 namespaces (security.md §2); no more are read. */
const NAMESPACES_MAX = 64;

/** A network namespace that a name under the node's /run/netns leads to. */
export interface NamedSpot extends Spot {
  name: string;
  inode: number;
}

/** One node's network namespaces, held open to be asked. */
export interface NodeView {
  name: string;
  own: Spot & { inode: number };
  /** By name; a namespace that has several is here with each, and the node's own may be here, too. */
  named: NamedSpot[];
  /** Reads one of the files that the view was opened with, as Relay does. */
  readFile(path: string, maxBytes: number, heads: string[]): Promise<Buffer | null>;
}

/** The namespaces of a session's nodes, held open by one process per machine until it is closed. */
export interface View {
  nodes: NodeView[];
  close(): void;
}

/** What one relay is to open: of this host, or of one machine. */
interface Job {
  machine: Machine | undefined;
  paths: string[];
  files: FilePlace[];
  /** Where the relay has a namespace, by inode: one with many names is entered once. */
  places: Map<number, number>;
}

/** Opens the view of nodes, and these files of each; rejects when the runtime offers none, or a node does not run. */
export async function openView(
  { driver, relays }: { driver: NodeDriver; relays: Relays },
  session: SessionId,
  nodes: NodeSpec[],
  files: string[] = [],
): Promise<View> {
  const vantages: Vantage[] = [];
  const opened = new Map<Job, Relay>();
  const close = () => {
    for (const relay of opened.values()) relay.close();
    for (const vantage of vantages) vantage.close();
  };
  try {
    // All of them, before anybody is told that one is missing: the others hold something open.
    const offers = await Promise.allSettled(nodes.map(async ({ name }) => driver.vantage?.(session, name)));
    for (const offer of offers) if (offer.status === 'fulfilled' && offer.value) vantages.push(offer.value);
    const jobs: Job[] = [];
    const found = nodes.map(({ name }, index) => {
      const offer = offers[index];
      if (offer?.status === 'rejected') throw offer.reason;
      const vantage = offer?.value;
      if (!vantage) throw new Error(`the ${driver.kind} runtime offers no view of ${name} from outside`);
      const job = jobOn(jobs, vantage.machine);
      const firstFile = job.files.length;
      job.files.push(...files.map((path) => ({ root: vantage.root, path })));
      const own = spotIn(job, vantage.own, vantage.inode);
      const named = vantage.named
        .slice(0, NAMESPACES_MAX)
        .map((entry) => ({ ...entry, ...spotIn(job, entry.path, entry.inode) }));
      return { name, job, firstFile, own: { ...own, inode: vantage.inode }, named };
    });
    for (const job of jobs) opened.set(job, relays.open({ paths: job.paths, files: job.files }, job.machine));
    const relayOf = (job: Job): Relay => {
      const relay = opened.get(job);
      if (!relay) throw new Error('a relay was not opened');
      return relay;
    };
    const spotted = <Found extends { place: number }>({ place, ...rest }: Found, job: Job) => {
      const asked = relayOf(job).namespaces[place];
      if (!asked) throw new Error('the relay has fewer namespaces than it was given');
      return { ...rest, asked };
    };
    return {
      nodes: found.map(({ name, job, firstFile, own, named }) => ({
        name,
        own: spotted(own, job),
        named: named.map((entry) => spotted(entry, job)),
        readFile: (path, ...how) => relayOf(job).readFile(firstFile + files.indexOf(path), ...how),
      })),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function jobOn(jobs: Job[], machine: Machine | undefined): Job {
  const known = jobs.find((job) => job.machine === machine);
  if (known) return known;
  const job: Job = { machine, paths: [], files: [], places: new Map() };
  jobs.push(job);
  return job;
}

function spotIn({ machine, paths, places }: Job, path: string, inode: number) {
  const place = places.get(inode) ?? paths.push(path) - 1;
  places.set(inode, place);
  return { path, place, machine };
}

/** Reads a node: its own namespace first. One that has several names is read once, and says so. */
export async function readNode({ name, own, named }: NodeView): Promise<NodeSnapshot['namespaces']> {
  const aliased = (namespace: NamespaceSnapshot) => {
    const aliases = named
      .filter((entry) => entry.inode === namespace.inode && entry.name !== namespace.name)
      .map((entry) => entry.name);
    return aliases.length > 0 ? { ...namespace, aliases } : namespace;
  };
  const first = new Map(named.map((entry) => [entry.inode, entry] as const).reverse());
  first.delete(own.inode);
  const inOrder = named.filter((entry) => first.get(entry.inode) === entry);
  const [mine, ...others] = await Promise.all([
    readNamespace(own, null, own.inode),
    ...inOrder.map((entry) => readNamespace(entry, entry.name, entry.inode)),
  ]);
  if (!mine) throw new Error(`the network of ${name} could not be read`);
  // A named namespace that could not be entered may have been deleted meanwhile: it is as if it were not there.
  return [aliased(mine), ...others.flatMap((namespace) => (namespace ? [aliased(namespace)] : []))];
}
