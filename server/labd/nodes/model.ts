import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildGuest } from '../guest/build.ts';
import { GUEST } from '../guest/system.ts';
import { saveMemory } from './monitor.ts';
import type { TopologyPlan } from './place.ts';
import { ask, makeKeys, partsOf, powerOn, reach, type Socketed, type Source, secrets } from './power.ts';
import { accelerator, kindOf } from './qemu.ts';

/** The session of the one machine that memory snapshots are taken of; nobody's, and removed at once. */
export const MODEL = 'modelmachine';
export const MODEL_NODE = 'node';
export const MODEL_TOPOLOGY: TopologyPlan = {
  netfilter: true,
  egress: [],
  nodes: [{ name: MODEL_NODE, hostname: 'node', nic: 'ens33', address: '127.0.0.2/8' }],
};

/** What learners and labd do most, once, so that it is in the memory that machines go on from. */
const WARM_UP = 'ip addr; ip link; bridge fdb; ping -c 1 -W 1 127.0.0.1; bash --login -c true; true';
const WARM_UP_LIMITS = { timeoutMs: 60_000, maxBytes: 2 ** 20 };

/** What all machines of an instance start from. */
export interface Model {
  /** Makes what is not there: the guest image, and its memory. `say` receives a line per stage, for people. */
  source(say?: (line: string) => void): Promise<Source>;
}

/** Makes a model of the current node image; `lend` gives a job the place for one machine, to one at a time. */
export function createModel(
  { image, mirror, log }: { image: string; mirror?: string | undefined; log: Log },
  lend: (job: (at: Socketed) => Promise<void>) => Promise<void>,
): Model {
  return {
    async source(say) {
      const guest = await buildGuest({ image, mirror, progress: say });
      const source: Source = { guest, accelerator: accelerator() };
      const state = join(guest.directory, `memory-${await kindOf(source.accelerator)}`);
      if (existsSync(state)) return { ...source, state };
      const save = async (at: Socketed) => {
        if (existsSync(state)) return; // Somebody else was first.
        say?.('虚拟机镜像：启动一台，把它的内存存下来');
        await saveModel(at, source, state);
      };
      // Without it machines boot, which takes longer.
      await lend(save).catch((err: unknown) => log.warn({ err }, 'no memory snapshot could be made'));
      return existsSync(state) ? { ...source, state } : source;
    },
  };
}

interface Log {
  warn(fields: object, message: string): void;
}

/**
 * Boots a machine that is nobody's, lets it do once what all of them will do, and saves its memory to a file that others go
 * on from. Nothing of its keys stays in it.
 */
async function saveModel(at: Socketed, source: Source, file: string): Promise<void> {
  const node = at.session.node(at.name);
  await powerOn(at, source, true);
  await makeKeys(node);
  const init = await ask(node, await secrets(node));
  const machine = reach(node);
  await machine.open();
  try {
    await machine.exec(['perl', GUEST.enter, 'bash', '-c', WARM_UP], WARM_UP_LIMITS);
    (await machine.vantage(init)).close();
  } finally {
    await machine.close();
  }
  await ask(node, [['rest'], ['forget', GUEST.hostKey], ['forget', GUEST.authorizedKeys]]);
  await saveMemory(partsOf(node).monitor, join(node.directory, 'memory'), file);
}
