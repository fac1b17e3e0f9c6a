import { ContentMistake, type Place } from './mistake.ts';

/** What the MDX parser throws (a VFileMessage), as far as it is read here. */
interface SyntaxMessage {
  reason: string;
  line?: number;
  column?: number;
  ruleId?: string;
  source?: string;
}

/** Advice by what the parser says; the first that fits. Its own sentence follows as detail. */
const ADVICE: readonly [RegExp, (found: RegExpExecArray) => string][] = [
  [/to create a comment in MDX/, () => '注释写成 {/* … */}，不能写 <!-- … -->'],
  [/to create a link in MDX/, () => '链接写成 [文字](网址)，不能写 <网址>'],
  [
    /closing tag for `(<[^`]*>)`/,
    ([, tag]) => `${tag} 没有收尾：补上 ${closing(tag)}，或者写成 <… />；标签和收尾要在同一层`,
  ],
  [/Expected the closing tag `([^`]*)`/, ([, tag]) => `${tag} 的位置不对：要和开始的标签在同一层，单独占一行`],
  [/Unexpected closing slash/, () => '多了一个收尾的标签：前面没有与它对应的开始标签'],
  [/before attribute value/, () => '属性的值要用引号括起来，例如 kind="tip"'],
  [/in attribute value/, () => '属性的值缺少收尾的引号'],
  [/before (local )?name|in name/, () => '这里的 < 被当成了标签的开头：要写小于号，用 \\< 或者放进 `代码` 里'],
  [
    /in expression|parse expression/,
    () =>
      '这里的 { 被当成了程序的开头，而正文里不能有程序：要写花括号，用 \\{ 或者放进 `代码` 里；活数值 {{…}} 只能写在代码块里',
  ],
  [
    /parse import\/exports/,
    () => '不能以 import 或 export 开头：正文里不能有程序；要写这个词，换个开头或放进 `代码` 里',
  ],
  [/lazy line/, () => '这一行要和它所在的引用（>）或列表（缩进）对齐'],
  [/after name|attribute|slash/, () => '标签写得不完整：写成 <名字 属性="值"> 或 <名字 属性="值" />'],
];

/** Turns what the MDX parser threw into a mistake; undefined when it is no complaint about the text. */
export function syntaxMistake(error: unknown, source: string, file: string): ContentMistake | undefined {
  if (error instanceof RangeError) return new ContentMistake({ file, line: 1, column: 1 }, '嵌套太深，读不下去');
  if (!isSyntaxMessage(error)) return undefined;
  const advice = ADVICE.map(([pattern, say]) => {
    const found = pattern.exec(error.reason);
    return found ? say(found) : undefined;
  }).find((sentence) => sentence !== undefined);
  return new ContentMistake({ file, ...placeOf(error, source) }, `${advice ?? 'MDX 写法不对'}（${error.reason}）`);
}

/** The place where the author should look: the tag or brace that was opened, rather than where the parser gave up. */
function placeOf(error: SyntaxMessage, source: string): Omit<Place, 'file'> {
  const opened = /closing tag for `[^`]*` \((\d+):(\d+)/.exec(error.reason);
  if (opened) return { line: Number(opened[1]), column: Number(opened[2]) };
  const line = error.line ?? 1;
  const column = error.column ?? 1;
  if (error.source === 'micromark-extension-mdx-expression') return openingBrace(source, line, column);
  // The parser points behind the < of a name it cannot read.
  return error.ruleId === 'unexpected-character' && / before name/.test(error.reason)
    ? { line, column: Math.max(1, column - 1) }
    : { line, column };
}

/** The brace before a place that nothing closes. */
function openingBrace(source: string, line: number, column: number): Omit<Place, 'file'> {
  const lines = source.split('\n').slice(0, line);
  let closed = 0;
  for (let row = lines.length - 1; row >= 0; row--) {
    const text = row === line - 1 ? (lines[row] ?? '').slice(0, column - 1) : (lines[row] ?? '');
    for (let at = text.length - 1; at >= 0; at--) {
      if (text[at] === '}') closed++;
      else if (text[at] === '{' && closed-- === 0)
        return { line: row + 1, column: at + (text[at - 1] === '{' ? 0 : 1) };
    }
  }
  return { line, column };
}

function closing(tag: string | undefined): string {
  return (tag ?? '<>').replace('<', '</');
}

function isSyntaxMessage(error: unknown): error is SyntaxMessage {
  return error instanceof Error && 'reason' in error && typeof error.reason === 'string';
}
