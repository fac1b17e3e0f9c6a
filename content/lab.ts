import { basename, join } from 'node:path';
import type { Folder } from './folder.ts';
import { attempt, ContentMistake } from './mistake.ts';
import { MUTATIONS_FILE } from './mutation.ts';
import { type Prose, parseStep, type StepReading } from './prose.ts';
import { type Checkpoint, type LabFile, labFile, labId, type StepHead } from './schema.ts';
import { allowedWords } from './suggestion.ts';
import { readYaml, type YamlReading } from './yaml.ts';

/** One `NN-name.mdx` of a lab. */
export interface Step {
  /** The file's name without `.mdx`: `03-vxlan`. */
  id: string;
  number: number;
  head: StepHead;
  prose: Prose;
}

/** A lab as its files say, checked as a whole. */
export interface Lab {
  /** The name of its folder. */
  id: string;
  file: LabFile;
  directory: string;
  /** In the order of their numbers. */
  steps: Step[];
  /** Of all steps, in order. */
  checkpoints: (Checkpoint & { step: string })[];
}

const STEP_FILE = /^(\d\d)-[a-z0-9][a-z0-9-]*\.mdx$/;

/** A step's file that could be read. */
interface StepFile {
  step: Step;
  path: string;
  placeOf: StepReading['placeOf'];
}

/** Reads a lab from the files of its folder; throws a ContentMistake with everything that is wrong. */
export function readLab(folder: Folder, parse: typeof parseStep = parseStep): Lab {
  const { directory, files } = folder;
  const id = basename(directory);
  const mistakes: ContentMistake[] = [...folder.mistakes];
  const wrong = (path: string, message: string) =>
    mistakes.push(new ContentMistake({ file: path, line: 1, column: 1 }, message));

  const validId = labId.safeParse(id);
  if (!validId.success) wrong(directory, `实验的文件夹名不能是 ${id}：${validId.error.issues[0]?.message ?? ''}`);
  for (const name of files.keys()) {
    const message = strayComplaint(name);
    if (message) wrong(join(directory, name), message);
  }

  const lab = readLabFile(folder, mistakes);
  const nodes = lab?.value.nodes.map(({ name }) => name);
  const names = [...files.keys()].filter((name) => STEP_FILE.test(name)).sort();
  if (names.length === 0) wrong(directory, '没有步骤：至少要有一个 01-名字.mdx');
  const misnumbered = names.find((name, i) => Number(name.slice(0, 2)) !== i + 1);
  if (misnumbered) {
    const due = String(names.indexOf(misnumbered) + 1).padStart(2, '0');
    wrong(join(directory, misnumbered), `步骤的编号从 01 起，不能跳号，不能重号：这里应该是 ${due}`);
  }

  const steps = names.flatMap((name): StepFile[] => {
    const path = join(directory, name);
    const reading = attempt(() => parse(files.get(name) ?? '', path, nodes));
    if ('mistakes' in reading) {
      mistakes.push(...reading.mistakes);
      return [];
    }
    const { head, prose, placeOf } = reading.value;
    return [
      { step: { id: name.slice(0, -'.mdx'.length), number: Number(name.slice(0, 2)), head, prose }, path, placeOf },
    ];
  });
  mistakes.push(...repeatedCheckpoints(steps));
  const judged = steps.some(({ step }) => step.head.checkpoints.length + step.prose.liveValues.length > 0);
  if (judged && !files.has('checks.ts')) {
    wrong(join(directory, 'checks.ts'), '缺少 checks.ts：步骤里有检查点或活数值，要在这里写它们的判定');
  }

  if (mistakes.length > 0 || !lab) throw ContentMistake.of(mistakes);
  return {
    id,
    file: lab.value,
    directory,
    steps: steps.map(({ step }) => step),
    checkpoints: steps.flatMap(({ step }) => step.head.checkpoints.map((point) => ({ ...point, step: step.id }))),
  };
}

/** What is wrong with a file's name; undefined for a file that belongs in a lab's folder. */
function strayComplaint(name: string): string | undefined {
  if (name === 'lab.yaml' || name === MUTATIONS_FILE || name.endsWith('.ts') || STEP_FILE.test(name)) return undefined;
  const meant = /\.mdx?$/.test(name)
    ? '步骤的文件名是两位编号、连字符、小写名字，以 .mdx 结尾，例如 03-vxlan.mdx'
    : /\.ya?ml$/.test(name)
      ? `实验的说明叫 lab.yaml，弄坏它的办法写在 ${MUTATIONS_FILE}`
      : `实验的文件夹里只有 lab.yaml、NN-名字.mdx、${MUTATIONS_FILE} 和 .ts 文件`;
  return `不认识的文件：${meant}`;
}

function readLabFile({ directory, files }: Folder, mistakes: ContentMistake[]): YamlReading<LabFile> | undefined {
  const path = join(directory, 'lab.yaml');
  const text = files.get('lab.yaml');
  if (text === undefined) {
    mistakes.push(new ContentMistake({ file: path, line: 1, column: 1 }, '缺少 lab.yaml：实验的标题、节点写在这里'));
    return undefined;
  }
  const reading = attempt(() => readYaml(text, labFile, path));
  if ('mistakes' in reading) {
    mistakes.push(...reading.mistakes);
    return undefined;
  }
  const { value, placeOf } = reading.value;
  for (const key of ['name', 'label', 'address'] as const) {
    const values = value.nodes.map((node) => node[key]);
    const again = values.findIndex((one, i) => values.indexOf(one) !== i);
    if (again < 0) continue;
    mistakes.push(new ContentMistake(placeOf(['nodes', again, key]), `两个节点的 ${key} 都是 ${values[again]}`));
  }
  const nodes = value.nodes.map(({ name }) => name);
  for (const [i, { node }] of value.flows.entries()) {
    if (nodes.includes(node)) continue;
    mistakes.push(new ContentMistake(placeOf(['flows', i, 'node']), `没有节点 ${node}：${allowedWords(node, nodes)}`));
  }
  return reading.value;
}

/** Results are kept by checkpoint, for the whole lab: an id stands for one. */
function repeatedCheckpoints(steps: readonly StepFile[]): ContentMistake[] {
  const owners = new Map<string, StepFile>();
  const mistakes: ContentMistake[] = [];
  for (const file of steps) {
    for (const [i, { id }] of file.step.head.checkpoints.entries()) {
      const owner = owners.get(id);
      if (!owner) {
        owners.set(id, file);
      } else {
        const message = `检查点 ${id} 在 ${basename(owner.path)} 里已经有了：整个实验里不能重名`;
        mistakes.push(new ContentMistake(file.placeOf(['checkpoints', i, 'id']), message));
      }
    }
  }
  return mistakes;
}
