import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { wholeAdvice } from '../content/check.ts';
import { loadChecks } from '../content/judgements.ts';
import { type Lab, loadAll } from '../content/load.ts';
import { ContentMistake } from '../content/mistake.ts';
import { readMutations } from '../content/mutations.ts';
import { parseScript, type Script } from '../content/script.ts';
import { runClass } from './class-command.ts';
import { type Env, readEnv, storePath } from './env.ts';
import { runGrade } from './grade-command.ts';
import { testLab } from './lab-test.ts';
import { examine, wordsOf } from './machine.js';
import { mutateCommand } from './mutation/command.ts';
import { labOf } from './play.ts';
import { clearRehearsals, clearSessions, openRehearsal, type Rehearsal } from './rehearsal.ts';
import { openStore, type Store } from './store/store.ts';
import { pathOf, UsageProblem } from './usage.ts';

const USAGE = `用法：npm run lab -- <命令>
  list                                 列出实验
  lint [LAB]                           检查内容文件，指出文件、行和列
  test LAB                             照着课文从头做一遍，检查点必须先红后绿
  test LAB --mutate [--sample N] [--only PATTERN] [--jobs N] [--junit FILE]
                                       把做好的实验逐处弄坏，该红的必须红，提示必须修得好；换种做法必须绿
  try LAB --script FILE [--json]       在临时节点上执行脚本，给出每个检查点的判定
  grade --class ID --format csv|xlsx|json|junit [--lab LAB] [--output FILE]
                                       一个班级的成绩；everyone 是所有人
  grade --explain 编号或学号 --checkpoint ID [--lab LAB]
                                       一个检查点的得分从何而来：每次判定和当时的事实
  class list                           列出班级
  class people                         列出来过的人和他们的编号
  class new ID --name 名称             新建班级
  class add ID --person 编号 [--no 学号] [--name 姓名]
                                       把人加进班级，或改学号、姓名
  class invite [ID] [--role admin|instructor|assistant]
                                       一次性的链接：建教师账号，成为班级的管理员（或别的）
  doctor                               这台机器有什么、缺什么、怎么补`;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs a job on throw-away nodes and gives them back, also when the person or the pipe has had enough. */
async function onNodes(env: Env, lab: Lab, job: (rehearsal: Rehearsal) => Promise<number>): Promise<number> {
  const rehearsal = await openRehearsal(env, lab);
  const leave = () => void rehearsal.close().finally(() => process.exit(130));
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  process.stdout.once('error', leave);
  try {
    return await job(rehearsal);
  } finally {
    await rehearsal.close();
  }
}

function mark(ok: boolean): string {
  return ok ? '✓' : '✕';
}

async function lint(env: Env, id: string | undefined): Promise<number> {
  const labs = loadAll(env.content);
  const chosen = id === undefined ? labs : [labOf(labs, id)];
  for (const lab of chosen) {
    readMutations(lab, await loadChecks(lab));
    say(`✓ ${lab.id}：${lab.steps.length} 个步骤，${lab.checkpoints.length} 个检查点`);
  }
  return 0;
}

async function test(rehearsal: Rehearsal, lab: Lab): Promise<number> {
  let failed = 0;
  let passed = 0;
  for await (const { ok, what, facts } of testLab(rehearsal, lab)) {
    if (ok) passed += 1;
    else failed += 1;
    say(`${mark(ok)} ${what}`);
    for (const fact of facts) say(`    ${mark(fact.ok)} ${fact.title}　期望 ${fact.expected}　实际 ${fact.actual}`);
  }
  for (const fault of rehearsal.faults()) console.error(`判定程序出错：${fault}`);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function readScript(path: string): string {
  const file = pathOf(path);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageProblem(code === 'ENOENT' ? `找不到脚本 ${file}` : `读不了脚本 ${file}（${code}）`);
  }
}

const STATUS = { passed: '通过', failed: '未通过', unknown: '无法检查', pending: '未检查' };

async function tryScript(rehearsal: Rehearsal, lab: Lab, script: Script, json: boolean): Promise<number> {
  if (script.start === 'solved') await rehearsal.solve();
  else if (script.start !== 'fresh') await rehearsal.travel(script.start.step);
  const variables: Record<string, string> = {};
  for (const { node, text, storeAs, line } of script.sections) {
    const result = await rehearsal.player.script(node, text, variables);
    if (storeAs) variables[storeAs] = result.stdout.trim();
    if (!json && result.code !== 0) {
      say(`第 ${line} 行 @${node} 的脚本退出码 ${result.code ?? '（超时）'}：${result.stderr.trim()}`);
    }
  }
  const ids = lab.checkpoints.map((checkpoint) => checkpoint.id);
  await rehearsal.settle(ids, true);
  for (const fault of rehearsal.faults()) console.error(`判定程序出错：${fault}`);
  const verdicts = ids.map((id) => {
    const { status, facts } = rehearsal.result(id);
    const plain = facts.map((fact) => {
      const { id, ok, title, expected, actual } = fact;
      return { id, ok, title, expected, actual, advice: wholeAdvice(fact) };
    });
    return [id, { status, facts: plain }] as const;
  });
  if (json) {
    say(JSON.stringify({ checkpoints: Object.fromEntries(verdicts) }));
    return 0;
  }
  for (const [id, { status, facts }] of verdicts) {
    say(`${mark(status === 'passed')} ${id}：${STATUS[status]}`);
    for (const fact of facts) {
      const advice = wholeAdvice(fact);
      say(`    ${mark(fact.ok)} ${fact.id}　${fact.title}　期望 ${fact.expected}　实际 ${fact.actual}`);
      if (advice) say(`      ${advice}`);
    }
  }
  return 0;
}

function doctor(env: Env): number {
  const lines = examine(env.root);
  for (const line of lines) say(wordsOf(line));
  return lines.every((line) => line.ok) ? 0 : 1;
}

/** Removes every node of this data directory and marks its sessions as ended; results stay. */
async function clear(env: Env): Promise<number> {
  await clearSessions(env, env.data);
  await clearRehearsals(env);
  const store = await openStore(storePath(env.data));
  for (const { id } of await store.sessions.active()) await store.sessions.finish(id, 'ended');
  await store.close();
  return 0;
}

/** Runs a job over this instance's store; web may use it at the same time. */
async function onStore(env: Env, job: (store: Store) => Promise<number>): Promise<number> {
  // Whoever reads may have had enough: `lab class people | head`.
  process.stdout.once('error', () => process.exit(0));
  const store = await openStore(storePath(env.data));
  try {
    return await job(store);
  } finally {
    await store.close();
  }
}

async function main(): Promise<number> {
  const env = readEnv({ NETLOOM_LOG: 'warn', ...process.env });
  const [first, ...rest] = process.argv.slice(2);
  if (first === 'class') return onStore(env, (store) => runClass(store, rest, say, `http://127.0.0.1:${env.port}`));
  if (first === 'grade') {
    const { stdout } = process;
    const out = { say, write: (bytes: string | Buffer) => void stdout.write(bytes), isTerminal: stdout.isTTY };
    return onStore(env, (store) => runGrade(store, loadAll(env.content), rest, out));
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      script: { type: 'string' },
      json: { type: 'boolean', default: false },
      mutate: { type: 'boolean', default: false },
      sample: { type: 'string' },
      only: { type: 'string' },
      jobs: { type: 'string' },
      junit: { type: 'string' },
    },
  });
  const [command, id] = positionals;
  const { sample, only, jobs, junit } = values;
  if (!(command === 'test' && values.mutate) && [sample, only, jobs, junit].some((value) => value !== undefined)) {
    throw new UsageProblem('--sample、--only、--jobs、--junit 只和 test LAB --mutate 一起用');
  }
  if (command === 'doctor') return doctor(env);
  if (command === 'lint') return lint(env, id);
  if (command === 'clear') return clear(env);
  if (command === 'list') {
    for (const lab of loadAll(env.content)) {
      say(
        `${lab.id}\t${lab.file.title}\t${lab.steps.length} 步\t${lab.checkpoints.length} 个检查点\t约 ${lab.file.minutes} 分钟`,
      );
    }
    return 0;
  }
  if (command === 'test') {
    const lab = labOf(loadAll(env.content), id);
    if (values.mutate) return mutateCommand(env, lab, values, say);
    return onNodes(env, lab, (rehearsal) => test(rehearsal, lab));
  }
  if (command === 'try') {
    if (!values.script) throw new UsageProblem('try 需要 --script FILE');
    const lab = labOf(loadAll(env.content), id);
    const nodes = lab.file.nodes.map((node) => node.name);
    const script = parseScript(readScript(values.script), nodes, lab.steps.length);
    return onNodes(env, lab, (rehearsal) => tryScript(rehearsal, lab, script, values.json));
  }
  throw new UsageProblem(command ? `不认识的命令：${command}` : '要做什么？');
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof ContentMistake) console.error(String(error));
  else if (error instanceof UsageProblem) console.error(`${error.message}\n${USAGE}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
