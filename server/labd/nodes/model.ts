import { join } from 'node:path';
import { GUEST } from '../guest/system.ts';
import { saveMemory } from './monitor.ts';
import { ask, makeKeys, powerOn, reach, type Socketed, type Source, secrets } from './power.ts';

/** What learners and labd do most, once, so that it is in the memory that machines go on from. */
const WARM_UP = 'ip addr; ip link; bridge fdb; ping -c 1 -W 1 127.0.0.1; bash --login -c true; true';
const WARM_UP_LIMITS = { timeoutMs: 60_000, maxBytes: 2 ** 20 };

/**
 * Boots a machine that is nobody's, lets it do once what all of them will do, and saves its memory to a file that others go
 * on from. Nothing of its keys stays in it.
 */
export async function saveModel(at: Socketed, source: Source, file: string): Promise<void> {
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
  await saveMemory(join(node.directory, 'monitor'), join(node.directory, 'memory'), file);
}
