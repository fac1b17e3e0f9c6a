import type { Lab } from '../content/load.ts';
import type { Labd } from './labd/contract.ts';
import { topologyOf } from './topology.ts';

/** Keeps labd told of what learners may ask for next, so that it stands ready. */
export interface Preparing {
  /** Tells it: labd may have forgotten, or a lab has other nodes now. */
  tell(): void;
}

/** Makes it; `count` sessions of each kind of nodes are to stand ready, however many labs use them. */
export function createPreparing(options: {
  labd: Pick<Labd, 'prepare'>;
  labs(): Pick<Lab, 'id' | 'file'>[];
  count: number;
  fault(error: unknown, what: string): void;
}): Preparing {
  const { labd, count } = options;
  return {
    tell() {
      // Labs with the same nodes share what stands ready.
      const kinds = new Map(
        options.labs().map((lab) => {
          const { lab: _, ...topology } = topologyOf(lab);
          return [JSON.stringify(topology), topology];
        }),
      );
      labd.prepare([...kinds.values()].map((topology) => ({ topology, count }))).catch((error) => {
        // It is told again when the connection is back.
        if (!(error instanceof Error) || error.message !== 'unavailable') options.fault(error, 'preparing nodes');
      });
    },
  };
}
