import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NodeName } from '../network/snapshot.ts';
import type { Burden, SessionId } from './nodes/driver.ts';
import { end, startFed } from './observe.ts';

const SCRIPT = join(import.meta.dirname, 'sentry.pl');
/** ms. A look takes half a second, and several times that while a storm takes both processors. */
const LOOK_MS = 15_000;
/** Lines of one look: 80 links of each of 2000 nodes. Past it the rest is not heard. */
const LINES_MAX = 200_000;
/** Bytes of what the script complains about. */
const SAID_MAX = 2_000;

/** A node that may burden the host. */
export interface Suspect {
  session: SessionId;
  node: NodeName;
  burden: Burden;
}

/** A link that many packets pass, per second. */
export interface BusyLink {
  /** Of its network namespace. */
  inode: number;
  index: number;
  name: string;
  rate: number;
}

/** What a look found in a node. Rates are packets per second. */
export interface Traffic {
  /** Received on all its links together. */
  packets: number;
  links: BusyLink[];
  /** Tables of the kernel that are long: entries by kind, of all its namespaces. */
  entries: Record<string, number>;
}

/** A look through nodes, of which more can be asked until it is closed. */
export interface Sentry {
  /** What is in each node, in the order of the suspects; `thorough` also where namespaces are hidden. Takes half a second. */
  look(mode: 'usual' | 'thorough'): Promise<Traffic[]>;
  /** Sets links down in a node, by its number; resolves when they are. */
  cut(number: number, links: BusyLink[]): Promise<void>;
  close(): void;
}

/** Begins to look through these nodes. */
export function openSentry(suspects: Suspect[]): Sentry {
  const child = startFed(['perl', SCRIPT]);
  let said = '';
  let waiting: { resolve(): void; reject(error: Error): void } | undefined;
  let traffic: Traffic[] = [];
  let lines = 0;

  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  child.on('error', fail);
  child.on('close', (code) => fail(new Error(`the sentry ended with ${code}: ${said}`)));
  // It ended: `close` tells.
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < SAID_MAX) said += chunk.toString('latin1');
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines += 1;
    if (line === 'done') {
      waiting?.resolve();
      waiting = undefined;
    } else if (lines < LINES_MAX) note(traffic, line.split('\t'));
  });
  const tell = (...fields: (string | number)[]) => child.stdin.write(`${fields.join('\t')}\n`);
  for (const [number, { burden }] of suspects.entries()) tell('node', number, burden.netns, burden.pids().join(','));

  async function ask(...fields: (string | number)[]): Promise<void> {
    const timer = setTimeout(() => end(child), LOOK_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        waiting = { resolve, reject };
        if (child.exitCode !== null) fail(new Error(`the sentry ended with ${child.exitCode}: ${said}`));
        else tell(...fields);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async look(mode) {
      traffic = suspects.map(() => ({ packets: 0, links: [], entries: {} }));
      lines = 0;
      await ask('look', mode);
      return traffic;
    },
    cut: (number, links) => ask('down', number, ...links.flatMap(({ inode, index }) => [inode, index])),
    close: () => end(child),
  };
}

function note(traffic: Traffic[], [what, number, ...fields]: string[]): void {
  const node = traffic[Number(number)];
  if (!node) return;
  const [first = '', second = '', third = '', fourth = ''] = fields;
  if (what === 'packets') node.packets = Number(first);
  else if (what === 'entries') node.entries[first] = Number(second);
  else if (what === 'link') {
    // A learner chose the name: bytes of any kind but for "/" and white space.
    const name = Buffer.from(fourth, 'hex').toString('utf8').replace(/\p{C}/gu, '?');
    node.links.push({ inode: Number(first), index: Number(second), rate: Number(third), name });
  }
}
