import { writeFileSync } from 'node:fs';
import type { Lab } from '../content/load.ts';
import { writeCsv } from './grades/csv.ts';
import { explain } from './grades/explanation.ts';
import { type Format, formats, writeGrades } from './grades/exports.ts';
import type { LabGrade } from './grades/grade.ts';
import { readEvidence, readGrades } from './grades/gradebook.ts';
import { checkpointSheet, detailSheet, type Sheet, summarySheet } from './grades/sheets.ts';
import { labOf } from './play.ts';
import { findLearner, type Roster, readRoster } from './roster.ts';
import type { Store } from './store/store.ts';
import { pathOf, readOptions, UsageProblem } from './usage.ts';

/** `lab grade …`: the grades of a class as a file, or how one checkpoint's grade came about. */
export async function runGrade(
  store: Store,
  labs: Lab[],
  argv: string[],
  out: { say(line: string): void; write(bytes: string | Buffer): void; isTerminal: boolean },
): Promise<number> {
  const { values, positionals } = readOptions(argv, [
    'class',
    'lab',
    'format',
    'sheet',
    'output',
    'explain',
    'checkpoint',
  ]);
  if (positionals.length > 0) throw new UsageProblem(`grade 不认识 ${positionals.join(' ')}：选项都以 -- 开头`);
  if (values.explain !== undefined) {
    const { lab, checkpoint } = checkpointOf(labs, values.lab, values.checkpoint);
    const evidence = await readEvidence(store, lab, await findLearner(store, values.explain), checkpoint);
    for (const line of evidence ? explain(evidence) : []) out.say(line);
    return 0;
  }
  if (values.class === undefined) throw new UsageProblem('grade 需要 --class 编号；每一个人是 --class everyone');
  const format = formats.find((each) => each === values.format);
  if (format === undefined) throw new UsageProblem(`--format 要是 ${formats.join('、')} 中的一个`);
  if (values.sheet !== undefined && format !== 'csv') throw new UsageProblem('--sheet 只用于 csv：其余格式里什么都有');
  if (format === 'xlsx' && values.output === undefined && out.isTerminal) {
    throw new UsageProblem('xlsx 不能显示在终端里：写上 --output 文件.xlsx');
  }
  const roster = await readRoster(store, values.class);
  const chosen = values.lab === undefined ? labs : [labOf(labs, values.lab)];
  const grades = await readGrades(store, chosen, roster.learners, roster.id);
  const bytes = await written(format, roster, grades, values.sheet);
  if (values.output === undefined) {
    out.write(bytes);
    return 0;
  }
  const file = pathOf(values.output);
  save(file, bytes);
  out.say(`✓ ${roster.name}：${roster.learners.length} 人，${chosen.length} 个实验，写入 ${file}`);
  return 0;
}

function written(
  format: Format,
  roster: Roster,
  grades: LabGrade[],
  sheet: string | undefined,
): string | Promise<Buffer> {
  if (format !== 'csv' || sheet === undefined) return writeGrades(format, roster, grades, Date.now());
  const { name } = roster;
  const sheets = [summarySheet(name, grades), checkpointSheet(name, grades), detailSheet(name, grades)];
  return writeCsv(sheetOf(sheets, sheet));
}

function sheetOf(sheets: Sheet[], name: string): Sheet {
  const found = sheets.find((each) => each.name === name);
  if (found) return found;
  throw new UsageProblem(`--sheet 要是 ${sheets.map((each) => each.name).join('、')} 中的一个`);
}

function save(file: string, bytes: string | Buffer): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new UsageProblem(`写不了 ${file}（${(error as NodeJS.ErrnoException).code}）`);
  }
}

/** The checkpoint to explain: ids are unique within a lab only. */
function checkpointOf(labs: Lab[], labId: string | undefined, checkpoint: string | undefined) {
  if (checkpoint === undefined) throw new UsageProblem('--explain 需要 --checkpoint 编号');
  const chosen = labId === undefined ? labs : [labOf(labs, labId)];
  const having = chosen.filter((lab) => lab.checkpoints.some(({ id }) => id === checkpoint));
  const [lab] = having;
  if (!lab) {
    const known = chosen.flatMap((each) => each.checkpoints.map(({ id }) => id));
    throw new UsageProblem(`没有检查点 ${checkpoint}；现有 ${known.join('、')}`);
  }
  if (having.length > 1) {
    throw new UsageProblem(`不止一个实验有检查点 ${checkpoint}：加上 --lab ${having.map(({ id }) => id).join(' 或 ')}`);
  }
  return { lab, checkpoint };
}
