import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampled } from '../server/testsample.ts';
import { violationsOf } from './accessibility.ts';
import { joinSite } from './common.ts';
import { type Learner, learnerAt } from './learner.ts';
import type { Site } from './site.ts';

let site: Site;
let context: BrowserContext;
let learner: Learner;

beforeAll(async () => {
  site = await joinSite();
  context = await site.visitor();
  learner = learnerAt(await context.newPage(), site.address);
});
afterAll(async () => {
  await site?.close();
});

describe('the whole lab, in a browser, on real nodes', () => {
  it('opens from the list of labs and starts two nodes', async () => {
    const { page } = learner;
    await page.goto(site.address);
    await page.getByRole('link', { name: '开始实验' }).click();
    await page.waitForURL(/\/labs\/overlay-vxlan\/01-environment/);
    await learner.startsNodes();
  });

  it('installs the dependencies by clicking 运行', async () => {
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('deps-node-1', 'passed');
    await learner.seesCheckpoint('deps-node-2', 'passed');
  });

  it('builds the containers, keeping the terminals from step to step', async () => {
    const { page } = learner;
    await page.getByRole('link', { name: /容器与网桥/ }).click();
    await page.waitForURL(/02-containers/);
    await learner.entersAndSees('node-1', 'KEPT=yes', /KEPT=yes/);
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('containers-node-1', 'passed');
    await learner.seesCheckpoint('containers-node-2', 'passed');
  });

  it('is told about VNI 200, and repairs it', async () => {
    await learner.readsStep('03-vxlan');
    await learner.entersAndSees(
      'node-1',
      'ip link add vxlan100 type vxlan id 200 local 192.168.245.168 dev ens33 dstport 4789; echo "[$KEPT]"',
      '[yes]',
    );
    await learner.seesCheckpoint('vxlan-node-1', 'failed', /VNI 200/);
    await learner.entersAndSees('node-1', 'ip link del vxlan100; echo gone', /\ngone/);
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('vxlan-node-1', 'passed');
    await learner.seesCheckpoint('vxlan-node-2', 'passed');
  });

  it('is told about the MAC of the document and about a missing route, and repairs both', async () => {
    await learner.readsStep('04-arp-fdb');
    await learner.entersAndSees(
      'node-1',
      'ip neigh replace 172.18.0.2 lladdr 16:8f:3f:90:b9:2e dev vxlan100; ip route del 172.18.0.0/24; echo wrong',
      /\nwrong/,
    );
    await learner.seesCheckpoint('neigh-fdb-node-1', 'failed', /16:8f:3f:90:b9:2e/);
    const card = learner.page.locator('[data-checkpoint="neigh-fdb-node-1"]');
    await card.getByRole('button', { name: '看提示' }).first().click();
    await learner.seesCheckpoint('neigh-fdb-node-1', 'failed', /文档/);
    await learner.readsStep('03-vxlan');
    await learner.seesCheckpoint('vxlan-node-1', 'lapsed', /路由/);
    await learner.entersAndSees('node-1', 'ip route add 172.18.0.0/24 dev vxlan100; echo back', /\nback/);
    await learner.seesCheckpoint('vxlan-node-1', 'passed');
    await learner.readsStep('04-arp-fdb');
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('neigh-fdb-node-1', 'passed');
    await learner.seesCheckpoint('neigh-fdb-node-2', 'passed');
  });

  it('pings across, and the platform proves it', async () => {
    await learner.readsStep('05-connectivity');
    await learner.runsEveryBlock();
    await learner.seesCheckpoint('ping-1-to-2', 'passed');
    await learner.seesCheckpoint('ping-2-to-1', 'passed');
  });

  it('captures, answers wrongly, then rightly from what the terminal shows', async () => {
    const { page } = learner;
    await learner.readsStep('06-capture');
    await learner.runsEveryBlock();
    // Short lines, as a wrapped one cannot be read back from the screen.
    const capture = [
      "tcpdump -lnni ens33 -c1 'udp port 4789 and src host 192.168.245.168' >/tmp/outer 2>/dev/null &",
      "tcpdump -lnnevi vxlan100 -c1 'icmp[icmptype] == icmp-echo' >/tmp/inner 2>/dev/null &",
      'sleep 1; ip netns exec docker1 ping -c1 172.18.0.2 >/dev/null; wait; clear;',
      "grep -oE '[0-9]+ > [^ ]+ VXLAN.*' /tmp/outer; grep -oE '> [0-9a-f:]{17}|ttl [0-9]+' /tmp/inner; echo fin\"\"ished",
    ];
    const shown = await learner.entersAndSees('node-1', capture.join(' '), 'finished');
    const outer = /(\d+) > 192\.168\.245\.172\.(\d+): VXLAN, flags \[I\] \(0x08\), vni (\d+)/.exec(shown);
    const inner = /> ([0-9a-f:]{17})\s+ttl (\d+)/.exec(shown);
    const answers: [RegExp, string][] = [
      [/VNI是多少/, outer?.[3] ?? ''],
      [/目的端口/, outer?.[2] ?? ''],
      [/源端口/, outer?.[1] ?? ''],
      [/TTL是多少/, '62'],
      [/目的MAC/, inner?.[1] ?? ''],
    ];
    const card = page.locator('[data-checkpoint="capture"]');
    for (const [ask, answer] of answers) await card.getByLabel(ask).fill(answer);
    await card.getByRole('button', { name: '提交答案' }).click();
    await learner.seesCheckpoint('capture', 'failed');
    await card.getByLabel(/TTL是多少/).fill(inner?.[2] ?? '');
    await card.getByRole('button', { name: '提交答案' }).click();
    await learner.seesCheckpoint('capture', 'passed');
  });

  it('ends with eleven green checkpoints, which a reload and another browser of the same person also show', async () => {
    const { page } = learner;
    await learner.readsStep('07-summary');
    await page.getByText('11 / 11').first().waitFor();
    await page.reload();
    await page.getByText('11 / 11').first().waitFor();
    await page
      .getByRole('button', { name: /我的|我/ })
      .first()
      .click();
    await page.getByText('换浏览器继续').click();
    const code = await page
      .getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
      .first()
      .innerText();
    const other = await (await site.visitor()).newPage();
    await other.goto(`${site.address}/resume`);
    await other.getByRole('textbox').fill(code);
    await other.keyboard.press('Enter');
    await other.waitForURL(`${site.address}/`);
    await other.goto(`${site.address}/labs/overlay-vxlan/07-summary`);
    await other.getByText('11 / 11').first().waitFor();
  });

  it('asks before it resets, and gives fresh nodes', async () => {
    const { page } = learner;
    await learner.readsStep('04-arp-fdb');
    await page.getByRole('banner').getByRole('button', { name: /重置/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^重置/ }).click();
    await learner.entersAndSees('node-1', 'ip -br link show vxlan100', 'does not exist');
    await learner.seesCheckpoint('neigh-fdb-node-1', 'lapsed');
  });
});

describe('the page', () => {
  it('is readable without JavaScript', async () => {
    const page = await (await site.visitor({ javaScript: false })).newPage();
    await page.goto(`${site.address}/labs/overlay-vxlan/04-arp-fdb`);
    const text = await page.locator('main').innerText();
    expect(text).toContain('邻居表');
    expect(text).toContain('Node-1 能找到 Node-2 的 VTEP');
  });

  it('says in Chinese that a lab or a step does not exist, without JavaScript too', async () => {
    const page = await (await site.visitor({ javaScript: false })).newPage();
    for (const path of ['/labs/no-such-lab/01-x', '/labs/overlay-vxlan/99-nothing', '/nowhere']) {
      const response = await page.goto(site.address + path);
      expect(response?.status()).toBe(404);
      expect(await page.locator('body').innerText()).toMatch(/没有|找不到/);
    }
    site.complaints.splice(0);
  });

  it('has no serious accessibility violation, light and dark', async () => {
    const page = await (await site.visitor()).newPage();
    const paths = ['/labs/overlay-vxlan/04-arp-fdb', '/', '/labs/overlay-vxlan/06-capture', '/resume'];
    for (const path of sampled(paths, 2)) {
      await page.goto(site.address + path);
      expect({ path, violations: await violationsOf(page, { themes: true }) }).toEqual({ path, violations: [] });
    }
  });

  it('complained about nothing on the way', () => {
    expect(site.complaints).toEqual([]);
  });
});
