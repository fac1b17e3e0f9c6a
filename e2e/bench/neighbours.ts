import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Access, openTerminal, type Terminal } from './client.ts';

/** How many neighbours flood. */
export const NEIGHBOURS = 4;
/** What a neighbour's screen parses, bytes per second. */
const PARSES = 3_000_000;
/** A line that floods. */
export const FLOOD = `yes "$(printf '%079d' 7)"\n`;

/** Neighbours that flood the same server, each into a screen of his own, until they are closed. */
export async function openNeighbours(access: Access): Promise<{ close(): Promise<void> }> {
  // Their screens work in another thread, as they would on other machines: not in the way of the one that is measured.
  const worker = new Worker(new URL(import.meta.url), { workerData: access });
  const [news] = await Promise.race([once(worker, 'message'), once(worker, 'exit')]);
  if (news !== 'flooding') throw new Error(`the neighbours could not flood: ${news}`);
  return {
    async close() {
      const exit = once(worker, 'exit');
      worker.postMessage('close');
      await exit;
    },
  };
}

async function flood(access: Access): Promise<void> {
  const terminals: Terminal[] = [];
  try {
    for (let learner = 1; learner <= NEIGHBOURS; learner += 1) {
      terminals.push(await openTerminal(access, { learner, node: 'node-1' }, PARSES));
    }
    for (const terminal of terminals) terminal.type(FLOOD);
    parentPort?.postMessage('flooding');
    if (parentPort) await once(parentPort, 'message');
  } finally {
    await Promise.allSettled(terminals.map((terminal) => terminal.close()));
    parentPort?.close();
  }
}

if (!isMainThread && parentPort) {
  await flood(workerData).catch((error) => parentPort?.postMessage(String(error)));
}
