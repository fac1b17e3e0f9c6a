import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Check, LabChecks, LiveValue } from './check.ts';
import { parseBy } from './complaint.ts';
import type { Lab } from './lab.ts';
import { ContentMistake, type Place } from './mistake.ts';
import { importFresh } from './module.ts';
import { allowedWords } from './suggestion.ts';

/** zod cannot look into a function: that it is one is all that can be known before it is called. */
function method<T>() {
  return z.custom<T>((value) => typeof value === 'function', '要是一个函数');
}

const check = z.strictObject({
  judge: method<Check['judge']>(),
  evidence: method<NonNullable<Check['evidence']>>().optional(),
  probe: method<NonNullable<Check['probe']>>().optional(),
  judgeTrace: method<NonNullable<Check['judgeTrace']>>().optional(),
  answers: method<NonNullable<Check['answers']>>().optional(),
  earns: z.array(z.string()).min(1).optional(),
});

const liveValue = z.strictObject({
  label: z.string().min(1),
  node: z.string(),
  read: method<LiveValue['read']>(),
});

/** What checks.ts must export; what else it exports is its own business. */
const labChecks = z.object({
  checks: z.record(z.string(), check).default({}),
  values: z.record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), liveValue).default({}),
});

/**
 * Imports a lab's checks.ts in its present version and holds it against the lab's text; throws a ContentMistake with
 * everything that does not fit. Only the server may call this: it runs the lab's code.
 */
export async function loadChecks(lab: Lab): Promise<LabChecks> {
  const file = join(lab.directory, 'checks.ts');
  const used = lab.steps.some(({ prose }) => prose.liveValues.length > 0);
  if (!existsSync(file) && lab.checkpoints.length === 0 && !used) return { checks: {}, values: {} };

  const source = sourceOf(file);
  const parsed = parseBy(labChecks, { ...(await importFresh(file)) }, '字段');
  if ('complaints' in parsed) {
    throw ContentMistake.of(
      parsed.complaints.map(({ path, message }) => {
        const where = path.length > 1 ? `${path.slice(0, 2).join('.')} 的 ` : '';
        return new ContentMistake(
          keyPlace(file, source, path[0] === 'values' ? 'values' : 'checks', String(path[1] ?? '')),
          `${where}${message}`,
        );
      }),
    );
  }
  const mistakes = [
    ...checkMistakes(lab, parsed.value, file, source),
    ...valueMistakes(lab, parsed.value, file, source),
  ];
  if (mistakes.length > 0) throw ContentMistake.of(mistakes);
  return parsed.value;
}

/** A check for every checkpoint, a checkpoint for every check, and each with what it needs. */
function checkMistakes(lab: Lab, { checks }: LabChecks, file: string, source: string): ContentMistake[] {
  const mistakes: ContentMistake[] = [];
  const ids = lab.checkpoints.map(({ id }) => id);
  for (const { id, step, questions } of lab.checkpoints) {
    const one = Object.hasOwn(checks, id) ? checks[id] : undefined;
    const stepFile = join(lab.directory, `${step}.mdx`);
    if (!one) {
      const text = sourceOf(stepFile);
      const message = `检查点 ${id} 在 ${file} 的 checks 里没有判定`;
      mistakes.push(new ContentMistake(textPlace(stepFile, text, text.search(idPattern(id))), message));
    } else if (questions.length > 0 && !one.answers) {
      const message = `检查点 ${id} 在 ${stepFile} 里有问题，这里要有 answers()`;
      mistakes.push(new ContentMistake(keyPlace(file, source, 'checks', id), message));
    }
  }
  for (const [id, one] of Object.entries(checks)) {
    const wrong = (message: string) => mistakes.push(new ContentMistake(keyPlace(file, source, 'checks', id), message));
    if (!ids.includes(id)) wrong(`${lab.directory} 的步骤没有声明检查点 ${id}：${allowedWords(id, ids)}`);
    if (!one.probe && (one.judgeTrace || one.answers || one.evidence)) {
      wrong(`checks.${id} 有 judgeTrace、answers 或 evidence，就要有 probe：没有探测就没有踪迹`);
    }
  }
  return mistakes;
}

/** Every `{{live value}}` of the text is there, and comes from a node of the lab. */
function valueMistakes(lab: Lab, { values }: LabChecks, file: string, source: string): ContentMistake[] {
  const mistakes: ContentMistake[] = [];
  const nodes = lab.file.nodes.map(({ name }) => name);
  for (const { id, prose } of lab.steps) {
    for (const key of prose.liveValues) {
      if (Object.hasOwn(values, key)) continue;
      const stepFile = join(lab.directory, `${id}.mdx`);
      const text = sourceOf(stepFile);
      const message = `活数值 ${key} 在 ${file} 的 values 里没有：${allowedWords(key, Object.keys(values))}`;
      const pattern = new RegExp(`\\{\\{\\s*${escaped(key)}\\s*\\}\\}`);
      mistakes.push(new ContentMistake(textPlace(stepFile, text, text.search(pattern)), message));
    }
  }
  for (const [key, { node }] of Object.entries(values)) {
    if (nodes.includes(node)) continue;
    const message = `values.${key} 的 node 不是本实验的节点：${allowedWords(node, nodes)}`;
    mistakes.push(new ContentMistake(keyPlace(file, source, 'values', key), message));
  }
  return mistakes;
}

/** Where a key of an exported object stands in checks.ts, as well as its text tells; else where the object does. */
function keyPlace(file: string, source: string, section: 'checks' | 'values', key: string): Place {
  const start = Math.max(0, source.search(new RegExp(`\\bexport\\b[^\\n]*\\b${section}\\b`)));
  const at = source.slice(start).search(new RegExp(`(?<![\\w.-])['"]?${escaped(key)}['"]?\\s*[:,(}]`));
  return textPlace(file, source, start + Math.max(0, at));
}

function idPattern(id: string): RegExp {
  return new RegExp(`(?<=\\bid:\\s*['"]?)${escaped(id)}(?![\\w-])`);
}

function textPlace(file: string, source: string, at: number): Place {
  const before = source.slice(0, Math.max(0, at)).split('\n');
  return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function sourceOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
