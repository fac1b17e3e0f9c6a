import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from './accessibility.ts';
import { fill } from './classroom.ts';
import { openSite, type Site } from './site.ts';

const PASSWORD = '四个 不相干 的词语';
const ROSTER = '学号,姓名\n20260001,王小明\n20260002,李小红\n20260003,张三';

let site: Site;
let teacher: Page;
let learner: Page;
let address: string;
/** Where the class is, and its code. */
const found = { path: '', code: '' };

beforeAll(async () => {
  site = await openSite();
  address = site.address;
  teacher = await (await site.visitor()).newPage();
  learner = await (await site.visitor()).newPage();
});
afterAll(async () => {
  await site?.close();
});

describe('a class', () => {
  it('begins with the link that npm start printed', async () => {
    await teacher.goto(address + site.setup);
    expect(await violationsOf(teacher)).toEqual([]);
    await fill(teacher, { 姓名: '李老师', 登录名: 'li', 密码: PASSWORD });
    await teacher.getByRole('button', { name: '建立账号' }).click();
    // Its length is the browser's business; the name is the server's.
    await teacher.getByText('登录名要 3 到 40 个').waitFor();
    expect(await teacher.getByLabel('姓名', { exact: true }).inputValue()).toBe('李老师');
    await fill(teacher, { 登录名: 'li.wei', 密码: PASSWORD });
    await teacher.getByRole('button', { name: '建立账号' }).click();
    await teacher.getByRole('heading', { name: '我的班级' }).waitFor();
    await fill(teacher, { 班级名称: '网络 2026' });
    await teacher.getByRole('button', { name: '新建' }).click();
    await teacher.waitForURL(/\/class\/c[0-9a-f]+\/people$/);
    found.path = new URL(teacher.url()).pathname;
    found.code = (await teacher.getByRole('button', { name: /^课堂码/ }).innerText()).replace('课堂码', '').trim();
    expect(found.code).toMatch(/^[2-9A-Z]{3}-[2-9A-Z]{3}$/);
  });

  it('takes a roster whole, or says which lines are wrong', async () => {
    await teacher.getByRole('button', { name: '导入名册…' }).click();
    const dialog = teacher.getByRole('dialog');
    await dialog.getByLabel('名册').fill(`${ROSTER}\n20260003,李四\n,赵六`);
    await dialog.getByRole('button', { name: '预览' }).click();
    await dialog.getByText('有 2 处要改，什么也没有导入').waitFor();
    expect(await dialog.innerText()).toMatch(/第 5 行：这个学号前面已经有了[\s\S]*第 6 行：没有学号/);
    await dialog.getByLabel('名册').fill(ROSTER);
    await dialog.getByRole('button', { name: '预览' }).click();
    await dialog.getByRole('button', { name: '导入：新增 3 人' }).click();
    await dialog.getByText('已经导入：新增 3 人').waitFor();
    await dialog.getByRole('button', { name: '好', exact: true }).click();
    await teacher.getByRole('cell', { name: '王小明', exact: true }).waitFor();
    expect(await violationsOf(teacher)).toEqual([]);
  });

  it('lets a learner in by its code, and says what is wrong', async () => {
    await learner.goto(`${address}/join`);
    expect(await violationsOf(learner)).toEqual([]);
    const join = () => learner.getByRole('button', { name: '加入', exact: true }).click();
    await fill(learner, { 课堂码: 'AAA-AAA', 学号: '20260001', 姓名: '王小名' });
    await join();
    await learner.getByText('没有这个课堂码').waitFor();
    expect(await learner.getByLabel('学号', { exact: true }).inputValue()).toBe('20260001');
    await fill(learner, { 课堂码: found.code.toLowerCase() });
    await join();
    await learner.getByText('名册上这个学号不是这个姓名').waitFor();
    await fill(learner, { 姓名: '王 小明' });
    await join();
    await learner.getByRole('link', { name: '网络 2026 · 王小明' }).waitFor();
    await teacher.reload();
    await teacher.getByText('3 名学员，1 人来过').waitFor();
  });

  it('refuses a used 学号 from a second browser', async () => {
    const second = await (await site.visitor()).newPage();
    await second.goto(`${address}/join`);
    await fill(second, { 课堂码: found.code, 学号: '20260001', 姓名: '王小明' });
    await second.getByRole('button', { name: '加入', exact: true }).click();
    await second.getByText('这个学号已经有人用过了').waitFor();
  });

  it('shows nothing to a learner', async () => {
    await learner.goto(address + found.path);
    await learner.getByRole('heading', { name: '没有权限看这个班级' }).waitFor();
    expect(await learner.getByText('李小红').count()).toBe(0);
  });

  it('gives out a password, with which the learner comes in from another browser', async () => {
    await teacher.getByRole('button', { name: '王小明 的操作' }).click();
    await teacher.getByRole('menuitem', { name: '发初始密码…' }).click();
    await teacher.getByRole('button', { name: '生成' }).click();
    const row = teacher.getByRole('dialog').getByRole('row', { name: /20260001/ });
    const password = (await row.getByRole('cell').last().innerText()).trim();
    expect(password).toMatch(/^[2-9a-z]{8}$/);
    // The learner was signed out with that.
    await learner.goto(`${address}/join`);
    await fill(learner, { 课堂码: found.code, 学号: '20260001', '密码（老师发过才填）': password });
    await learner.getByRole('button', { name: '加入', exact: true }).click();
    await learner.getByRole('link', { name: '网络 2026 · 王小明' }).waitFor();
  });

  it('is left and entered again by its teacher, and remembers what was done', async () => {
    await teacher.goto(address + found.path);
    await teacher.getByRole('button', { name: '我的菜单' }).click();
    await teacher.getByRole('menuitem', { name: '退出登录' }).click();
    await teacher.getByRole('heading', { name: '把容器网络' }).waitFor();
    await teacher.goto(address + found.path);
    await teacher.getByRole('heading', { name: '没有权限看这个班级' }).waitFor();
    await teacher.getByRole('button', { name: '教师登录' }).click();
    await fill(teacher, { 登录名: 'li.wei', 密码: 'not the password' });
    await teacher.getByRole('button', { name: '登录', exact: true }).click();
    await teacher.getByText('登录名或密码不对').waitFor();
    await fill(teacher, { 密码: PASSWORD });
    await teacher.getByRole('button', { name: '登录', exact: true }).click();
    await teacher.getByRole('link', { name: '网络 2026' }).waitFor();
    await teacher.goto(`${address}${found.path.replace('/people', '/audit')}`);
    await teacher.getByText('给 1 人发了初始密码').waitFor();
    await teacher.getByText('导入名册：新增 3 人').waitFor();
    expect(await violationsOf(teacher)).toEqual([]);
  });

  it('makes no noise', () => {
    // A page that is signed out loses its socket a moment before it is left, and may ask for another one in vain.
    expect(site.complaints.filter((each) => !/socket\.io.* code: 400$/.test(each))).toEqual([]);
  });
});
