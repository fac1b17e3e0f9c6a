import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinSite } from './common.ts';
import { type Learner, learnerAt } from './learner.ts';
import { killAndReplace } from './restart.ts';
import type { Site } from './site.ts';

/** Far above what anything here takes on a quiet machine. */
const PATIENCE_MS = 30_000;

let site: Site;
let context: BrowserContext;
let learner: Learner;
const began = Date.now();

beforeAll(async () => {
  site = await joinSite();
  context = await site.visitor();
  learner = learnerAt(await context.newPage(), site.address);
  await learner.readsStep('01-environment');
  await learner.startsNodes();
});
afterAll(async () => {
  await site?.close();
});

/** Every recording that was begun here, one text each. */
function recordings(): string[] {
  const directory = join(site.data, 'recordings');
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path.endsWith('.cast') && statSync(path).birthtimeMs >= began)
    .map((path) => readFileSync(path, 'utf8'));
}

/** What the shell says its size is: rows and columns. */
async function sizeIn(who: Learner): Promise<string> {
  const marker = `size-${Math.random().toString(36).slice(2, 8)}`;
  const screen = await who.entersAndSees('node-1', `echo "${marker}: $(stty size)"`, new RegExp(`\n${marker}: \\d+`));
  return new RegExp(`\n${marker}: (\\d+ \\d+)`).exec(screen)?.[1] ?? '';
}

describe('a terminal', () => {
  it('is the same in vim after web was killed and after a reload, and types on', async () => {
    const { page } = learner;
    await learner.entersAndSees('node-1', 'vim -u NONE /root/notes', /^~\s*$/m);
    await page.keyboard.type('ibefore');
    await learner.sees('node-1', /^before/m);
    await killAndReplace(site, 'web');
    await learner.sees('node-1', /^before/m);
    await page.getByText('连接断开').waitFor({ state: 'detached', timeout: PATIENCE_MS });
    await page.locator('[data-node="node-1"] .xterm-helper-textarea').first().focus();
    await page.keyboard.type(' after');
    await learner.sees('node-1', /^before after/m);
    await page.reload();
    await learner.sees('node-1', /^before after/m);
    await page.locator('[data-node="node-1"] .xterm-helper-textarea').first().focus();
    await page.keyboard.press('Escape');
    await page.keyboard.type(':wq');
    await page.keyboard.press('Enter');
    await learner.entersAndSees('node-1', 'cat /root/notes', /^before after$/m);
  });

  it('takes every key while the page is still becoming alive', async () => {
    const { page } = learner;
    await page.route('**/_next/static/chunks/**', async (route) => {
      await new Promise((done) => setTimeout(done, 400));
      await route.continue();
    });
    await page.reload();
    await learner.sees('node-1', 'root@node-1:~#');
    await page.locator('[data-node="node-1"] .xterm-helper-textarea').first().focus();
    const typed = `: ${'abcdefghij'.repeat(5)}`;
    await page.keyboard.type(typed, { delay: 60 });
    const alive = () => page.evaluate(() => document.querySelector('[data-place]') === null);
    await expect.poll(alive, { timeout: PATIENCE_MS }).toBe(true);
    await learner.sees('node-1', typed);
    await page.keyboard.press('Control+c');
    await page.unroute('**/_next/static/chunks/**');
  });

  it('is the same in two windows, one of which decides its size until the other takes that', async () => {
    const other = learnerAt(await context.newPage(), site.address);
    await other.page.setViewportSize({ width: 1024, height: 768 });
    await other.readsStep('01-environment');
    await other.entersAndSees('node-1', 'echo from-the-$((1+1))nd', /\nfrom-the-2nd/);
    await learner.sees('node-1', /\nfrom-the-2nd/);
    const small = await sizeIn(other);
    await learner.page.getByText('大小由另一个窗口决定').waitFor({ timeout: PATIENCE_MS });
    await learner.page.getByRole('button', { name: '改用这个窗口的大小' }).click();
    await other.page.getByText('大小由另一个窗口决定').waitFor({ timeout: PATIENCE_MS });
    const large = await sizeIn(learner);
    expect(large).not.toBe(small);
    await expect.poll(() => other.screen('node-1'), { timeout: PATIENCE_MS }).toContain(large);
    await other.page.close();
    expect(await sizeIn(learner)).toBe(large);
  });

  it('gives the prompt back after Ctrl-C in a flood, and shows the end of it', async () => {
    await learner.types('node-2', 'yes 刷屏\n');
    await learner.sees('node-2', /刷屏\n刷屏/);
    await learner.page.keyboard.press('Control+c');
    await learner.entersAndSees('node-2', 'echo over', /\nover\n/);
  });

  it('starts from a made screen when its beginning is no longer kept', async () => {
    await learner.entersAndSees('node-2', 'seq 100000 160000; echo "done "here', /\ndone here\n/);
    const before = await learner.screen('node-2');
    await learner.page.reload();
    await learner.sees('node-2', /\ndone here\n/);
    expect(await learner.screen('node-2')).toBe(before);
    await learner.entersAndSees('node-2', 'echo still $((40+2))', /\nstill 42\n/);
  });

  it('is watched by invitation, without a way to type, until that is taken back', async () => {
    const { page } = learner;
    await page.getByRole('button', { name: '我的' }).click();
    await page.getByRole('menuitem', { name: '邀请旁观…' }).click();
    await page.getByRole('button', { name: '生成旁观链接' }).click();
    const link = await page.getByRole('dialog').getByText('/watch/').innerText();
    const guest = learnerAt(await (await site.visitor()).newPage(), site.address);
    await guest.page.goto(link);
    await guest.sees('node-1', 'root@node-1');
    await page.getByText('1 人正在旁观').first().waitFor({ timeout: PATIENCE_MS });
    await guest.page.locator('[data-node="node-1"] .xterm-screen').first().click();
    await guest.page.keyboard.type('echo intruder\n');
    await page.keyboard.press('Escape');
    await learner.entersAndSees('node-1', 'echo watched', /\nwatched\n/);
    await guest.sees('node-1', /\nwatched\n/);
    expect(await guest.screen('node-1')).not.toContain('intruder');
    await page.getByRole('button', { name: '1 人正在旁观' }).click();
    await page.getByRole('button', { name: '收回邀请' }).click();
    await guest.page.getByText('旁观已经结束').waitFor({ timeout: PATIENCE_MS });
    await page.keyboard.press('Escape');
    await guest.page.context().close();
  });

  it('remembers what was run, and puts it back behind the prompt', async () => {
    const { page } = learner;
    await learner.entersAndSees('node-1', 'ls /nowhere', /No such file/);
    await page.getByRole('button', { name: '历史' }).click();
    const row = page.locator('[data-put]', { hasText: 'ls /nowhere' }).first();
    await row.waitFor({ timeout: PATIENCE_MS });
    await expect.poll(() => row.innerText()).toMatch(/退出码 2|\n2\n/);
    await row.click();
    await learner.sees('node-1', /# ls \/nowhere[\s\S]*# ls \/nowhere/);
    await page.keyboard.press('Control+c');
  });

  it('takes a file and gives it back', async () => {
    const { page } = learner;
    await page.getByRole('button', { name: 'node-1 的更多操作' }).click();
    await page.getByRole('menuitem', { name: '文件…' }).click();
    const dialog = page.getByRole('dialog', { name: 'node-1 的文件' });
    await dialog.locator('input[type="file"]').setInputFiles({
      name: '笔记 1.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('第一行\n'),
    });
    await dialog.getByRole('button', { name: '上传', exact: true }).click();
    await dialog.getByText('已经保存到 /root/笔记 1.txt').waitFor({ timeout: PATIENCE_MS });
    const download = page.waitForEvent('download');
    await dialog.getByRole('textbox', { name: '节点上的文件' }).fill('/root/笔记 1.txt');
    await dialog.getByRole('button', { name: '下载', exact: true }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('笔记 1.txt');
    expect(readFileSync(await file.path(), 'utf8')).toBe('第一行\n');
    await page.keyboard.press('Escape');
  });

  it('is recorded, with a marker where a checkpoint passed', async () => {
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('deps-node-1', 'passed');
    await expect
      .poll(() => recordings().some((text) => /\[[\d.]+,"m","检查点通过：/.test(text)), { timeout: PATIENCE_MS })
      .toBe(true);
    for (const text of recordings()) {
      const [head, ...events] = text.trimEnd().split('\n');
      expect(JSON.parse(head ?? '')).toMatchObject({ version: 2 });
      for (const event of events) expect(JSON.parse(event)).toHaveLength(3);
    }
  });
});
