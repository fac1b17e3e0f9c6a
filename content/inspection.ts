import type { Code, Heading, Parents, Root, RootContent, Text } from 'mdast';
import { linkComplaint, pictureComplaint } from './address.ts';
import { readBlock } from './block.ts';
import { type ElementReading, readElement, type Tag } from './element.ts';
import { ContentMistake, type Place } from './mistake.ts';
import type { CodeBlock } from './schema.ts';

/** Deeper than this no text is: it only protects the stack. */
const MOST_NESTING = 40;

/** A heading of a step's text, for its table of contents. */
export interface ProseHeading {
  id: string;
  depth: 2 | 3;
  text: string;
}

/** What the walk found in a text, in the order of the text. */
export interface Findings {
  blocks: CodeBlock[];
  headings: ProseHeading[];
  checkpoints: { id: string; place: Place }[];
  liveValues: Set<string>;
  mistakes: ContentMistake[];
}

/** Plain Markdown: nothing to check but what is inside. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['yaml', 'paragraph', 'emphasis', 'strong', 'delete', 'inlineCode', 'blockquote', 'list', 'listItem', 'break'],
  ...['thematicBreak', 'table', 'tableRow', 'tableCell', 'linkReference', 'footnoteReference', 'footnoteDefinition'],
]);

interface Context {
  source: string;
  file: string;
  nodes: readonly string[] | undefined;
  findings: Findings;
}

/**
 * Walks a step's Markdown tree, refuses whatever is not expressly allowed, and gives code blocks and components the
 * elements that they become (`data.hName`, read by remark-rehype). The tree is changed in place.
 */
export function inspect(tree: Root, source: string, file: string, nodes?: readonly string[]): Findings {
  const findings: Findings = { blocks: [], headings: [], checkpoints: [], liveValues: new Set(), mistakes: [] };
  inspectChildren(tree, { source, file, nodes, findings }, 0);
  return findings;
}

function inspectChildren(parent: Parents, context: Context, depth: number): void {
  if (depth > MOST_NESTING) {
    complain(context, parent, `嵌套超过 ${MOST_NESTING} 层`);
    return;
  }
  const children: RootContent[] = parent.children.map((child) => unravel(child));
  const kept = children.map((child) => inspectNode(child, parent, context, depth));
  // Which children a parent may have is decided by the parser; this only swaps flow for flow and drops comments.
  parent.children = kept.filter((child) => child !== undefined) as typeof parent.children;
}

/** Checks one node and what is in it; hands back what is to stand in its place. */
function inspectNode(node: RootContent, parent: Parents, context: Context, depth: number): RootContent | undefined {
  switch (node.type) {
    case 'heading':
      inspectHeading(node, parent, context);
      break;
    case 'text':
      inspectText(node, context);
      break;
    case 'code':
      return inspectCode(node, context);
    case 'link':
    case 'definition':
      complain(context, node, linkComplaint(node.url));
      break;
    case 'image':
      complain(context, node, pictureComplaint(node.url, node.alt));
      break;
    case 'mdxJsxFlowElement':
    case 'mdxJsxTextElement':
      inspectTag(node, parent, context);
      break;
    case 'mdxFlowExpression':
    case 'mdxTextExpression':
      if (/^\s*\/\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.test(node.value)) return undefined;
      complain(context, node, '正文里不能有 {…}：要写花括号，用 \\{ 或者放进 `代码` 里；活数值 {{…}} 只能写在代码块里');
      break;
    case 'mdxjsEsm':
      complain(context, node, '正文里不能有 import 和 export：可用的组件不用引入就能写');
      break;
    default:
      if (!HARMLESS.has(node.type)) complain(context, node, `正文里不能用这种写法（${node.type}）`);
  }
  if ('children' in node) inspectChildren(node, context, depth + 1);
  return node;
}

function inspectHeading(heading: Heading, parent: Parents, context: Context): void {
  const { headings } = context.findings;
  const { depth } = heading;
  const text = textOf(heading).trim();
  complain(context, heading, headingComplaint(depth, text, parent, headings.length === 0));
  if (depth !== 2 && depth !== 3) return;
  const id = idOf(text, headings);
  headings.push({ id, depth, text });
  heading.data = { hProperties: { id } };
}

function headingComplaint(depth: number, text: string, parent: Parents, first: boolean): string | undefined {
  if (depth === 1) return '正文里不能有一级标题（#）：标题写在文件头的 title 里，正文从 ## 开始';
  if (depth > 3) return '标题只有两级：## 和 ###';
  if (depth === 3 && first) return '### 之前要先有 ##';
  if (parent.type !== 'root') return '标题要写在最外层，不能放在引用、列表或组件里';
  return text === '' ? '标题是空的' : undefined;
}

/** An address for a heading: its own words, so that it survives headings added before it. */
function idOf(text: string, headings: readonly ProseHeading[]): string {
  const words = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  // The prefix keeps a heading from taking the id of something else on the page.
  const base = `s-${words.replace(/^-|-$/g, '')}`;
  let id = base;
  for (let n = 2; headings.some((heading) => heading.id === id); n++) id = `${base}-${n}`;
  return id;
}

/** Emphasis that did not take effect stays behind as stars, which nobody wants to read. */
function inspectText(node: Text, { source, file, findings }: Context): void {
  const start = node.position?.start.offset ?? 0;
  const at = source.slice(start, node.position?.end.offset ?? start).indexOf('**');
  if (at < 0 || !node.value.includes('**')) return;
  const message =
    '加粗没有生效：** 的里侧不能有空格；里侧是标点、外侧是文字时也不行，把标点移到 ** 外面。要写星号本身，用 \\*\\*';
  findings.mistakes.push(new ContentMistake(placeAt(source, start + at, file), message));
}

function inspectCode(code: Code, { source, file, nodes, findings }: Context): RootContent {
  const start = code.position?.start.offset ?? 0;
  const firstLine = source.slice(start).split('\n', 1)[0] ?? '';
  // The line as written, not the parser's lang and meta: places are counted in it.
  const fence = firstLine.replace(/^[`~]+\s*/, '');
  const fenceAt = start + firstLine.length - fence.length;
  const reading = readBlock(fence, code.value, nodes);
  // Indentation and container marks are not in the value: the text is looked up line by line.
  const placeInText = (at: number) => {
    const before = code.value.slice(0, at).split('\n');
    const line = (code.position?.start.line ?? 1) + before.length;
    const raw = source.split('\n')[line - 1] ?? '';
    const indent = raw.length - (code.value.split('\n')[before.length - 1] ?? '').length;
    return { file, line, column: Math.max(0, indent) + (before.at(-1) ?? '').length + 1 };
  };
  for (const complaint of reading.complaints) {
    const place = complaint.in === 'text' ? placeInText(complaint.at) : placeAt(source, fenceAt + complaint.at, file);
    findings.mistakes.push(new ContentMistake(place, complaint.message));
  }
  for (const key of reading.liveValues) findings.liveValues.add(key);

  const line = code.position?.start.line ?? 1;
  const block: CodeBlock = { id: `b${findings.blocks.length + 1}`, line, ...reading.block };
  findings.blocks.push(block);
  const { id, kind, stream, optional, text } = block;
  const properties = { id, kind, language: reading.language, nodes: block.nodes.join(' '), stream, optional };
  return {
    type: 'mdxJsxFlowElement',
    name: 'x-block',
    attributes: [],
    children: [],
    data: { hName: 'x-block', hProperties: properties, hChildren: [{ type: 'text', value: text }] },
  };
}

function inspectTag(tag: Tag, parent: Parents, context: Context): void {
  const reading = readElement(tag);
  if ('complaints' in reading) {
    for (const { attribute, message } of reading.complaints) complain(context, attribute ?? tag, message);
    return;
  }
  complain(context, tag, misplaced(tag, parent, reading));
  if (reading.component === 'Checkpoint') {
    const place = placeAt(context.source, tag.position?.start.offset ?? 0, context.file);
    context.findings.checkpoints.push({ id: reading.properties.id ?? '', place });
  }
  tag.data = { hName: reading.tagName, hProperties: reading.properties };
}

function misplaced(tag: Tag, parent: Parents, { component }: ElementReading): string | undefined {
  if (!component) return undefined;
  if (tag.type === 'mdxJsxTextElement') return `<${component}> 要独占一行，不能放在一段话中间`;
  if (component === 'Checkpoint' && parent.type !== 'root')
    return '<Checkpoint> 要写在最外层，不能放在列表或别的组件里';
  return undefined;
}

/** `<Note kind="tip">一句话</Note>` on one line is a paragraph to the parser, and a component to its author. */
function unravel(node: RootContent): RootContent {
  const [only, ...others] = node.type === 'paragraph' ? node.children : [];
  if (only?.type !== 'mdxJsxTextElement' || others.length > 0 || !/^[A-Z]/.test(only.name ?? '')) return node;
  const { name, attributes, children, position } = only;
  const inside = children.length > 0 ? [{ type: 'paragraph' as const, children, position }] : [];
  return { type: 'mdxJsxFlowElement', name, attributes, children: inside, position };
}

function textOf(node: RootContent): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

/** Notes a mistake at a node; no message, no mistake. */
function complain({ file, findings }: Context, node: Placed, message: string | undefined): void {
  if (message === undefined) return;
  const { line, column } = node.position?.start ?? { line: 1, column: 1 };
  findings.mistakes.push(new ContentMistake({ file, line, column }, message));
}

interface Placed {
  position?: { start: { line: number; column: number } } | undefined;
}

function placeAt(source: string, offset: number, file: string): Place {
  const before = source.slice(0, offset).split('\n');
  return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
