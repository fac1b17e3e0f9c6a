import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from './accessibility.ts';
import { joinSite } from './common.ts';
import { type Learner, learnerAt } from './learner.ts';
import type { Site } from './site.ts';

/** Node-1's container, with programs that every node has. */
const BUILD = [
  'ip netns add docker1',
  'ip link add veth0 type veth peer name veth1',
  'ip link set veth0 netns docker1',
  'ip -n docker1 addr add 172.17.0.2/24 dev veth0',
  'ip -n docker1 link set veth0 up',
  'ip link add br0 type bridge',
  'ip link set veth1 master br0 up',
  'ip addr add 172.17.0.1/24 dev br0',
  'ip link set br0 up',
  'ip -n docker1 route add default via 172.17.0.1',
  'sysctl -w net.ipv4.conf.all.forwarding=1',
  'echo built',
].join('; ');
const REPAIR = 'ip link set br0 up';

let site: Site;
let context: BrowserContext;
let learner: Learner;
/** Everything that came over the page's socket. */
const heard: string[] = [];

beforeAll(async () => {
  site = await joinSite();
  context = await site.visitor();
  const page = await context.newPage();
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(payload.toString())));
  learner = learnerAt(page, site.address);
});
afterAll(async () => {
  await site?.close();
});

describe('a learner who is stuck', () => {
  const fact = () => learner.page.locator('[data-checkpoint="containers-node-1"] [data-fact="bridge-up"]');

  it('sees what is expected and what is, and a command to look, but no hint', async () => {
    await learner.readsStep('02-containers');
    await learner.startsNodes();
    await learner.entersAndSees('node-1', BUILD, /\nbuilt/);
    await learner.seesCheckpoint('containers-node-1', 'passed');
    await learner.entersAndSees('node-1', 'ip link set br0 down; echo broken', /\nbroken/);
    const card = await learner.seesCheckpoint('containers-node-1', 'lapsed', /已激活/);
    expect(await card.innerText()).toMatch(/它在 \d\d:\d\d 通过过，成绩仍然算数/);
    expect(await fact().innerText()).toMatch(/期望\s+UP\s+实际\s+DOWN/);
    await fact().getByRole('button', { name: '运行 ip link show br0' }).click();
    await fact().getByText('已运行').waitFor();
    expect(await fact().innerText()).toContain('会计数');
    expect(await card.innerText()).not.toContain('已看');
    expect(await fact().getByText('看修复命令').count()).toBe(0);
    // Not in what the page was sent, either; the terminal shows what was typed, in frames of its own.
    expect(heard.some((frame) => frame.includes('"lab:state"'))).toBe(true);
    const told = heard.filter((frame) => frame.includes('bridge-up'));
    expect(told.length).toBeGreaterThan(0);
    expect(told.join()).not.toMatch(/不激活就不转发|ip link set br0 up/);
  });

  it('opens the hint by keyboard, folds it and unfolds it, and is told that it counts', async () => {
    const { page } = learner;
    const button = fact().getByRole('button', { name: '看提示' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await button.focus();
    await page.keyboard.press('Enter');
    const hint = fact().getByText('网桥不激活就不转发任何帧');
    await hint.waitFor();
    const opened = fact().getByRole('button', { name: '提示', exact: true });
    expect(await opened.getAttribute('aria-expanded')).toBe('true');
    expect(await opened.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Space');
    await hint.waitFor({ state: 'detached' });
    await page.keyboard.press('Space');
    await hint.waitFor();
    await page.getByText('已看 1 条提示').waitFor();
    expect(heard.join()).not.toContain(`执行 \`${REPAIR}\``);
  });

  it('opens the repair, which a reload does not close', async () => {
    const { page } = learner;
    await fact().getByRole('button', { name: '看修复命令' }).click();
    await fact().getByText(REPAIR, { exact: true }).waitFor();
    await page.getByText('已看 2 条提示').waitFor();
    await page.reload();
    await fact().getByText(REPAIR, { exact: true }).waitFor();
    await page.getByText('已看 2 条提示').waitFor();
    expect(await violationsOf(page, { within: '[data-checkpoint]', themes: true })).toEqual([]);
  });

  it('repairs it by the shown command, and sees it pass', async () => {
    await fact()
      .getByRole('button', { name: `运行 ${REPAIR}` })
      .click();
    await learner.seesCheckpoint('containers-node-1', 'passed');
    expect(site.complaints).toEqual([]);
  });
});
