import { statSync } from 'node:fs';
import type { NamespaceSnapshot, NodeSnapshot } from '../network/snapshot.ts';
import { readNamespace, type Spot } from './namespace.ts';
import type { NodeDriver, NodeSpec, SessionId, Vantage } from './nodes/driver.ts';
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

/** The namespaces of a session's nodes, held open by one process until it is closed. */
export interface View {
  nodes: NodeView[];
  close(): void;
}

/** Opens the view of nodes, and these files of each; throws when the runtime offers none, or a node does not run. */
export function openView(
  { driver, relays }: { driver: NodeDriver; relays: Relays },
  session: SessionId,
  nodes: NodeSpec[],
  files: string[] = [],
): View {
  const vantages: Vantage[] = [];
  const release = () => {
    for (const vantage of vantages) vantage.close();
  };
  const paths: string[] = [];
  /** Where the relay has a namespace, by inode: one with many names is entered once. */
  const places = new Map<number, number>();
  const placeOf = (path: string, inode: number) => {
    const place = places.get(inode) ?? paths.push(path) - 1;
    places.set(inode, place);
    return place;
  };
  try {
    const found = nodes.map(({ name }) => {
      const vantage = driver.vantage?.(session, name);
      if (!vantage) throw new Error(`the ${driver.kind} runtime offers no view of ${name} from outside`);
      vantages.push(vantage);
      const inode = statSync(vantage.own).ino;
      const own = { path: vantage.own, inode, place: placeOf(vantage.own, inode) };
      const named = vantage.named
        .slice(0, NAMESPACES_MAX)
        .map((entry) => ({ ...entry, place: placeOf(entry.path, entry.inode) }));
      return { name, own, named, root: vantage.root };
    });
    const relay = relays.open(
      paths,
      found.flatMap(({ root }) => files.map((path) => ({ root, path }))),
    );
    const spotted = <Found extends { place: number }>({ place, ...rest }: Found) => {
      const asked = relay.namespaces[place];
      if (!asked) throw new Error('the relay has fewer namespaces than it was given');
      return { ...rest, asked };
    };
    return {
      nodes: found.map(({ name, own, named }, index) => ({
        name,
        own: spotted(own),
        named: named.map(spotted),
        readFile: (path, ...how) => relay.readFile(index * files.length + files.indexOf(path), ...how),
      })),
      close() {
        relay.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
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
