import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type Site } from './site.ts';

/** Development compiles a page when it is first opened. */
const COMPILE_MS = 120_000;
const root = resolve(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'netloom-author-'));
const step = join(copy, 'content/labs/overlay-vxlan/01-environment.mdx');

let site: Site;
let page: Page;

/** A copy of the labs to edit, beside links to what their checks import. */
function copyLabs(): void {
  mkdirSync(join(copy, 'content'));
  symlinkSync(join(root, 'server'), join(copy, 'server'));
  for (const name of readdirSync(join(root, 'content'))) {
    if (name !== 'labs') symlinkSync(join(root, 'content', name), join(copy, 'content', name));
  }
  cpSync(join(root, 'content/labs'), join(copy, 'content/labs'), { recursive: true });
}

beforeAll(async () => {
  copyLabs();
  site = await openSite('dev', { NETLOOM_CONTENT: join(copy, 'content/labs') });
  page = await (await site.visitor()).newPage();
});
afterAll(async () => {
  await site?.close();
  rmSync(copy, { recursive: true, force: true });
});

it('shows an author’s edit at once, and a mistake with its place until it is mended', async () => {
  await page.goto(`${site.address}/labs/overlay-vxlan/01-environment`, { timeout: COMPILE_MS });
  // The page is live: hot reload and the lab's socket are both connected.
  await page.getByRole('button', { name: '启动两台节点' }).waitFor({ timeout: COMPILE_MS });
  const text = readFileSync(step, 'utf8');

  writeFileSync(step, `${text}\n一句刚刚写下的话。\n`);
  await page.getByText('一句刚刚写下的话。').waitFor();

  writeFileSync(step, `${text}\n<Chekpoint id="deps-node-1" />\n`);
  const notice = page.getByText('内容文件有错');
  await notice.waitFor();
  const line = text.split('\n').length + 1;
  expect(await page.locator('aside', { has: notice }).innerText()).toContain(`01-environment.mdx:${line}:`);
  await page.reload();
  await notice.waitFor();
  await page.getByText('一句刚刚写下的话。').waitFor();

  writeFileSync(step, text);
  await notice.waitFor({ state: 'hidden' });
  await page.getByText('一句刚刚写下的话。').waitFor({ state: 'hidden' });
});
