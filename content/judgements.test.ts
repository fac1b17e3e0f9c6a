import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadChecks } from './judgements.ts';
import { loadAll } from './load.ts';
import { ContentMistake } from './mistake.ts';
import { LAB_YAML, makeScratch, type Scratch } from './scratch.ts';

const STEP = `---
title: 步骤
short: 步骤
checkpoints:
  - id: up
    title: 已启用
  - id: asked
    title: 问过了
    questions:
      - { id: vni, ask: VNI 是多少？, kind: number }
---

<Checkpoint id="up" />

<Checkpoint id="asked" />

\`\`\`bash node-1
ping {{node-2.mac}}
\`\`\`
`;
const CHECKS = `
const up: object = { judge: () => [] };
export const checks = {
  up,
  asked: { judge: () => [], probe: () => ({}), answers: () => ({ vni: '100' }) },
};
export const values = { 'node-2.mac': { label: 'MAC', node: 'node-2', read: () => null } };
`;

const labIn = (scratch: Scratch) => {
  const [lab] = loadAll(scratch.directory);
  if (!lab) throw new Error('the scratch directory holds a lab');
  return lab;
};

/** What loadChecks says is wrong with these checks, paths relative to the lab. */
async function complaints(checks: string): Promise<string> {
  using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML, 'one/01-a.mdx': STEP, 'one/checks.ts': checks });
  const lab = labIn(scratch);
  const outcome = await loadChecks(lab).catch((error: unknown) => error);
  return outcome instanceof ContentMistake ? `${outcome}`.replaceAll(`${lab.directory}/`, '') : '';
}

describe('loadChecks', () => {
  test('hands out the checks and live values that the text asks for', async () => {
    using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML, 'one/01-a.mdx': STEP, 'one/checks.ts': CHECKS });
    const { checks, values } = await loadChecks(labIn(scratch));
    expect(Object.keys(checks)).toEqual(['up', 'asked']);
    expect(values['node-2.mac']).toMatchObject({ label: 'MAC', node: 'node-2' });
  });

  test('wants no checks.ts of a lab that has nothing to check', async () => {
    using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML, 'one/01-a.mdx': '---\ntitle: 甲\nshort: 甲\n---\n\n话\n' });
    expect(await loadChecks(labIn(scratch))).toEqual({ checks: {}, values: {} });
  });

  test('sees an edit, and an edit of what checks.ts imports from its lab', async () => {
    const checks = `import { label } from './checks/label.ts';\n${CHECKS.replace("'MAC'", 'label')}`;
    const part = 'one/checks/label.ts';
    using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML, 'one/01-a.mdx': STEP, 'one/checks.ts': checks });
    scratch.write(part, "export const label: string = 'first';\n");
    const lab = labIn(scratch);
    expect((await loadChecks(lab)).values['node-2.mac']?.label).toBe('first');
    scratch.write(part, "export const label: string = 'second';\n");
    expect((await loadChecks(lab)).values['node-2.mac']?.label).toBe('second');
  });

  test.each([
    ['a missing check', CHECKS.replace('  up,\n', ''), '01-a.mdx:5:9 检查点 up 在 checks.ts 的 checks 里没有判定'],
    [
      'a check too many',
      CHECKS.replace('  up,', '  up,\n  upp: up,'),
      '的步骤没有声明检查点 upp：可以写 up、asked；是不是想写 up？',
    ],
    [
      'questions without answers',
      CHECKS.replace(/, answers: .*\}\) \},/, ' },'),
      'checks.ts:5:3 检查点 asked 在 01-a.mdx 里有问题，这里要有 answers()',
    ],
    [
      'answers without a probe',
      CHECKS.replace('probe: () => ({}), ', ''),
      'checks.ts:5:3 checks.asked 有 judgeTrace、answers 或 evidence，就要有 probe',
    ],
    [
      'a missing live value',
      CHECKS.replace("'node-2.mac'", "'node-2.mak'"),
      '01-a.mdx:18:6 活数值 node-2.mac 在 checks.ts 的 values 里没有：可以写 node-2.mak',
    ],
    [
      'a live value of no node',
      CHECKS.replace("'node-2',", "'node-3',"),
      'checks.ts:7:25 values.node-2.mac 的 node 不是本实验的节点',
    ],
    [
      'a check without judge',
      CHECKS.replace('{ judge: () => [] };', '{};'),
      'checks.ts:4:3 checks.up 的 judge：要是一个函数',
    ],
    [
      'a judge that is no function',
      CHECKS.replace('{ judge: () => [] };', '{ judge: 1 };'),
      'checks.ts:4:3 checks.up 的 judge：要是一个函数',
    ],
    [
      'an unknown method',
      CHECKS.replace('{ judge:', '{ jugde: 1, judge:'),
      'checks.up 的 不认识的字段 jugde：可以写 judge、',
    ],
    ['code that throws', `${CHECKS}\nthrow new Error('boom');\n`, 'checks.ts:9:7 这段程序不能运行：boom'],
    ['code that cannot be read', `${CHECKS}\nconst a: = 1;\n`, 'checks.ts:9:10 这段程序不能运行：'],
  ])('refuses %s', async (_name, checks, message) => {
    expect(await complaints(checks)).toContain(message);
  });

  test('refuses a lab whose checks.ts was removed', async () => {
    using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML, 'one/01-a.mdx': STEP, 'one/checks.ts': CHECKS });
    const lab = labIn(scratch);
    scratch.remove('one/checks.ts');
    await expect(loadChecks(lab)).rejects.toMatchObject({ file: join(lab.directory, 'checks.ts'), line: 1 });
  });
});
