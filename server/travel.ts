import type { LiveValue } from '../content/check.ts';
import type { Lab, Step } from '../content/load.ts';
import type { CodeBlock } from '../content/schema.ts';
import { failed, isNeeded, liveValuesIn, type Played, type Player } from './play.ts';
import type { Playing, Stopped } from './protocol.ts';

/** All blocks of a travel together: what is not done by then hangs, and the learner waits. */
const TRAVEL_MS = 180_000;
/** What a call to labd takes at once is bounded; so many blocks of one node in a row are rare. */
const BLOCKS_PER_LEG = 16;
/** What is shown of a block that stopped a travel, and of the end of what it said, characters. */
const TEXT_MAX_CHARS = 2_000;
const OUTPUT_MAX_CHARS = 1_500;

/** Where nodes are to be brought: to the start of a step, by its number; one of them, or all. */
export interface Destination {
  step: number;
  node?: string;
}

/** Blocks of one step that are played one after the other, and on which nodes. */
export interface Leg {
  step: Step;
  blocks: CodeBlock[];
  nodes: string[];
}

/**
 * The blocks that bring fresh nodes to the start of a step: those of the steps before it without which the lab cannot be
 * finished and which change something. Where one node alone is made anew, the others play again what they were told of
 * it: its live values are new.
 */
export function legsTo(lab: Lab, values: Record<string, LiveValue>, { step: to, node: fresh }: Destination): Leg[] {
  const isOnTheWay = (block: CodeBlock) => isNeeded(block) && !block.stream && !block.look;
  const legs: Leg[] = [];
  for (const step of lab.steps.filter((each) => each.number < to)) {
    for (const block of step.prose.blocks.filter(isOnTheWay)) {
      const keys = liveValuesIn(block);
      const tellsOfIt = keys.some((key) => values[key]?.node === fresh);
      const nodes = block.nodes.filter((each) => !fresh || each === fresh || tellsOfIt);
      const last = legs.at(-1);
      // Live values are read as the block before it has left them.
      const goesWith = keys.length === 0 && last?.step === step && last.nodes.join() === nodes.join();
      if (last && goesWith && last.blocks.length < BLOCKS_PER_LEG) last.blocks.push(block);
      else if (nodes.length > 0) legs.push({ step, blocks: [block], nodes });
    }
  }
  return legs;
}

function countBlocks(legs: Leg[], step: Step): number {
  return legs.filter((leg) => leg.step === step).reduce((sum, leg) => sum + leg.blocks.length, 0);
}

/** Plays the legs in order, each on all its nodes at once. What stopped it before the end, or undefined. */
export async function travel(options: {
  legs: Leg[];
  player: Player;
  /** Hears, at the beginning of each leg, which step is played where, and how many of its blocks are done. */
  playing(at: Playing): void;
  fault(error: unknown, what: string): void;
  now?(): number;
}): Promise<Stopped | undefined> {
  const { legs, player, now = () => performance.now() } = options;
  const end = now() + TRAVEL_MS;
  for (const [index, { step, blocks, nodes }] of legs.entries()) {
    const done = countBlocks(legs.slice(0, index), step);
    options.playing({ step: step.number, nodes, done, total: countBlocks(legs, step) });
    const left = end - now();
    if (left < 1) return stoppedAt(step, { block: blocks[0], node: nodes[0] }, { why: 'timeout' });
    try {
      const wrong = (await player.blocks(blocks, nodes, Math.ceil(left))).find(failed);
      if (wrong) return stoppedAt(step, wrong, reasonOf(wrong), wrong.result.stdout + wrong.result.stderr);
    } catch (error) {
      // A block cannot throw: labd, or the way to it, is in trouble.
      options.fault(error, `playing ${step.id} ${blocks[0]?.id}`);
      return stoppedAt(step, { block: blocks[0], node: nodes[0] }, { why: 'unavailable' });
    }
  }
}

/** What to say on a command line of what stopped a travel. */
export function stoppedWords({ step, node, why, code, value, text, output }: Stopped): string {
  const how = { timeout: '超时', output: '输出太多', killed: '被终止', unavailable: '没能执行' };
  const reason = why === 'exit' ? `退出码 ${code}` : why === 'value' ? `活数值 ${value} 还不存在` : how[why];
  return `第 ${step} 步的代码块在 ${node} 上没有成功（${reason}）：\n${text}\n${output}`.trimEnd();
}

type Reason = Pick<Stopped, 'why' | 'code' | 'value'>;

function reasonOf({ missing, result: { code, stopped } }: Played): Reason {
  if (missing !== undefined) return { why: 'value', value: missing };
  if (stopped !== undefined) return { why: stopped };
  return code === null ? { why: 'killed' } : { why: 'exit', code };
}

function stoppedAt(step: Step, at: Partial<Pick<Played, 'block' | 'node'>>, reason: Reason, output = ''): Stopped {
  return {
    step: step.number,
    node: at.node ?? '',
    ...reason,
    text: at.block?.text.slice(0, TEXT_MAX_CHARS) ?? '',
    output: plain(output).slice(-OUTPUT_MAX_CHARS),
  };
}

/** What a program said, without what only a terminal understands. */
function plain(output: string): string {
  return output
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/\r(?!\n)[^\n]*/g, '')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
}
