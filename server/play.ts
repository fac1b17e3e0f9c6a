import { randomUUID } from 'node:crypto';
import type { Lab, Step } from '../content/load.ts';
import { type CodeBlock, LIVE_VALUE } from '../content/schema.ts';
import type { Labd } from './labd/contract.ts';
import type { ExecResult } from './labd/nodes/driver.ts';

/** Blocks of a lesson are short work; the longest is the installation of packages. */
const BLOCK_LIMITS = { timeoutMs: 120_000, maxBytes: 1_048_576 };
/** The longest a stream may run beside the other blocks of its step. */
const STREAM_LIMITS = { timeoutMs: 300_000, maxBytes: 1_048_576 };
/** MAX_ARG_STRLEN (include/uapi/linux/binfmts.h) is 128 KiB; a lesson's script stays far below. */
const SCRIPT_MAX_CHARS = 60_000;
/**
 * Plays texts one after the other in one entry into the node, which costs more than most of them: each begins with a mark in
 * both outputs, and the first that fails is the last.
 */
const IN_TURN = String.raw`mark=$1; shift
for text; do
  printf '\n%s\n' "$mark"; printf '\n%s\n' "$mark" >&2
  bash -e -c "$text" || exit
done`;

/** What became of one block on one node. */
export interface Played {
  block: CodeBlock;
  node: string;
  result: ExecResult;
  /** The live value that it needs and that did not exist, so that nothing was run. */
  missing?: string;
}

/** Runs scripts and a text's own blocks as root on a session's nodes. */
export interface Player {
  /** Runs a script; `variables` are in its environment. A failing command does not end it, as at a prompt. */
  script(node: string, text: string, variables?: Record<string, string>): Promise<ExecResult>;
  /**
   * Plays blocks one after the other, on these nodes at once; a failing command is the last on its node. Answers the last
   * block that was begun on each. Live values are read once, before. `timeoutMs`: where there is less time.
   */
  blocks(blocks: CodeBlock[], nodes: string[], timeoutMs?: number): Promise<Played[]>;
  /** Plays the blocks of a step that the lab needs, in order; what goes on until it is interrupted runs beside them. */
  step(step: Step): Promise<Played[]>;
}

/** A player for one session. `values` reads the live values as they are now. */
export function createPlayer(options: {
  session: string;
  labd: Pick<Labd, 'exec'>;
  values(): Promise<Record<string, string | null>>;
}): Player {
  const { session, labd } = options;

  /** A block's text with the live values in it, or the one that does not exist. */
  async function fill(block: CodeBlock): Promise<{ text: string } | { missing: string }> {
    const keys = liveValuesIn(block);
    if (keys.length === 0) return { text: block.text };
    return fillIn(block.text, await options.values());
  }

  function unfilled(block: CodeBlock, missing: string, nodes: string[]): Played[] {
    return nodes.map((node) => ({ block, node, missing, result: { code: null, stdout: '', stderr: '' } }));
  }

  async function play(blocks: CodeBlock[], nodes: string[], timeoutMs = BLOCK_LIMITS.timeoutMs): Promise<Played[]> {
    const texts: string[] = [];
    for (const block of blocks) {
      const filled = await fill(block);
      if ('missing' in filled) return unfilled(block, filled.missing, nodes);
      texts.push(filled.text);
    }
    const limits = { ...BLOCK_LIMITS, timeoutMs: Math.min(timeoutMs, BLOCK_LIMITS.timeoutMs) };
    // No text can know it: what a block says is not taken for the beginning of the next one.
    const mark = randomUUID();
    const argv = ['bash', '-c', IN_TURN, 'play', mark, ...texts];
    return Promise.all(
      nodes.map(async (node) => {
        const { stdout, stderr, ...rest } = await labd.exec(session, node, argv, limits);
        const said = stdout.split(`\n${mark}\n`);
        const block = blocks[Math.max(0, said.length - 2)] as CodeBlock;
        const result = { ...rest, stdout: said.at(-1) ?? '', stderr: stderr.split(`\n${mark}\n`).at(-1) ?? '' };
        return { block, node, result };
      }),
    );
  }

  /** Starts a block that runs until it is interrupted; the answer interrupts it. */
  async function stream(block: CodeBlock, node: string): Promise<() => Promise<Played[]>> {
    const filled = await fill(block);
    if ('missing' in filled) return async () => unfilled(block, filled.missing, [node]);
    const pidFile = `/run/netloom-stream-${block.id}`;
    const wrapper = 'echo $$ > "$1"; exec bash -c "$2"';
    const argv = ['setsid', '--wait', 'bash', '-c', wrapper, 'stream', pidFile, filled.text];
    const running = labd.exec(session, node, argv, STREAM_LIMITS);
    return async () => {
      const interrupt = `kill -INT -- -"$(cat ${pidFile})"; rm -f ${pidFile}`;
      await labd.exec(session, node, ['bash', '-c', interrupt], BLOCK_LIMITS);
      return [{ block, node, result: await running }];
    };
  }

  return {
    async script(node, text, variables = {}) {
      if (text.length > SCRIPT_MAX_CHARS) throw new Error(`脚本太长：一段最多 ${SCRIPT_MAX_CHARS} 个字符`);
      const environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      return labd.exec(session, node, ['env', ...environment, 'bash', '-c', text], BLOCK_LIMITS);
    },
    blocks: play,
    async step(step) {
      const played: Played[] = [];
      const streams: (() => Promise<Played[]>)[] = [];
      for (const block of step.prose.blocks.filter(isNeeded)) {
        if (block.stream) for (const node of block.nodes) streams.push(await stream(block, node));
        else played.push(...(await play([block], block.nodes)));
      }
      for (const interrupt of streams) played.push(...(await interrupt()));
      return played;
    },
  };
}

/** Whether the lab cannot be finished without a block. */
export function isNeeded(block: CodeBlock): boolean {
  return block.kind === 'run' && !block.optional;
}

/** The live values that a block carries, by key. */
export function liveValuesIn(block: Pick<CodeBlock, 'text'>): string[] {
  return Array.from(block.text.matchAll(LIVE_VALUE), (match) => match[1] ?? '');
}

/** Commands with the live values in their places, or the one that does not exist. */
export function fillIn(text: string, values: Record<string, string | null>): { text: string } | { missing: string } {
  const missing = liveValuesIn({ text }).find((key) => !values[key]);
  if (missing !== undefined) return { missing };
  return { text: text.replaceAll(LIVE_VALUE, (_place, key: string) => values[key] ?? '') };
}

/** Whether a block did not run to its end. */
export function failed({ missing, result }: Played): boolean {
  return missing !== undefined || result.code !== 0;
}

/** What to say when a block that the lab needs did not run to its end; undefined when all did. */
export function failureOf(step: Step, played: Played[]): string | undefined {
  const stopped = played.find((each) => failed(each) && (each.missing !== undefined || !each.block.stream));
  if (!stopped) return undefined;
  const { block, node, result, missing } = stopped;
  const place = `${step.id}.mdx:${block.line}`;
  if (missing !== undefined) return `${place} 的代码块需要活数值 ${missing}，但它现在还不存在：\n${block.text}`;
  const how = result.stopped === 'timeout' ? '超时' : `退出码 ${result.code}`;
  return `${place} 的代码块在 ${node} 上没有成功（${how}）：\n${block.text}\n${result.stdout}${result.stderr}`.trimEnd();
}

/** The lab of an id among those that were read; an Error that names them all when there is none. */
export function labOf(labs: Lab[], id: string | undefined): Lab {
  const lab = labs.find((each) => each.id === id);
  if (!lab) throw new Error(`没有实验 ${id ?? '（未写明）'}；现有：${labs.map((each) => each.id).join('、')}`);
  return lab;
}
