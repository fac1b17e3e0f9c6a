import type { CodeBlock } from './schema.ts';
import { LIVE_VALUE, nodeName } from './schema.ts';
import { allowedWords, nearest } from './suggestion.ts';

/** The language of a block that is run; its other words say where and how. */
const RUN = 'bash';
/** The language of a block that shows what to expect. */
const OUTPUT = 'output';
const FLAGS = ['stream', 'optional', 'look'] as const;
type Flag = (typeof FLAGS)[number];
/** Something in double braces that was surely meant as a live value; `{{.Name}}` of docker and Go is left alone. */
const BRACED = /\{\{\s*([\w-][\w.-]*)\s*\}\}/g;

/** What a block's fence says, and what is wrong with it: `at` is the index in the words, or in the text. */
export interface BlockReading {
  block: Omit<CodeBlock, 'id' | 'line'>;
  language: string;
  liveValues: string[];
  complaints: { in: 'fence' | 'text'; at: number; message: string }[];
}

/** Reads a code block by its info string (```` ```bash node-1 stream ````). `nodes`: the lab's, if they are known. */
export function readBlock(fence: string, text: string, nodes?: readonly string[]): BlockReading {
  const words = [...fence.matchAll(/\S+/g)].map((match) => ({ word: match[0], at: match.index }));
  const language = words.shift()?.word ?? '';
  const kind = language === RUN ? 'run' : language === OUTPUT ? 'output' : 'plain';
  const block: BlockReading['block'] = { kind, nodes: [], text, stream: false, optional: false, look: false };
  const complaints: BlockReading['complaints'] = [];
  const complain = (at: number, message: string) => complaints.push({ in: 'fence', at, message });
  const flags: readonly string[] = kind === 'run' ? FLAGS : [];

  for (const { word, at } of words) {
    if (kind === 'plain') {
      complain(at, `代码块的第一个词是 ${language}，只供阅读，后面不能再写 ${word}：要让人运行，写成 bash 节点名`);
    } else if (isFlag(word)) {
      if (kind === 'output') complain(at, `output 块不能运行，不能写 ${word}`);
      else if (block[word]) complain(at, `${word} 写了两次`);
      block[word] = kind === 'run';
    } else if (!isNode(word, nodes, flags)) {
      const allowed = [...(nodes ?? []), ...flags];
      complain(at, `代码块里不认识的词 ${word}：不是本实验的节点，也不是标志；${allowedWords(word, allowed)}`);
    } else if (block.nodes.includes(word)) {
      complain(at, `节点 ${word} 写了两次`);
    } else {
      block.nodes.push(word);
    }
  }
  if (kind === 'run' && block.nodes.length === 0 && complaints.length === 0) {
    complain(0, 'bash 块要写明在哪个节点上运行，例如 bash node-1；只供阅读的命令写 sh 或 text');
  }
  if (kind === 'run' && text.trim() === '') complain(0, 'bash 块里没有命令');

  return { block, language, liveValues: liveValuesOf(text, complaints), complaints };
}

function isFlag(word: string): word is Flag {
  return FLAGS.some((flag) => flag === word);
}

/** Whether a word of the fence names a node; without the lab's nodes, whether it could and is no slip of a flag. */
function isNode(word: string, nodes: readonly string[] | undefined, flags: readonly string[]): boolean {
  if (nodes) return nodes.includes(word);
  return nodeName.safeParse(word).success && nearest(word, flags) === undefined;
}

function liveValuesOf(text: string, complaints: BlockReading['complaints']): string[] {
  const keys = new Set(Array.from(text.matchAll(LIVE_VALUE), (match) => match[1] ?? ''));
  for (const match of text.matchAll(BRACED)) {
    const key = match[1] ?? '';
    if (keys.has(key)) continue;
    const message = `活数值的名字 ${key} 不合规则：用小写字母、数字、点和连字符，例如 {{node-2.vxlan100.mac}}`;
    complaints.push({ in: 'text', at: match.index, message });
  }
  return [...keys];
}
