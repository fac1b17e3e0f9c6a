import { stat } from 'node:fs/promises';
import type { NamespaceSnapshot, NetworkSnapshot, NodeSnapshot } from '../network/snapshot.ts';
import type { Watch } from './contract.ts';
import { focus } from './focus.ts';
import { readNamespace } from './namespace.ts';
import type { NodeDriver, NodeSpec, SessionId, Vantage } from './nodes/driver.ts';
import { readPackages } from './packages.ts';
import { askRoute } from './route-answer.ts';

/** A node may make 64 namespaces (security.md §2); no more are read. */
const NAMESPACES_MAX = 64;
/** Named namespaces that are read at a time: a lab has one or two, and more processes only wait for each other. */
const READERS = 4;
/** dpkg's database of a full Ubuntu server is 1 MB; bytes. */
const DPKG_BYTES = 8 * 1024 * 1024;

/** Reads the network of a session's nodes as their kernel sees it. */
export interface SnapshotReader {
  read(session: SessionId, nodes: NodeSpec[], watch: Watch): Promise<NetworkSnapshot>;
}

/** Makes a reader that looks from outside: the host's programs, only the network namespace, without rights. */
export function createSnapshotReader({
  driver,
  now = Date.now,
}: {
  driver: NodeDriver;
  now?: () => number;
}): SnapshotReader {
  return {
    async read(session, nodes, watch) {
      const takenAt = now();
      const started = performance.now();
      const read = await Promise.all(nodes.map((node) => readNode(driver, session, node.name, watch)));
      return {
        takenAt,
        tookMs: Math.round((performance.now() - started) * 10) / 10,
        nodes: Object.fromEntries(focus(read, watch).map((node) => [node.name, node])),
      };
    },
  };
}

async function readNode(driver: NodeDriver, session: SessionId, name: string, watch: Watch): Promise<NodeSnapshot> {
  const vantage = driver.vantage?.(session, name);
  if (!vantage) throw new Error(`the ${driver.kind} runtime offers no view of ${name} from outside`);
  try {
    const [namespaces, packages] = await Promise.all([
      readNamespaces(vantage, name),
      readInstalled(driver, session, name, watch.packages),
    ]);
    const node: NodeSnapshot = { name, namespaces, routeAnswers: [], packages };
    const flows = watch.flows.filter((flow) => flow.node === name);
    const asked = flows.map((flow) => askRoute(vantage, node, flow.from, flow.to));
    return { ...node, routeAnswers: await Promise.all(asked) };
  } finally {
    vantage.close();
  }
}

/** The node's own namespace first. One that has several names is read once, and says so. */
async function readNamespaces(vantage: Vantage, node: string): Promise<NodeSnapshot['namespaces']> {
  const ownInode = (await stat(vantage.own)).ino;
  const named = vantage.named.slice(0, NAMESPACES_MAX);
  const first = new Map(named.map((entry) => [entry.inode, entry] as const).reverse());
  first.delete(ownInode);
  const aliased = (namespace: NamespaceSnapshot) => {
    const aliases = named
      .filter((entry) => entry.inode === namespace.inode && entry.name !== namespace.name)
      .map((entry) => entry.name);
    return aliases.length > 0 ? { ...namespace, aliases } : namespace;
  };
  const queue = [...first.values()];
  const others: (NamespaceSnapshot | null)[] = [];
  const readOn = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      others[named.indexOf(entry)] = await readNamespace(entry.path, entry.name, entry.inode);
    }
  };
  const [own] = await Promise.all([
    readNamespace(vantage.own, null, ownInode),
    ...Array.from({ length: READERS }, readOn),
  ]);
  if (!own) throw new Error(`the network of ${node} could not be read within bounds`);
  // A named namespace that could not be read may have been deleted meanwhile: it is as if it were not there.
  return [aliased(own), ...Object.values(others).flatMap((namespace) => (namespace ? [aliased(namespace)] : []))];
}

async function readInstalled(driver: NodeDriver, session: SessionId, node: string, names: string[]) {
  if (names.length === 0) return {};
  const status = await driver.readFile?.(session, node, '/var/lib/dpkg/status', DPKG_BYTES);
  return readPackages(status?.toString('latin1') ?? '', names);
}
