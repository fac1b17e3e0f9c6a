import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildImage } from '../image/build.ts';
import { createContainerDriver } from './container.ts';
import type { NodeDriver, Topology } from './driver.ts';
import { type Place, placeOf } from './place.ts';
import { createVmDriver } from './vm.ts';

/** ms for a hook that may have to build the image first. */
export const BUILD_TIME = 600_000;
/** Bounds of a command in these tests. */
export const LIMITS = { timeoutMs: 15_000, maxBytes: 2 ** 20 };

/** A driver of an instance of its own, for tests; what they forget to remove, `close` removes. */
export interface Testbed {
  driver: NodeDriver;
  place: Place;
  directory: string;
  image: string;
  /** A name that no other test has. */
  newSession(): string;
  /** Runs a script on a node and returns what it says; throws when it fails. */
  run(session: string, node: 'node-1' | 'node-2', script: string): Promise<string>;
  /** A second driver over the same directory, as labd has it after it was killed. */
  reopen(): NodeDriver;
  close(): Promise<void>;
}

/** The same for emulated machines, which share two processors with other tests. */
export const SLOW_LIMITS = { ...LIMITS, timeoutMs: 60_000 };

const log = { info: () => {}, warn: () => {} };

/** Opens a testbed of containers; builds the image of NETLOOM_IMAGE, by default var/image, when it is not there. */
export async function openTestbed(): Promise<Testbed> {
  return openBed((directory, image) => createContainerDriver({ directory, image, log }));
}

/** The same of virtual machines; makes what they start from, when it is not there. */
export async function openVmTestbed(): Promise<Testbed> {
  const open = (directory: string, image: string) =>
    createVmDriver({ directory, image, log: { info: () => {}, warn: console.warn } });
  const bed = await openBed(open, SLOW_LIMITS);
  await open(bed.directory, bed.image).prepare(console.log);
  return bed;
}

async function openBed(open: (directory: string, image: string) => NodeDriver, limits = LIMITS): Promise<Testbed> {
  const directory = mkdtempSync(join(tmpdir(), 'netloom-nodes-'));
  const image = resolve(process.env.NETLOOM_IMAGE || 'var/image');
  await buildImage({ directory: image, progress: console.log });
  const reopen = () => open(directory, image);
  const driver = reopen();
  return {
    driver,
    reopen,
    place: placeOf(directory),
    directory,
    image,
    newSession: () => `t${randomBytes(6).toString('hex')}`,
    async run(session, node, script) {
      const { code, stdout, stderr } = await driver.exec(session, node, ['bash', '-ec', script], limits);
      if (code !== 0) throw new Error(`${script}\nended with ${code}: ${stdout}${stderr}`);
      return stdout;
    },
    async close() {
      for (const session of await driver.list()) await driver.destroy(session);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Two nodes whose addresses end as given. */
export function twoNodes(first = 168, second = 172, netfilter = false): Topology {
  const node = (index: number, last: number) => ({
    name: `node-${index}`,
    hostname: `node-${index}`,
    nic: 'ens33',
    address: `192.168.245.${last}/24`,
  });
  return { netfilter, nodes: [node(1, first), node(2, second)] };
}
