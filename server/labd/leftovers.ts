import type { Neighbour } from '../network/snapshot.ts';
import { inNamespace, observe } from './observe.ts';
import { readNeighbours } from './tables.ts';

/** A neighbour table is read in 4 ms; ms, bytes. */
const BOUNDS = { timeoutMs: 1000, maxBytes: 1024 * 1024 };
/** A lost ping leaves one or two entries per namespace; no more than this are removed. */
const REMOVED_MAX = 8;

/** The neighbour tables of some namespaces before a probe, by path. */
export type NeighboursBefore = Map<string, Neighbour[]>;

/** Reads the neighbour tables of namespaces, before a probe may add to them. */
export async function rememberNeighbours(paths: string[]): Promise<NeighboursBefore> {
  return new Map(await Promise.all(paths.map(async (path) => [path, await neighboursIn(path)] as const)));
}

/**
 * Removes the neighbour entries that a lost ping left unresolved and that were not there before: a FAILED entry would
 * make the learner's next `ip neighbor add` say «File exists».
 */
export async function removeLeftovers(before: NeighboursBefore): Promise<void> {
  await Promise.all(
    [...before].map(async ([path, known]) => {
      const left = (await neighboursIn(path)).filter(
        (entry) =>
          entry.state.some((state) => state === 'FAILED' || state === 'INCOMPLETE') &&
          !known.some(({ dst, dev }) => dst === entry.dst && dev === entry.dev),
      );
      for (const { dst, dev } of left.slice(0, REMOVED_MAX)) {
        // An entry that went by itself meanwhile is a non-zero exit, and just as well.
        await observe(inNamespace(path, ['ip', 'neigh', 'del', dst, 'dev', dev], 'net_admin'), BOUNDS);
      }
    }),
  );
}

async function neighboursIn(path: string): Promise<Neighbour[]> {
  const seen = await observe(inNamespace(path, ['ip', '-j', 'neigh', 'show', 'nud', 'all']), BOUNDS);
  return readNeighbours(seen.stdout.toString('utf8'));
}
