import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { parseBy } from './complaint.ts';
import { ContentMistake, type Place } from './mistake.ts';

/** A way into a YAML document: keys of maps, indices of lists. */
export type YamlPath = readonly (string | number)[];

/** A YAML text that was read and fits its schema. */
export interface YamlReading<T> {
  value: T;
  /** Where the value at a path stands; the nearest thing around it if it is not written. */
  placeOf(path: YamlPath): Place;
}

/** What YAML's own complaints mean, by the parser's code; its sentence follows as detail. */
const YAML_ERRORS: Record<string, string> = {
  BAD_INDENT: '缩进不对，或者括号没有收尾：同一层的行要左对齐',
  BAD_SCALAR_START: '值不能以这个字符开头：用引号把整个值括起来',
  BLOCK_AS_IMPLICIT_KEY: '一行里有两个「: 」，或者缩进不对：值里有冒号就用引号括起来',
  DUPLICATE_KEY: '这个键写了两次：留一个',
  MISSING_CHAR: '缺少收尾的引号、括号或冒号',
  MULTILINE_IMPLICIT_KEY: '键要写在一行里，后面跟冒号和空格',
  MULTIPLE_DOCS: '只能有一份 YAML：去掉多余的 ---',
  TAB_AS_INDENT: '缩进只能用空格，不能用 Tab',
  TAG_RESOLVE_FAILED: '不能用 ! 开头的 YAML 标签：要写文字就用引号括起来',
};

/** Reads YAML by a schema; throws every mistake with its place. `before`: how many lines of the file stand above it. */
export function readYaml<S extends z.ZodType>(
  text: string,
  schema: S,
  file: string,
  before = 0,
): YamlReading<z.infer<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.trimEnd().length));
    return { file, line: Math.max(line, 1) + before, column: Math.max(col, 1) };
  };

  const syntax = [...document.errors, ...document.warnings].map(
    ({ code, message, pos }) =>
      new ContentMistake(placeAt(pos[0]), `YAML 写法不对：${YAML_ERRORS[code] ?? '看不懂'}（${message}）`),
  );
  if (syntax.length > 0) throw ContentMistake.of(syntax);
  refuseAliases(document, placeAt);

  const parsed = parseBy(schema, document.toJS(), '字段');
  if ('complaints' in parsed) {
    throw ContentMistake.of(
      parsed.complaints.map(
        ({ path, aboutKey, message }) => new ContentMistake(placeAt(offsetOf(document, path, aboutKey)), message),
      ),
    );
  }
  return { value: parsed.value, placeOf: (path) => placeAt(offsetOf(document, path, false)) };
}

/** Aliases let a short text grow without bound, and nothing here needs them. */
function refuseAliases(document: Document, placeAt: (offset: number) => Place): void {
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node) && !('anchor' in node && node.anchor)) return;
      throw new ContentMistake(placeAt(node.range?.[0] ?? 0), '不能用 YAML 的锚点（&）和引用（*）：把值写全');
    },
  });
}

/** Follows a path as far as it is written, and says where that is. */
function offsetOf(document: Document, path: YamlPath, aboutKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
    } else if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && (isScalar(item.key) ? item.key.value : item.key) === key);
      const wantsKey = aboutKey && depth === path.length - 1;
      // An empty value («title:») has no width: its key is the better place to look.
      node = wantsKey || (isScalar(pair?.value) && pair.value.source === '') ? pair?.key : pair?.value;
    } else {
      node = undefined;
    }
    const start = startOf(node);
    if (start === undefined) return offset;
    offset = start;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
