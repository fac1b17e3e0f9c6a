import type { NodeName } from './snapshot.ts';

/** What the platform found in a node, and what it did about it. Nobody's fault: a loop is made in a moment. */
export interface Alarm {
  node: NodeName;
  /**
   * `storm`: packets that go round and round. `entries`: tables of the kernel with more entries than any lesson has. `memory`,
   * `processes`: the node has met its own limit; the kernel ended a program, or began none.
   */
  found: 'storm' | 'entries' | 'memory' | 'processes';
  /**
   * `cut`: these links were set down, and the node goes on. `halted`: everything in it was ended; it has to be reset. `noted`:
   * nothing.
   */
  did: 'cut' | 'halted' | 'noted';
  /** Names of the links that were set down, some of them, as the learner gave them. */
  links: string[];
  /** Unix ms. */
  at: number;
}
