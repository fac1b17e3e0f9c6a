import type { NodeName } from './snapshot.ts';

/** What the platform found in a node that would have harmed others, and what it did about it. Nobody's fault: a loop is made in a moment. */
export interface Alarm {
  node: NodeName;
  /** `storm`: packets that go round and round. `entries`: tables of the kernel with more entries than any lesson has. */
  found: 'storm' | 'entries';
  /** `cut`: these links were set down, and the node goes on. `halted`: everything in it was ended; it has to be reset. */
  did: 'cut' | 'halted';
  /** Names of the links that were set down, some of them, as the learner gave them. */
  links: string[];
  /** Unix ms. */
  at: number;
}
