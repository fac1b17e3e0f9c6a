import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import readXlsxFile from 'read-excel-file/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from './accessibility.ts';
import { fill } from './classroom.ts';
import { joinSite } from './common.ts';
import { type Learner, learnerAt } from './learner.ts';
import type { Site } from './site.ts';

let site: Site;
let learner: Learner;
let teacher: Page;
/** Where the class is. */
let place: string;

beforeAll(async () => {
  site = await joinSite();
  teacher = await (await site.visitor()).newPage();
  learner = learnerAt(await (await site.visitor()).newPage(), site.address);
});

afterAll(async () => {
  await site?.close();
});

const row = () => teacher.locator('tr[data-learner]', { hasText: '安然' });
const mark = (checkpoint: string) =>
  row()
    .getByTitle(new RegExp(`^${checkpoint}：`))
    .locator('[data-state]')
    .first();
const panel = () => teacher.getByRole('complementary');

it('brings a teacher, a class and a learner together', async () => {
  await teacher.goto(site.address + site.setup);
  await fill(teacher, { 姓名: '王小明', 登录名: 'wang', 密码: '四个 不相干 的词语' });
  await teacher.getByRole('button', { name: '建立账号' }).click();
  await fill(teacher, { 班级名称: '计算机网络 1 班' });
  await teacher.getByRole('button', { name: '新建' }).click();
  await teacher.waitForURL(/\/class\/c[0-9a-f]+\/people$/);
  place = teacher.url().replace(/\/people$/, '');
  const code = (await teacher.getByRole('button', { name: /^课堂码/ }).innerText()).replace('课堂码', '').trim();
  await learner.page.goto(`${site.address}/join`);
  await fill(learner.page, { 课堂码: code, 学号: '20231101', 姓名: '安然' });
  await learner.page.getByRole('button', { name: '加入', exact: true }).click();
  await learner.page.getByRole('link', { name: '计算机网络 1 班 · 安然' }).waitFor();
});

it('shows a class what each learner does, and helps one of them', async () => {
  await teacher.goto(`${place}?lab=overlay-vxlan`);
  await row().waitFor();
  expect(await teacher.locator('tbody tr').count()).toBe(1);
  expect(await row().innerText()).toContain('还没有来');

  // The learner works; the mark turns by itself.
  await learner.readsStep('01-environment');
  await learner.startsNodes();
  await learner.runsEveryBlock();
  await learner.seesCheckpoint('deps-node-1', 'passed');
  const cell = mark('Node-1 已安装 bridge-utils 和 net-tools');
  await cell.and(teacher.locator('[data-state="passed"]')).waitFor();

  // Looking: the learner is told who looks.
  await row().getByRole('button', { name: '安然' }).click();
  await panel().getByText('实时镜像').waitFor();
  await learner.page.getByText('老师 王小明 正在看你的终端').waitFor();
  await learner.entersAndSees('node-1', 'echo seen-$((40+2))', 'seen-42');
  const mirror = panel().locator('[data-node="node-1"][data-shown="true"] .xterm-rows');
  await expect.poll(() => mirror.innerText().then((text) => text.replaceAll('\u00a0', ' '))).toContain('seen-42');
  await panel().getByText('echo seen-$((40+2))').waitFor();

  // Taking the keyboard, with the learner's consent.
  await panel().getByRole('button', { name: '请求协助操作' }).click();
  await learner.page.getByText('老师 王小明 请求在你的终端里输入').waitFor();
  await learner.page.getByRole('button', { name: '允许' }).click();
  await panel().getByText('学员同意了').waitFor();
  await panel().locator('[data-node="node-1"][data-shown="true"] .xterm-helper-textarea').focus();
  await teacher.keyboard.type('echo helped-$((20+3))\n');
  await learner.sees('node-1', 'helped-23');
  await learner.page.getByRole('button', { name: '收回' }).click();
  await panel().getByText('实时镜像').waitFor();

  // A message, beside the text.
  await panel().getByRole('button', { name: '消息…' }).click();
  await teacher.getByRole('dialog').getByRole('textbox').fill('先看第 2 步的表');
  await teacher.getByRole('dialog').getByRole('button', { name: '发送' }).click();
  await learner.page.getByText('先看第 2 步的表').waitFor();
  await learner.page.locator('[data-prose]').getByRole('button', { name: '知道了' }).click();
  await learner.page.getByRole('button', { name: '看之前的消息（1）' }).waitFor();

  // The hand, up and down.
  await learner.page.getByRole('button', { name: '举手' }).click();
  await row().getByText('举手').waitFor();
  await panel().getByRole('button', { name: '放下举手' }).click();
  await learner.page.getByRole('button', { name: '举手', pressed: false }).waitFor();

  // A step for all, and a pause.
  await teacher.getByRole('button', { name: '请大家看…' }).click();
  await teacher.getByRole('menuitem', { name: /容器与网桥/ }).click();
  await learner.page.getByText('老师请大家看第 2 步「容器与网桥」').waitFor();
  await teacher.getByRole('button', { name: '开放与截止…' }).click();
  await teacher.getByRole('dialog').getByText('暂停', { exact: true }).click();
  await teacher.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await learner.page.getByText('老师暂停了实验：').waitFor();
  await learner.types('node-1', 'x');
  await learner.page.getByText('老师暂停了实验，现在不能输入').first().waitFor();
  await teacher.getByRole('button', { name: '开放与截止…' }).click();
  await teacher.getByRole('dialog').getByText('开放', { exact: true }).click();
  await teacher.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await learner.page.getByText('老师暂停了实验：').waitFor({ state: 'detached' });

  // New nodes at the start of step 3, with a question before and the way seen in the row.
  await teacher.getByRole('checkbox', { name: '选择 安然' }).check();
  await teacher.getByRole('region', { name: '已选 1 人' }).getByRole('button', { name: '重置…' }).click();
  const dialog = teacher.getByRole('dialog');
  await dialog.getByText('1 人的节点会重建').waitFor();
  await dialog.getByText('第 3 步的起点').click();
  await dialog.getByRole('button', { name: '重置 1 人' }).click();
  await row()
    .getByText(/走到第 3 步|正在重置/)
    .waitFor();
  await learner.arrives();
  await mark('docker1 经 br0 接入 Node-1，Node-1 会替它转发').and(teacher.locator('[data-state="skipped"]')).waitFor();
  // Their own earlier work counts on.
  await cell.and(teacher.locator('[data-state="passed"]')).waitFor();

  expect(await violationsOf(teacher, { themes: true })).toEqual([]);
});

it('takes the grades home', async () => {
  await teacher.getByRole('link', { name: '成绩', exact: true }).click();
  await teacher.getByRole('row', { name: /安然/ }).waitFor();
  await teacher.getByRole('button', { name: '导出成绩' }).click();
  const [download] = await Promise.all([
    teacher.waitForEvent('download'),
    teacher.getByRole('menuitem', { name: /Excel/ }).click(),
  ]);
  const [summary] = await readXlsxFile(readFileSync(await download.path()));
  expect(summary?.data[1]?.slice(0, 3)).toEqual(['20231101', '安然', '计算机网络 1 班']);
  // Two checkpoints by their own work; what the platform did for them earns nothing.
  expect(summary?.data[1]?.[6]).toBe(2);
  await teacher.getByRole('link', { name: '记录', exact: true }).click();
  await teacher.getByText(/开始帮.*安然.*操作/).waitFor();
  expect(site.complaints).toEqual([]);
});
