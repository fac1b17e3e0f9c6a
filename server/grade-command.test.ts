import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import readXlsxFile from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAll } from '../content/load.ts';
import { runClass } from './class-command.ts';
import { runGrade } from './grade-command.ts';
import { gradeRecords } from './grades/records.ts';
import { HOSTILE, MINUTE, START } from './grades/testbed.ts';
import { openStore } from './store/store.ts';
import { ALL } from './testsample.ts';
import { parseXml } from './testxml.ts';
import { UsageProblem } from './usage.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const data = mkdtempSync(join(tmpdir(), 'netloom-grade-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** A lecture, and more than any computer room holds. */
const PEOPLE = process.env[ALL] ? 1_000 : 300;
/** A listing of all that people is far below this. */
const MAX_BYTES = 64 * 1_048_576;
/** Time for a thousand people on a machine that has ten other things to do, ms. */
const LONG_MS = 60_000;
const LAB = 'overlay-vxlan';
const CHECKPOINTS = 11;
const labs = loadAll(join(root, 'content', 'labs'));

/** What a command prints, with its exit status. */
interface Printed {
  code: number;
  out: string;
  err: string;
}

/** Runs the command line as people do. */
async function spawnLab(...args: string[]): Promise<Printed> {
  const env = { ...process.env, NETLOOM_DATA: data, INIT_CWD: data };
  try {
    const { stdout, stderr } = await run('node', ['server/cli.ts', ...args], { cwd: root, env, maxBuffer: MAX_BYTES });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

/** The same within this process, which saves the start; a usage problem is what it says. */
async function lab(...[command, ...args]: string[]): Promise<Printed> {
  const store = await openStore(join(data, 'store', 'netloom.db'));
  let out = '';
  const say = (line: string) => {
    out += `${line}\n`;
  };
  const write = (bytes: string | Buffer) => {
    out += bytes;
  };
  try {
    const code =
      command === 'class'
        ? await runClass(store, args, say, 'http://127.0.0.1:3000')
        : await runGrade(store, labs, args, { say, write, isTerminal: true });
    return { code, out, err: '' };
  } catch (error) {
    if (error instanceof UsageProblem) return { code: 2, out, err: error.message };
    return { code: 2, out, err: String(error) };
  } finally {
    await store.close();
  }
}

/** People p0000… who began the lab, have passed its first checkpoint and failed its second. */
async function fill(): Promise<void> {
  const path = join(data, 'store', 'netloom.db');
  await (await openStore(path)).close();
  const database = new Database(path);
  const person = database.prepare('insert into person values (?, ?)');
  const attempt = database.prepare('insert into attempt values (?, ?, ?, null)');
  const result = database.prepare(
    `insert into result (person, lab, checkpoint, status, facts, judged_at, passed_at, share, attempts, checks)
     values (?, ?, ?, ?, ?, ?, ?, ?, 2, 1)`,
  );
  const facts = JSON.stringify([
    { id: 'netns', ok: true, title: '网络命名空间', expected: 'docker1', actual: 'docker1', advice: '' },
    { id: 'veth', ok: false, title: HOSTILE.toWellFormed(), expected: 'veth', actual: '没有', advice: '' },
  ]);
  database.transaction(() => {
    for (let i = 0; i < PEOPLE; i += 1) {
      const id = `p${String(i).padStart(4, '0')}`;
      person.run(id, START + i);
      attempt.run(id, LAB, START);
      result.run(id, LAB, 'deps-node-1', 'passed', '[]', START + MINUTE, START + MINUTE, 1);
      result.run(id, LAB, 'containers-node-1', 'failed', facts, START + 2 * MINUTE, null, 0.25);
    }
    person.run('never', START);
  })();
  database.close();
}

beforeAll(fill);

describe('classes on the command line', () => {
  it('list whoever came, and are made and filled', async () => {
    const { out } = await spawnLab('class', 'people');
    expect(out.trim().split('\n')).toHaveLength(PEOPLE + 1);
    expect(out).toContain('p0007\t（没有学号）\t（没有姓名）\t（没有班级）\t1 个实验\t第一次来 2026-11-23 14:00:00');
    expect((await lab('class', 'list')).out).toBe(`everyone\t所有人\t${PEOPLE} 人\t做过实验的每一个人\n`);
    expect(await lab('class', 'new', 'net-2026', '--name', '网络 2026')).toMatchObject({
      code: 0,
      out: '✓ 班级 net-2026：网络 2026\n',
    });
    await lab(
      'class',
      'add',
      'net-2026',
      '--person',
      'p0001',
      '--no',
      '0020260002',
      '--name',
      HOSTILE.replaceAll('\0', ''),
    );
    await lab('class', 'add', 'net-2026', '--person', 'p0002', '--no', '0020260001');
    await lab('class', 'add', 'net-2026', '--person', 'p0002', '--name', '王小明');
    await lab('class', 'add', 'net-2026', '--person', 'never', '--name', '李四');
    expect((await lab('class', 'list')).out).toContain('net-2026\t网络 2026\t3 人');
  });

  it.each([
    [['class'], 'class 要做什么？'],
    [['class', 'gone'], 'class 没有 gone'],
    [['class', 'new', 'net-2026', '--name', 'x'], '已经有班级 net-2026 了'],
    [['class', 'new', 'everyone', '--name', 'x'], '已经有班级 everyone 了'],
    [['class', 'new', 'A b', '--name', 'x'], '班级的编号不能是 A b：只能用小写字母、数字和连字符'],
    [['class', 'new', 'b', '--name', ' \n '], '名称是空的'],
    [['class', 'new', 'b', '--name', 'x'.repeat(61)], '名称太长：最多 60 个字'],
    [['class', 'add', 'nobody', '--person', 'p0001'], '没有班级 nobody；现有 net-2026（网络 2026）'],
    [['class', 'add', 'everyone', '--person', 'p0001'], 'everyone 里本来就有每一个人'],
    [['class', 'add', 'net-2026', '--person', 'p000'], 'p000 指的是不止一个人：p0000、p0001'],
    [['class', 'add', 'net-2026', '--person', 'zz'], '没有编号或学号是 zz 的人'],
    [['class', 'add', 'net-2026', '--person', 'p0003', '--no', '0020260001'], '学号 0020260001 已经是 p0002 的'],
    [['class', 'add', 'net-2026', '--persn', 'p0003'], '不认识的选项 --persn：可以用 --name、--person、--no'],
    [['grade', '--format', 'csv'], 'grade 需要 --class 编号'],
    [
      ['grade', '--class', 'nobody', '--format', 'csv'],
      '没有班级 nobody；现有 everyone（所有人）、net-2026（网络 2026）',
    ],
    [['grade', '--class', 'everyone'], '--format 要是 xlsx、csv、json、junit、nbgrader、moodle 中的一个'],
    [['grade', '--class', 'everyone', '--format', 'csv', '--lab', 'nix'], '没有实验 nix；现有：overlay-vxlan'],
    [['grade', '--class', 'everyone', '--format', 'csv', '--sheet', 'nix'], '--sheet 要是 成绩、检查点、明细 中的一个'],
    [
      ['grade', '--class', 'everyone', '--format', 'csv', '--output', '/no/such/file'],
      '写不了 /no/such/file（ENOENT）',
    ],
    [['grade', '--class', 'everyone', '--format'], '--format 后面要写它的值'],
    [['grade', '--explain', 'p0001'], '--explain 需要 --checkpoint 编号'],
    [['grade', '--explain', 'p0001', '--checkpoint', 'nix'], '没有检查点 nix；现有 deps-node-1'],
    [['grade', '--explain', 'nobody', '--checkpoint', 'capture'], '没有编号或学号是 nobody 的人'],
    [['grade', '--class', 'everyone', '--format', 'xlsx'], 'xlsx 不能显示在终端里：写上 --output 文件.xlsx'],
  ])('answer %j with what is wrong', async (args, words) => {
    const { code, err } = await lab(...args);
    expect(err).toContain(words);
    expect(code).toBe(2);
  });
});

it('ends with 2 and the usage when something is wrong', async () => {
  const { code, out, err } = await spawnLab('grade', '--class', 'nobody', '--format', 'csv');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^没有班级 nobody；现有 everyone（所有人）.*\n用法：npm run lab/);
});

describe('grades on the command line', () => {
  it('are a class in the order of its 学号, with those who never came', async () => {
    const { out } = await lab('grade', '--class', 'net-2026', '--lab', LAB, '--format', 'csv');
    const [, first = '', second = '', third = '', end] = out.split('\r\n');
    expect(first).toMatch(/^"0020260001","王小明","网络 2026",.*,100,7\.5,1,11,4,"0:02:00","2026-11-23 14:00:00",,/);
    expect(second).toMatch(/^"0020260002","'=cmd\|' \/C calc'!A0 ""x"",<b>& \[1m/);
    expect(third).toMatch(/^,"李四","网络 2026",.*,100,0,0,11,0,,,,,,,"没有开始"$/);
    expect(end).toBe('');
  });

  it(
    'are everybody as CSV and as JSON',
    async () => {
      const csv = await lab('grade', '--class', 'everyone', '--format', 'csv', '--sheet', '明细');
      expect(csv.out.split('\r\n')).toHaveLength(1 + PEOPLE * CHECKPOINTS + 1);
      const json = await spawnLab('grade', '--class', 'everyone', '--format', 'json');
      expect(gradeRecords.parse(JSON.parse(json.out)).rows).toHaveLength(PEOPLE * CHECKPOINTS);
    },
    LONG_MS,
  );

  it(
    'are everybody as JUnit',
    async () => {
      const junit = parseXml((await lab('grade', '--class', 'everyone', '--format', 'junit')).out);
      expect(junit.children).toHaveLength(PEOPLE);
      const { tests, failures, skipped } = junit.children[0]?.attributes ?? {};
      expect({ tests, failures, skipped }).toEqual({ tests: '11', failures: '1', skipped: '9' });
    },
    LONG_MS,
  );

  it(
    'are everybody as a workbook',
    async () => {
      const file = join(data, '成绩.xlsx');
      const { out } = await spawnLab('grade', '--class', 'everyone', '--format', 'xlsx', '--output', '成绩.xlsx');
      expect(out).toBe(`✓ 所有人：${PEOPLE} 人，1 个实验，写入 ${file}\n`);
      const sheets = await readXlsxFile(readFileSync(file));
      expect(sheets.map((each) => each.data.length)).toEqual([PEOPLE + 1, PEOPLE + 1, PEOPLE * CHECKPOINTS + 1]);
    },
    LONG_MS,
  );

  it('are explained from their log, with hints and versions', async () => {
    const store = await openStore(join(data, 'store', 'netloom.db'));
    const key = { person: 'p0002', lab: LAB, session: 's' };
    const facts = (ok: boolean, actual: string) => [
      { id: 'device', ok: true, title: 'VXLAN 设备', expected: 'vxlan', actual: 'vxlan100', advice: '' },
      { id: 'port', ok, title: 'UDP 目的端口', expected: '4789', actual, advice: '' },
    ];
    const failed = {
      status: 'failed',
      facts: facts(false, '8472\n\u001b[2J'),
      share: 0.8,
      attempts: 1,
      checks: 1,
    } as const;
    const at = START + 30 * MINUTE;
    await store.progress.save(
      key,
      'vxlan-node-1',
      { ...failed, facts: [...failed.facts], judgedAt: at },
      {
        takenAt: at - 120,
        byHand: true,
        version: 'aaaaaaaaaaaa',
        share: 0.8,
      },
    );
    await store.hints.open(key, { checkpoint: 'vxlan-node-1', fact: 'port', level: 'hint' }, at + MINUTE);
    const passed = {
      status: 'passed',
      facts: facts(true, '4789'),
      passedAt: at + 5 * MINUTE,
      attempts: 2,
      checks: 1,
    } as const;
    await store.progress.save(
      key,
      'vxlan-node-1',
      { ...passed, facts: [...passed.facts], judgedAt: at + 5 * MINUTE },
      {
        takenAt: at + 5 * MINUTE - 120,
        byHand: false,
        version: 'bbbbbbbbbbbb',
        share: 1,
      },
    );
    await store.close();
    const { out } = await lab('grade', '--explain', '0020260001', '--checkpoint', 'vxlan-node-1');
    expect(out).toBe(`0020260001 王小明（编号 p0002）
实验 overlay-vxlan：跨主机通信 Overlay 网络动手实验
检查点 vxlan-node-1：Node-1 去往 172.18.0.0/24 的包会进入隧道

得分 10 / 10：2026-11-23 14:35:00 第一次通过，得全部 10 分。
到第一次通过，评测 2 次，其中学员自己检查 1 次；看过 1 条提示；从开始实验起用了 0:35:00。

判定的记录，共 2 条（时间是北京时间）：
1. 2026-11-23 14:30:00　未通过（学员自己检查，快照取于 14:29:59，版本 aaaaaaaaaaaa（和现在的不同），成立 80%，之前看过 0 条提示）
   ✓ VXLAN 设备　期望 vxlan　实际 vxlan100
   ✕ UDP 目的端口　期望 4789　实际 8472 [2J
2. 2026-11-23 14:35:00　通过（自动判定，快照取于 14:34:59，版本 bbbbbbbbbbbb（和现在的不同），之前看过 1 条提示）
   ✓ VXLAN 设备　期望 vxlan　实际 vxlan100
   ✓ UDP 目的端口　期望 4789　实际 4789
`);
  });

  it('say how a part of the points came about, and what is new since', async () => {
    const store = await openStore(join(data, 'store', 'netloom.db'));
    const key = { person: 'p0005', lab: LAB, session: 's' };
    const fact = (actual: string) => ({ id: 'port', ok: false, title: '端口', expected: '4789', actual, advice: '' });
    const save = (actual: string, share: number, at: number) =>
      store.progress.save(
        key,
        'vxlan-node-1',
        { status: 'failed', facts: [fact(actual)], judgedAt: at, share: 0.6, attempts: 3, checks: 0 },
        { takenAt: at, byHand: false, version: 'a', share },
      );
    await save('1', 0.3, START);
    await save('2', 0.6, START + 1_000);
    await save('3', 0.1, START + 2_000);
    await store.close();
    const { out } = await lab('grade', '--explain', 'p0005', '--checkpoint', 'vxlan-node-1', '--lab', LAB);
    expect(out).toContain('得分 6 / 10：还没有通过；按成立得最多的一次给部分分，就是第 2 条（60%）。');
    expect(out).toContain('共 2 条');
    expect(out).toContain('最近一次　2026-11-23 14:00:02　未通过\n   ✕ 端口　期望 4789　实际 3\n');
    const untouched = await lab('grade', '--explain', 'p0005', '--checkpoint', 'capture');
    expect(untouched.out).toContain('得分 0 / 20：没有判定过。');
    expect(untouched.out).toContain('没有判定的记录。');
  });
});
