import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { learnerAt } from './learner.ts';
import { openSite } from './site.ts';

/** `npm run screenshots`: the pictures of README.md, made from the running product on real nodes. */

const directory = resolve(import.meta.dirname, '../docs/images');
/** What stands in front of a page when it is shown: a laptop's screen. */
const VIEWPORT = { width: 1440, height: 900 };
/** Colours change within 150 ms; a picture waits a little longer. */
const STILL_MS = 400;

mkdirSync(directory, { recursive: true });
const site = await openSite();
try {
  for (const dark of [false, true]) {
    const context = await site.visitor({ viewport: VIEWPORT, dark });
    const page = await context.newPage();
    const learner = learnerAt(page, site.address);
    const picture = async (name: string) => {
      await page.waitForTimeout(STILL_MS);
      await page.screenshot({ path: join(directory, `${name}-${dark ? 'dark' : 'light'}.png`) });
    };
    await page.goto(site.address);
    await picture('home');
    for (const step of ['01-environment', '02-containers', '03-vxlan']) {
      await learner.readsStep(step);
      if (step === '01-environment') await learner.startsNodes();
      await learner.runsEveryBlock();
    }
    await learner.readsStep('04-arp-fdb');
    await learner.entersAndSees(
      'node-1',
      'MAC=$(ip netns exec docker1 cat /sys/class/net/veth0/address); clear',
      /root@node-1:~#\s*$/,
    );
    await learner.entersAndSees('node-1', 'ip neigh replace 172.18.0.2 lladdr $MAC dev vxlan100', /root@node-1:~#\s*$/);
    await learner.entersAndSees(
      'node-1',
      'bridge fdb append $MAC dev vxlan100 dst 192.168.245.172; ip netns exec docker1 ping -c 2 172.18.0.2',
      '100% packet loss',
    );
    const card = await learner.seesCheckpoint('neigh-fdb-node-1', 'failed');
    await card.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await picture('student');
    await context.close();
  }
} finally {
  await site.close();
}
