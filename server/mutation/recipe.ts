import { fillIn, liveValuesIn } from '../play.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { Leg } from '../travel.ts';

/** What need not be done a second time on the same nodes, and takes most of a travel's time. */
const INSTALLERS = ['apt', 'apt-get'];
/** Where programs of these names stand that do nothing. */
const STANDINS = '/dev/shm/netloom-standins';

/**
 * Plays the legs of a travel with fewer steps: blocks that follow each other go to a node as one script, to all nodes at
 * once. `again`: these nodes have been through it before. Throws an Error when a block fails.
 */
export async function playQuickly(
  rehearsal: Pick<Rehearsal, 'player' | 'values'>,
  legs: Leg[],
  again: boolean,
): Promise<void> {
  const waiting = new Map<string, string[]>();
  const flush = async () => {
    const scripts = [...waiting];
    waiting.clear();
    await Promise.all(scripts.map(([node, blocks]) => run(rehearsal, node, blocks, again)));
  };
  const played = legs.flatMap(({ step, blocks, nodes }) => blocks.map((block) => ({ step, block, nodes })));
  for (const { step, block, nodes } of played) {
    let { text } = block;
    if (liveValuesIn(block).length > 0) {
      await flush();
      const filled = fillIn(text, await rehearsal.values());
      if ('missing' in filled) throw new Error(`${step.id}.mdx:${block.line} 需要活数值 ${filled.missing}`);
      text = filled.text;
    }
    for (const node of nodes) waiting.set(node, [...(waiting.get(node) ?? []), text]);
  }
  await flush();
}

async function run({ player }: Pick<Rehearsal, 'player'>, node: string, blocks: string[], again: boolean) {
  const standIns = `
mkdir -p ${STANDINS}
for name in ${INSTALLERS.join(' ')}; do printf '#!/bin/sh\\n' > ${STANDINS}/$name; chmod +x ${STANDINS}/$name; done
export PATH=${STANDINS}:$PATH`;
  // Each block has a shell of its own, as when it is run by itself.
  const script = [again ? standIns : '', 'set -e', ...blocks.map((text) => `(\n${text}\n)`)].join('\n');
  const { code, stdout, stderr } = await player.script(node, script);
  if (code !== 0) throw new Error(`课文在 ${node} 上没有做成：${stdout}${stderr}`.trimEnd());
}
