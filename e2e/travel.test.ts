import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL } from '../server/testsample.ts';
import { violationsOf } from './accessibility.ts';
import { joinSite } from './common.ts';
import { type Learner, learnerAt } from './learner.ts';
import { killAndReplace } from './restart.ts';
import type { Site } from './site.ts';

/** server/journeys.test.ts holds the same without a browser. */
const whole = process.env[ALL] !== undefined;

let site: Site;
let learner: Learner;

beforeAll(async () => {
  site = await joinSite();
  learner = learnerAt(await (await site.visitor()).newPage(), site.address);
});
afterAll(async () => {
  await site?.close();
});

describe('a learner who does not begin at the beginning', () => {
  it('begins at step 4 without having started nodes, and sees what was skipped', async () => {
    const { page } = learner;
    await learner.readsStep('04-arp-fdb');
    await learner.startsHere(4);
    await learner.arrives();
    await page.getByText('0 / 11').first().waitFor();
    const skipped = page.getByRole('navigation', { name: '步骤', exact: true }).getByText('跳过');
    await skipped.nth(2).waitFor();
    expect(await skipped.count()).toBe(3);
    await page.getByText('前面的步骤还没有做完').waitFor({ state: 'detached' });
    // What the platform did is not the learner's.
    await page.getByRole('button', { name: '历史' }).click();
    await page.getByText('还没有命令').waitFor();
    await page.getByRole('button', { name: '历史' }).click();
  });

  it('does step 4 and gets it counted', async () => {
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('neigh-fdb-node-1', 'passed');
    await learner.seesCheckpoint('neigh-fdb-node-2', 'passed');
    await learner.page.getByText('2 / 11').first().waitFor();
    await learner.readsStep('02-containers');
    await learner.seesCheckpoint('containers-node-1', 'skipped');
  });

  it.runIf(whole)('has one node brought to step 5 alone, and both still know each other', async () => {
    await learner.readsStep('05-connectivity');
    await learner.entersAndSees('node-2', 'KEPT=yes; echo "[$KEPT]"', '[yes]');
    await learner.startsHere(5, 'node-1');
    await learner.arrives();
    await learner.entersAndSees('node-2', 'clear; echo "<$KEPT>"', '<yes>');
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('ping-1-to-2', 'passed');
    await learner.seesCheckpoint('ping-2-to-1', 'passed');
    await learner.page.getByText('4 / 11').first().waitFor();
  });

  it.runIf(whole)('arrives also when web is killed on the way', async () => {
    await learner.startsHere(5);
    await killAndReplace(site, 'web');
    await learner.arrives();
    await learner.entersAndSees('node-1', 'bridge fdb show dev vxlan100', /dst 192\.168\.245\.172/);
    await learner.entersAndSees('node-2', 'bridge fdb show dev vxlan100', /dst 192\.168\.245\.168/);
    await learner.readsStep('04-arp-fdb');
    await learner.seesCheckpoint('neigh-fdb-node-1', 'passed');
    // A killed web closes the socket under the page.
    site.complaints.splice(0);
  });

  it('goes back, and what was done later stays as history', async () => {
    const { page } = learner;
    await learner.readsStep('02-containers');
    await learner.startsHere(2);
    await learner.arrives();
    await learner.readsStep('04-arp-fdb');
    await learner.seesCheckpoint('neigh-fdb-node-1', 'lapsed', /成绩仍然算数/);
    await page.getByText('前面的步骤还没有做完').waitFor();
    await page
      .getByText(whole ? '4 / 11' : '2 / 11')
      .first()
      .waitFor();
  });

  it('is told which block stopped the way, and goes on', async () => {
    const { page } = learner;
    await learner.readsStep('05-connectivity');
    await learner.startsHere(5, 'node-1');
    const note = page.getByRole('alert').filter({ hasText: '没有走到第 5 步的起点' });
    await note.waitFor();
    expect(await note.innerText()).toMatch(/第 4 步在 node-1 上的一段命令要用到Node-2.*这不是你的操作有错/s);
    await note.getByRole('button', { name: '看这段命令和它的输出' }).click();
    await note.getByText(/ip neighbor replace/).waitFor();
    await learner.arrives();
    await note.getByRole('button', { name: '知道了' }).click();
    await note.waitFor({ state: 'detached' });
  });

  it('has a dialog without a serious accessibility violation, light and dark', async () => {
    const page = await (await site.visitor()).newPage();
    await page.goto(`${site.address}/labs/overlay-vxlan/04-arp-fdb`);
    await page.getByRole('button', { name: '从这一步开始' }).click();
    await page.getByRole('dialog').getByText('第 4 步的起点').waitFor();
    expect(await violationsOf(page, { within: '[role="dialog"]', themes: true })).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});
