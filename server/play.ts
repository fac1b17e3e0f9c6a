import type { Lab, Step } from '../content/load.ts';
import { type CodeBlock, LIVE_VALUE } from '../content/schema.ts';
import type { Labd } from './labd/contract.ts';
import type { ExecResult } from './labd/nodes/driver.ts';

/** A block of a lesson is short work; the longest is the installation of packages. */
const BLOCK_LIMITS = { timeoutMs: 120_000, maxBytes: 1_048_576 };
/** The longest a stream may run beside the other blocks of its step. */
const STREAM_LIMITS = { timeoutMs: 300_000, maxBytes: 1_048_576 };
/** MAX_ARG_STRLEN (include/uapi/linux/binfmts.h) is 128 KiB; a lesson's script stays far below. */
const SCRIPT_MAX_CHARS = 60_000;

/** What became of one block on one node. */
export interface Played {
  block: CodeBlock;
  node: string;
  result: ExecResult;
}

/** Runs scripts and a text's own blocks as root on a session's nodes. */
export interface Player {
  /** Runs a script; `variables` are in its environment. A failing command does not end it, as at a prompt. */
  script(node: string, text: string, variables?: Record<string, string>): Promise<ExecResult>;
  /** Plays the blocks of a step that the lab needs, in order, on their nodes; a failing command ends its block. */
  step(step: Step): Promise<Played[]>;
}

/** A player for one session. `values` reads the live values as they are now. */
export function createPlayer(options: {
  session: string;
  labd: Labd;
  values(): Promise<Record<string, string | null>>;
}): Player {
  const { session, labd } = options;

  async function filled(block: CodeBlock): Promise<string> {
    if (block.text.search(LIVE_VALUE) < 0) return block.text;
    const values = await options.values();
    return block.text.replaceAll(LIVE_VALUE, (_place, key: string) => {
      const value = values[key];
      if (!value) throw new Error(`代码块 ${block.id} 需要活数值 ${key}，但它现在还不存在`);
      return value;
    });
  }

  /** Starts a block that runs until it is interrupted; the answer interrupts it. */
  function stream(block: CodeBlock, node: string, text: string): () => Promise<Played> {
    const pidFile = `/run/netloom-stream-${block.id}`;
    const wrapper = 'echo $$ > "$1"; exec bash -c "$2"';
    const running = labd.exec(
      session,
      node,
      ['setsid', '--wait', 'bash', '-c', wrapper, 'stream', pidFile, text],
      STREAM_LIMITS,
    );
    return async () => {
      const interrupt = `kill -INT -- -"$(cat ${pidFile})"; rm -f ${pidFile}`;
      await labd.exec(session, node, ['bash', '-c', interrupt], BLOCK_LIMITS);
      return { block, node, result: await running };
    };
  }

  return {
    async script(node, text, variables = {}) {
      if (text.length > SCRIPT_MAX_CHARS) throw new Error(`脚本太长：一段最多 ${SCRIPT_MAX_CHARS} 个字符`);
      const environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
      return labd.exec(session, node, ['env', ...environment, 'bash', '-c', text], BLOCK_LIMITS);
    },
    async step(step) {
      const played: Played[] = [];
      const streams: (() => Promise<Played>)[] = [];
      for (const block of step.prose.blocks) {
        if (block.kind !== 'run' || block.optional) continue;
        const text = await filled(block);
        for (const node of block.nodes) {
          if (block.stream) streams.push(stream(block, node, text));
          else {
            const result = await labd.exec(session, node, ['bash', '-e', '-c', text], BLOCK_LIMITS);
            played.push({ block, node, result });
            if (result.code !== 0) break;
          }
        }
      }
      for (const interrupt of streams) played.push(await interrupt());
      return played;
    },
  };
}

/** What to say when a block that the lab needs did not run to its end; undefined when all did. */
export function failureOf(step: Step, played: Played[]): string | undefined {
  const failed = played.find(({ block, result }) => !block.stream && result.code !== 0);
  if (!failed) return undefined;
  const { block, node, result } = failed;
  const how = result.stopped === 'timeout' ? '超时' : `退出码 ${result.code}`;
  const place = `${step.id}.mdx:${block.line}`;
  return `${place} 的代码块在 ${node} 上没有成功（${how}）：\n${block.text}\n${result.stdout}${result.stderr}`.trimEnd();
}

/** The lab of an id among those that were read; an Error that names them all when there is none. */
export function labOf(labs: Lab[], id: string | undefined): Lab {
  const lab = labs.find((each) => each.id === id);
  if (!lab) throw new Error(`没有实验 ${id ?? '（未写明）'}；现有：${labs.map((each) => each.id).join('、')}`);
  return lab;
}
