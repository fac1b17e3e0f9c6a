import type { Locator, Page } from 'playwright-core';

const LAB = 'overlay-vxlan';
/** The longest block is the installation of two packages on a busy machine. */
const BLOCK_MS = 60_000;

/** A learner at the page, in the words of one. */
export interface Learner {
  page: Page;
  /** Goes to a step by its address. */
  readsStep(step: string): Promise<void>;
  startsNodes(): Promise<void>;
  /** From the step that is read, by its number: asks for the nodes there, one alone or all, and waits for the way to begin. */
  startsHere(number: number, node?: string): Promise<void>;
  /** Waits until the nodes have come where they were to be. */
  arrives(): Promise<void>;
  /** Clicks 运行 on every block of the step that is not 选做, as the text goes. */
  runsEveryBlock(): Promise<void>;
  types(node: string, text: string): Promise<void>;
  /** Types a line, Enter, and waits for a text on the screen. */
  entersAndSees(node: string, line: string, expected: string | RegExp): Promise<string>;
  /** What the visible terminal of a node shows. */
  screen(node: string): Promise<string>;
  /** Waits until it shows this. */
  sees(node: string, expected: string | RegExp): Promise<string>;
  /** Waits until the checkpoint's card says so, and says this among its facts. */
  seesCheckpoint(id: string, look: 'passed' | 'failed' | 'lapsed' | 'skipped', fact?: RegExp): Promise<Locator>;
}

/** Sits a learner down at a page. */
export function learnerAt(page: Page, address: string): Learner {
  const terminal = (node: string) => page.locator(`[data-node="${node}"][data-shown="true"]`);

  async function screen(node: string): Promise<string> {
    const text = await terminal(node).locator('.xterm-rows').innerText();
    return text.replaceAll('\u00a0', ' ');
  }

  async function sees(node: string, expected: string | RegExp): Promise<string> {
    const found = (text: string) => (typeof expected === 'string' ? text.includes(expected) : expected.test(text));
    for (const end = Date.now() + BLOCK_MS; Date.now() < end; await page.waitForTimeout(100)) {
      const text = await screen(node);
      if (found(text)) return text;
    }
    throw new Error(`${node} never showed ${expected}; its screen:\n${await screen(node)}`);
  }

  async function types(node: string, text: string): Promise<void> {
    // Nobody types before there is a prompt.
    await sees(node, 'root@');
    await terminal(node).locator('.xterm-helper-textarea').focus();
    await page.keyboard.type(text);
  }

  async function runs(block: Locator, streams: boolean): Promise<void> {
    await block.scrollIntoViewIfNeeded();
    await block.getByRole('button', { name: /运行$/ }).click();
    const blocked = block.getByText('终端里有程序在运行');
    const running = block.getByText('运行中');
    const done = block.getByText('已运行');
    await blocked.or(running).or(done).first().waitFor({ timeout: BLOCK_MS });
    if (await blocked.isVisible()) {
      // A capture gives way to the next capture; a ping goes beside it.
      await block.getByRole('button', { name: streams ? '按 Ctrl-C 中断它再运行' : '在新终端里运行' }).click();
    }
    await (streams ? running.or(done) : done).first().waitFor({ timeout: BLOCK_MS });
  }

  return {
    page,
    screen,
    sees,
    types,
    async readsStep(step) {
      await page.goto(`${address}/labs/${LAB}/${step}`);
    },
    async startsNodes() {
      await page.getByRole('button', { name: '启动两台节点' }).click();
      await sees('node-1', 'root@node-1:~#');
      await sees('node-2', 'root@node-2:~#');
    },
    async startsHere(number, node) {
      await page.getByRole('button', { name: '从这一步开始' }).click();
      const dialog = page.getByRole('dialog');
      if (node) await dialog.getByText(`只有 ${node}`).click();
      await dialog.getByRole('button', { name: `从第 ${number} 步开始` }).click();
      await page.getByRole('progressbar', { name: `正在走到第 ${number} 步的起点` }).waitFor();
    },
    async arrives() {
      await page.getByRole('progressbar', { name: '正在走到' }).waitFor({ state: 'detached', timeout: BLOCK_MS });
      await sees('node-1', 'root@node-1:~#');
      await sees('node-2', 'root@node-2:~#');
    },
    async runsEveryBlock() {
      const blocks = page.locator('section[data-kind="run"]');
      for (let index = 0; index < (await blocks.count()); index += 1) {
        const block = blocks.nth(index);
        if ((await block.getByText('选做', { exact: true }).count()) > 0) continue;
        await runs(block, (await block.getByText('持续输出').count()) > 0);
      }
    },
    async entersAndSees(node, line, expected) {
      await types(node, line);
      await page.keyboard.press('Enter');
      return sees(node, expected);
    },
    async seesCheckpoint(id, look, fact = /./) {
      const card = page.locator(`[data-checkpoint="${id}"][data-look="${look}"]`, { hasText: fact });
      await card.waitFor({ timeout: BLOCK_MS });
      return page.locator(`[data-checkpoint="${id}"]`);
    },
  };
}
