import type { Root } from 'hast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMdx from 'remark-mdx';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { type Findings, inspect, type ProseHeading } from './inspection.ts';
import { attempt, ContentMistake, type Place } from './mistake.ts';
import type { CodeBlock } from './schema.ts';
import { type StepHead, stepHead } from './schema.ts';
import { allowedWords } from './suggestion.ts';
import { syntaxMistake } from './syntax.ts';
import { readYaml, type YamlPath, type YamlReading } from './yaml.ts';

/** The longest step, bytes of UTF-8: a hundred printed pages. */
export const MOST_BYTES = 256 * 1024;
/** The longest stretch without an empty line, characters: Markdown's parser is quadratic within one. */
const MOST_STRETCH = 8 * 1024;

/** A step's text as checked data: plain JSON, made of elements that the page knows and nothing else. */
export interface Prose {
  /** Ordinary elements, and `x-block`, `x-checkpoint`, `x-figure`, `x-note`, `x-details`. */
  tree: Root;
  blocks: CodeBlock[];
  headings: ProseHeading[];
  /** The ids of the checkpoints, in the order in which the text places them. */
  checkpoints: string[];
  /** The keys of the live values that the code blocks carry. */
  liveValues: string[];
}

/** A step's file, read. */
export interface StepReading {
  head: StepHead;
  prose: Prose;
  /** Where a value of the head stands in the file. */
  placeOf(path: YamlPath): Place;
}

/**
 * Reads a step's MDX as data: syntax only, nothing in it is run. Throws a ContentMistake with everything that is wrong.
 * With `nodes`, the lab's node names, code blocks are held to them.
 */
export function parseStep(source: string, file: string, nodes?: readonly string[]): StepReading {
  refuseBulk(source, file);
  // A byte order mark would hide the head, and a lone CR would shift the columns.
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const head = attempt(() => readHead(text, file));
  const body = attempt(() => readBody(text, file, nodes));
  const mistakes = [head, body].flatMap((part) => ('mistakes' in part ? part.mistakes : []));
  if ('value' in head && 'value' in body) mistakes.push(...misplacedCheckpoints(head.value, body.value.findings));
  if (mistakes.length > 0 || 'mistakes' in head || 'mistakes' in body) throw ContentMistake.of(mistakes);

  const { tree, findings } = body.value;
  return {
    head: head.value.value,
    placeOf: head.value.placeOf,
    prose: {
      tree,
      blocks: findings.blocks,
      headings: findings.headings,
      checkpoints: findings.checkpoints.map(({ id }) => id),
      liveValues: [...findings.liveValues],
    },
  };
}

function refuseBulk(source: string, file: string): void {
  const bytes = Buffer.byteLength(source);
  if (bytes > MOST_BYTES) {
    const message = `文件太大：${bytes} 字节，最多 ${MOST_BYTES / 1024} KiB；把步骤拆成几个`;
    throw new ContentMistake({ file, line: 1, column: 1 }, message);
  }
  let line = 1;
  for (const stretch of source.split(/\n[ \t]*\r?\n/)) {
    if (stretch.length > MOST_STRETCH) {
      const message = `从这里起 ${stretch.length} 个字符没有空行，最多 ${MOST_STRETCH} 个：分段`;
      throw new ContentMistake({ file, line, column: 1 }, message);
    }
    line += stretch.split('\n').length + 1;
  }
}

/** The head between the two `---` lines. */
function readHead(source: string, file: string): YamlReading<StepHead> {
  const found = /^---[ \t]*\n([\s\S]*?)(?<=\n)---[ \t]*(?:\n|$)/.exec(source);
  if (found?.[1] !== undefined) return readYaml(found[1], stepHead, file, 1);
  const message = /^---[ \t]*\n/.test(source)
    ? '文件头没有结束：在 title、short、checkpoints 之后单独写一行 ---'
    : '缺少文件头：文件第一行写 ---，然后是 title、short、checkpoints，再单独写一行 ---';
  throw new ContentMistake({ file, line: 1, column: 1 }, message);
}

/** The text after the head, as a checked tree. */
function readBody(source: string, file: string, nodes?: readonly string[]): { tree: Root; findings: Findings } {
  const parser = unified()
    .use(remarkParse)
    .use(remarkFrontmatter, ['yaml'])
    .use(remarkMdx)
    // One ~ is how Chinese text writes a range: 「1~3 分钟」.
    .use(remarkGfm, { singleTilde: false });
  const toElements = unified().use(remarkRehype, {
    footnoteLabel: '注释',
    footnoteBackLabel: (index) => `回到正文的注释 ${index + 1}`,
  });
  try {
    const markdown = parser.parse(source);
    const findings = inspect(markdown, source, file, nodes);
    if (findings.mistakes.length > 0) throw ContentMistake.of(findings.mistakes);
    return { tree: plain(toElements.runSync(markdown)), findings };
  } catch (error) {
    if (error instanceof ContentMistake) throw error;
    throw syntaxMistake(error, source, file) ?? error;
  }
}

/** The tree as plain JSON, without positions and the parser's own data. */
function plain(tree: Root): Root {
  const drop = (key: string, value: unknown) => (key === 'position' || key === 'data' ? undefined : value);
  return JSON.parse(JSON.stringify(tree, drop));
}

/** Every checkpoint that the head declares stands in the text exactly once, and no other. */
function misplacedCheckpoints(
  { value: head, placeOf }: YamlReading<StepHead>,
  { checkpoints }: Findings,
): ContentMistake[] {
  const declared = head.checkpoints.map(({ id }) => id);
  const mistakes: ContentMistake[] = [];
  for (const [i, { id, questions }] of head.checkpoints.entries()) {
    const here = ['checkpoints', i, 'id'];
    if (declared.indexOf(id) !== i) mistakes.push(new ContentMistake(placeOf(here), `检查点 ${id} 声明了两次`));
    else if (!checkpoints.some((placed) => placed.id === id)) {
      const message = `正文里没有放这个检查点：在要检查的地方写 <Checkpoint id="${id}" />`;
      mistakes.push(new ContentMistake(placeOf(here), message));
    }
    for (const [j, question] of questions.entries()) {
      if (questions.findIndex((other) => other.id === question.id) === j) continue;
      const place = placeOf(['checkpoints', i, 'questions', j, 'id']);
      mistakes.push(new ContentMistake(place, `检查点 ${id} 有两个问题都叫 ${question.id}`));
    }
  }
  for (const [i, { id, place }] of checkpoints.entries()) {
    if (!declared.includes(id)) {
      const message = `检查点 ${id} 没有在文件头的 checkpoints 里声明：${allowedWords(id, declared)}`;
      mistakes.push(new ContentMistake(place, message));
    } else if (checkpoints.findIndex((placed) => placed.id === id) !== i) {
      mistakes.push(new ContentMistake(place, `检查点 ${id} 在正文里放了两次：留一个`));
    }
  }
  return mistakes;
}
