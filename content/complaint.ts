import { z } from 'zod';
import { allowedWords } from './suggestion.ts';

/** What a schema does not like about a value: where inside the value, and what is allowed, in Chinese. */
export interface Complaint {
  path: (string | number)[];
  /** True when `path` leads to a key that should not be there, rather than to a value. */
  aboutKey: boolean;
  message: string;
}

/** A wrong value is quoted up to this many characters: the mistake must fit on a line. */
const QUOTED_CHARACTERS = 40;

const KINDS: Record<string, string> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: 'true 或 false',
  array: '列表（每项以 - 开头）',
  object: '一组「键: 值」',
};

const FORMATS: Record<string, string> = {
  ipv4: '不是 IPv4 地址，例如 192.168.245.168',
  cidrv4: '不是带前缀长度的 IPv4 地址，例如 192.168.245.168/24',
};

/** Parses by a schema; what is wrong comes back as complaints. */
export function parseBy<S extends z.ZodType>(
  schema: S,
  value: unknown,
  noun: string,
): { value: z.infer<S> } | { complaints: Complaint[] } {
  const result = schema.safeParse(value, { error: explain });
  if (result.success) return { value: result.data };
  return {
    complaints: result.error.issues.flatMap((issue): Complaint[] => {
      const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
      if (issue.code !== 'unrecognized_keys') {
        return [{ path, aboutKey: false, message: `${nameOf(path, noun)}：${issue.message}` }];
      }
      return issue.keys.map((key) => ({
        path: [...path, key],
        aboutKey: true,
        message: `不认识的${noun} ${key}：${allowedWords(key, keysAt(schema, path))}`,
      }));
    }),
  };
}

/** What is wrong with a value; only asked where the schema has no sentence of its own. */
function explain(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'unrecognized_keys' && issue.input === undefined) return '必须写，这里没有';
  switch (issue.code) {
    case 'invalid_type':
      return `要写${KINDS[issue.expected] ?? issue.expected}，写的是 ${quote(issue.input)}`;
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      return `不能是 ${quote(issue.input)}，${allowedWords(String(issue.input), allowed)}`;
    }
    case 'too_small':
      if (issue.origin === 'number') return `最小是 ${issue.minimum}，写的是 ${quote(issue.input)}`;
      return Number(issue.minimum) <= 1 ? '不能是空的' : `至少要有 ${issue.minimum} ${unitOf(issue.origin)}`;
    case 'too_big':
      if (issue.origin === 'number') return `最大是 ${issue.maximum}，写的是 ${quote(issue.input)}`;
      return `最多 ${issue.maximum} ${unitOf(issue.origin)}，写了 ${lengthOf(issue.input)}`;
    case 'invalid_format':
      return `${FORMATS[issue.format] ?? `不合格式 ${issue.pattern ?? issue.format}`}；写的是 ${quote(issue.input)}`;
    default:
      return `不对（${issue.message ?? issue.code}）`;
  }
}

/** The keys an object may have at a path of a schema. */
function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  let here: z.core.$ZodType | undefined = bare(schema);
  for (const key of path) {
    if (here instanceof z.ZodObject) here = bare(here.shape[key]);
    else if (here instanceof z.ZodArray) here = bare(here.element);
    else if (here instanceof z.ZodRecord) here = bare(here.valueType);
    else return [];
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** A schema without its default or optional wrapping. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}

/** How people call the value at a path. */
function nameOf(path: readonly (string | number)[], noun: string): string {
  const last = path.at(-1);
  if (last === undefined) return `全部${noun}`;
  if (typeof last === 'string') return last;
  return `${path.at(-2) ?? ''} 第 ${last + 1} 项`;
}

function unitOf(origin: string): string {
  return origin === 'string' ? '个字符' : '项';
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `「${text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text}」`;
}
