import type { NetworkSnapshot, NodeSnapshot } from '../network/snapshot.ts';
import type { Watch } from './contract.ts';
import { focus } from './focus.ts';
import type { NodeDriver, NodeSpec, SessionId } from './nodes/driver.ts';
import { headOf, readPackages } from './packages.ts';
import { createRelays, type Relays } from './relays.ts';
import { askRoute } from './route-answer.ts';
import { type NodeView, openView, readNode } from './view.ts';

/** dpkg's database; of a full Ubuntu server it is 1 MB. Bytes. */
const DPKG = '/var/lib/dpkg/status';
const DPKG_BYTES = 8 * 1024 * 1024;

/** Reads the network of a session's nodes as their kernel sees it. */
export interface SnapshotReader {
  read(session: SessionId, nodes: NodeSpec[], watch: Watch): Promise<NetworkSnapshot>;
}

/** Makes a reader that looks from outside: it asks the kernel in the network namespaces, and nothing in the node. */
export function createSnapshotReader({
  driver,
  relays = createRelays(),
  now = Date.now,
}: {
  driver: NodeDriver;
  relays?: Relays;
  now?: () => number;
}): SnapshotReader {
  return {
    async read(session, nodes, watch) {
      const takenAt = now();
      const started = performance.now();
      const view = await openView({ driver, relays }, session, nodes, watch.packages.length > 0 ? [DPKG] : []);
      try {
        const read = await Promise.all(view.nodes.map((node) => readAll(node, watch)));
        return {
          takenAt,
          tookMs: Math.round((performance.now() - started) * 10) / 10,
          nodes: Object.fromEntries(focus(read, watch).map((node) => [node.name, node])),
        };
      } finally {
        view.close();
      }
    },
  };
}

async function readAll(view: NodeView, { packages: names, flows }: Watch): Promise<NodeSnapshot> {
  const [namespaces, packages] = await Promise.all([readNode(view), readInstalled(view, names)]);
  const node: NodeSnapshot = { name: view.name, namespaces, routeAnswers: [], packages };
  const mine = flows.filter((flow) => flow.node === view.name);
  return { ...node, routeAnswers: await Promise.all(mine.map(({ from, to }) => askRoute(view, node, from, to))) };
}

async function readInstalled(view: NodeView, names: string[]): Promise<NodeSnapshot['packages']> {
  if (names.length === 0) return {};
  const stanzas = await view.readFile(DPKG, DPKG_BYTES, names.map(headOf));
  return readPackages(stanzas?.toString('latin1'), names);
}
