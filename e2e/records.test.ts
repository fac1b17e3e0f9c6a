import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Page } from 'playwright-core';
import readXlsxFile from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from './accessibility.ts';
import { comeAs, makeClass, type Pupil } from './classroom.ts';
import { joinSite } from './common.ts';
import { learnerAt } from './learner.ts';
import type { Site } from './site.ts';

const CLASS = 'net-2026';
const LAB = 'overlay-vxlan';
const SESSION = 'records0session0';
const OLD_RECORDING = 'oldrecording00000';
const HOUR_MS = 3_600_000;
/** Where pictures for people go, if they are wanted. */
const PICTURES = process.env.NETLOOM_PICTURES;
let site: Site;
let teacher: Pupil;
let page: Page;
let pupils: Pupil[];

/** A class at the end of its lesson: passed, half passed, failed, late, never came. */
function fill(): void {
  const database = new Database(join(site.data, 'store', 'netloom.db'));
  const now = Date.now();
  const began = now - 3 * HOUR_MS;
  const checkpoints = [
    'environment',
    'containers-node-1',
    'containers-node-2',
    'vxlan-node-1',
    'vxlan-node-2',
    'neigh-fdb-node-1',
    'neigh-fdb-node-2',
    'ping-1-to-2',
    'ping-2-to-1',
  ];
  const facts = (ok: boolean) =>
    JSON.stringify([
      { id: 'link', ok: true, title: 'vxlan100 存在', expected: '存在', actual: '存在', advice: '' },
      { id: 'vni', ok, title: '`vxlan100` 的 VNI', expected: '100', actual: ok ? '100' : '200', advice: 'SECRET' },
    ]);
  const attempt = database.prepare('insert into attempt values (?, ?, ?, null)');
  const result = database.prepare(
    'insert into result (person, lab, checkpoint, status, facts, judged_at, passed_at, share, attempts, checks, skipped) values (?, ?, ?, ?, ?, ?, ?, ?, 3, 1, 0)',
  );
  const verdict = database.prepare(
    'insert into verdict (person, lab, checkpoint, session, status, facts, judged_at, by_hand, version, share, skipped) values (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0)',
  );
  pupils.forEach(({ person }, index) => {
    if (index === pupils.length - 1) return;
    attempt.run(person, LAB, began);
    const done = Math.max(1, checkpoints.length - index);
    checkpoints.slice(0, done).forEach((checkpoint, place) => {
      const at = began + (place + 1) * 12 * 60_000;
      verdict.run(person, LAB, checkpoint, SESSION, 'failed', facts(false), at - 60_000, 'v', 0.5);
      verdict.run(person, LAB, checkpoint, SESSION, 'passed', facts(true), at, 'v', 1);
      result.run(person, LAB, checkpoint, 'passed', facts(true), at, at, 1);
    });
    const next = checkpoints[done];
    if (!next) return;
    verdict.run(person, LAB, next, SESSION, 'failed', facts(false), now - HOUR_MS, 'v', 0.5);
    result.run(person, LAB, next, 'failed', facts(false), now - HOUR_MS, null, 0.5);
  });
  database.prepare('insert into assignment values (?, ?, ?, ?, null)').run(CLASS, LAB, 'open', began + HOUR_MS);
  const [first] = pupils;
  const command = database.prepare(
    'insert into command (person, lab, session, node, terminal, text, at, code, took_ms) values (?, ?, ?, ?, ?, ?, ?, ?, 20)',
  );
  ['ip link show', 'ip netns exec docker1 ping -c 2 172.18.0.2', 'bridge fdb show'].forEach((text, index) => {
    command.run(first?.person, LAB, SESSION, 'node-1', 't', text, began + index * 60_000, index === 1 ? 1 : 0);
  });
  database
    .prepare('insert into session (id, person, lab, status, created_at, seen_at) values (?, ?, ?, ?, ?, ?)')
    .run(SESSION, first?.person, LAB, 'ended', began, began);
  database.close();
  const folder = join(site.data, 'recordings', SESSION);
  mkdirSync(folder, { recursive: true });
  const timestamp = Math.floor((began + 10 * 60_000) / 1_000);
  const head = { version: 2, width: 80, height: 24, timestamp, title: 'node-1' };
  const events = [
    [0.5, 'o', 'root@node-1:~# ip link add vxlan100 type vxlan id 200\r\n'],
    [70, 'o', 'root@node-1:~# echo 第一条通过了\r\n'],
    [120, 'm', '检查点通过：网桥'],
    [600, 'o', 'root@node-1:~# exit\r\n'],
  ];
  const lines = [head, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
  // The last line is not whole: ptyd was in the middle of it.
  writeFileSync(join(folder, `node-1.${OLD_RECORDING}.cast`), `${lines}[700,"o","half`);
}

async function picture(name: string, who: Page = page): Promise<void> {
  if (PICTURES) await who.screenshot({ path: join(PICTURES, `${name}.png`) });
}

beforeAll(async () => {
  site = await joinSite();
  const names = ['安然', '白杨', '陈晨', '丁一', '方圆', '高远', '何畅', '江月', '李雷', '没来'];
  const [first, ...others] = await makeClass(site.data, CLASS, '计算机网络 1 班', [
    { role: 'instructor', name: '王小明' },
    ...names.map((name, index) => ({ role: 'learner' as const, name, studentNo: `00231${101 + index}` })),
  ]);
  if (!first) throw new Error('nobody is in the class');
  teacher = first;
  pupils = others;
  fill();
  page = await (await comeAs(site, teacher)).newPage();
});

afterAll(async () => {
  await site?.close();
});

describe('what was, as a teacher sees it', () => {
  it('shows the grades of the class, filters and finds', async () => {
    await page.goto(`${site.address}/class/${CLASS}/grades`);
    await page.getByRole('row', { name: /安然/ }).waitFor();
    expect(await page.getByRole('row').count()).toBe(11);
    // Who teaches is not graded.
    expect(await page.getByText('王小明').count()).toBe(0);
    await picture('grades');
    const filters = page.getByRole('group', { name: '筛选' });
    await filters.getByText('没有开始').click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await filters.getByText('全部').click();
    await page.getByPlaceholder('学号或姓名').fill('白');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByPlaceholder('学号或姓名').fill('');
    expect(await violationsOf(page, { themes: true })).toEqual([]);
  });

  it('exports a workbook with the same numbers, and notes that', async () => {
    await page.getByRole('button', { name: '导出成绩' }).click();
    await page.getByRole('menuitem', { name: /Excel/ }).waitFor();
    await picture('export');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: /Excel/ }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^计算机网络 1 班-.*成绩-\d{4}-\d\d-\d\d\.xlsx$/);
    const [summary, checkpoints] = await readXlsxFile(readFileSync(await download.path()));
    expect(summary?.data).toHaveLength(11);
    expect(summary?.data[1]?.slice(0, 3)).toEqual(['00231101', '安然', '计算机网络 1 班']);
    expect(checkpoints?.data[0]?.length).toBeGreaterThan(9);
    const shown = await page.getByRole('row', { name: /安然/ }).locator('td').nth(1).innerText();
    expect(shown.split(' / ')[0]).toBe(String(summary?.data[1]?.[5]));
    const database = new Database(join(site.data, 'store', 'netloom.db'), { readonly: true });
    const noted = database
      .prepare("select detail from audit where action = 'grades:export' and actor = ?")
      .all(teacher.person);
    database.close();
    expect(noted).toMatchObject([{ detail: expect.stringContaining('xlsx') }]);
  });

  it('tells how a learner came by a grade, on the screen and on paper', async () => {
    await page.getByRole('link', { name: '安然' }).click();
    await page.getByRole('heading', { name: '安然' }).waitFor();
    await page.getByText('第一次通过').first().waitFor();
    expect(await page.getByText('迟交').count()).toBeGreaterThan(0);
    // What a hint would say is not told here.
    expect(await page.content()).not.toContain('SECRET');
    await picture('report');
    expect(await violationsOf(page, { themes: true })).toEqual([]);
    const paper = await page.pdf({ format: 'A4' });
    if (PICTURES) writeFileSync(join(PICTURES, 'report.pdf'), paper);
    expect(paper.length).toBeGreaterThan(10_000);
  });

  it('plays what a terminal showed, beside the verdicts, and jumps', async () => {
    await page.getByRole('link', { name: '回放' }).click();
    await page.getByText('第一条通过了').waitFor();
    await page.getByText('当时的判定').waitFor();
    await picture('replay');
    const jumps = page.getByRole('complementary').getByRole('button', { name: /通过/ });
    await jumps.first().click();
    const position = page.getByRole('slider', { name: '播放的位置' });
    await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThan(50);
    await page.getByLabel('停顿').selectOption({ label: '最多 1 秒' });
    await page.getByLabel('速度').selectOption('4');
    await page.getByText('root@node-1:~# exit').waitFor();
    await expect.poll(() => position.inputValue()).toBe('600');
    expect(await violationsOf(page, { themes: true })).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});

describe('what was, as others see it', () => {
  it('is not for a learner, not for a stranger', async () => {
    const [ann, ben] = pupils;
    if (!ann || !ben) throw new Error('nobody is in the class');
    const places = [
      `/exports/${CLASS}/grades.csv`,
      `/recordings/${CLASS}/${ann.person}/${LAB}/${OLD_RECORDING}`,
      `/recordings/nowhere/${ann.person}/${LAB}/${OLD_RECORDING}`,
    ];
    for (const place of places) {
      for (const cookie of ['', `netloom=${ben.token}`]) {
        expect((await fetch(`${site.address}${place}`, { headers: { cookie } })).status).toBe(403);
      }
    }
    const cookie = `netloom=${teacher.token}`;
    for (const name of ['../../store/netloom', '..%2f..%2fstore', 'x'.repeat(20), 'node-1']) {
      const answer = await fetch(`${site.address}/recordings/${CLASS}/${ann.person}/${LAB}/${name}`, {
        headers: { cookie },
      });
      expect(answer.status).toBe(404);
    }
    const whole = await fetch(`${site.address}/recordings/${CLASS}/${ann.person}/${LAB}/${OLD_RECORDING}`, {
      headers: { cookie },
    });
    expect((await whole.text()).endsWith('exit\\r\\n"]\n')).toBe(true);
  });

  it('is one’s own report for a learner, without the way to a replay', async () => {
    const [ann] = pupils;
    if (!ann) throw new Error('nobody is in the class');
    const own = await (await comeAs(site, ann)).newPage();
    await own.goto(`${site.address}/report/${LAB}`);
    await own.getByRole('heading', { name: '安然' }).waitFor();
    expect(await own.getByRole('link', { name: '回放' }).count()).toBe(0);
    await picture('mine', own);
  });

  it('is a recording of a real terminal, announced, unless the class says no', async () => {
    const ben = pupils[1];
    if (!ben) throw new Error('nobody is in the class');
    const learner = learnerAt(await (await comeAs(site, ben)).newPage(), site.address);
    await learner.readsStep('01-environment');
    await learner.startsNodes();
    await learner.page.getByText('终端画面会录在这台服务器上').waitFor();
    await picture('recorded', learner.page);
    await learner.page.getByRole('button', { name: '知道了' }).click();
    await learner.entersAndSees('node-1', 'echo kept-$((40+2))', 'kept-42');
    await learner.entersAndSees('node-2', 'echo kept-$((40+3))', 'kept-43');
    await page.goto(`${site.address}/class/${CLASS}/learners/${ben.person}?lab=${LAB}`);
    await page.getByRole('link', { name: '回放' }).first().waitFor();
    expect(await page.getByText('还在录').count()).toBe(2);

    const database = new Database(join(site.data, 'store', 'netloom.db'));
    database.prepare('update class set recording = 0').run();
    database.close();
    await learner.page.getByRole('button', { name: '新终端' }).first().click();
    // The former terminal shows more than a prompt.
    await learner.sees('node-1', /^root@node-1:~#\s*$/);
    await learner.entersAndSees('node-1', 'echo off-$((40+2))', 'off-42');
    await page.reload();
    await page.getByRole('link', { name: '回放' }).first().waitFor();
    expect(await page.getByText('还在录').count()).toBe(2);
  });
});
