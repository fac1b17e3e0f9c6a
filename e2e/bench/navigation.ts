import { writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { LAB } from './client.ts';
import type { Name, Part } from './contender.ts';

/** ms. A page with a terminal is there within a few seconds; a busy machine takes longer. */
const PROMPT_MS = 30_000;
/** Where a person goes to see a terminal. */
const ADDRESSES: Partial<Record<Name, string>> = {
  netloom: `/labs/${LAB}/01-environment`,
  wetty: '/wetty',
  ttyd: '/',
};

/** An xterm.js terminal as far as the page's text is read from it. */
interface Xterm {
  buffer: { active: { length: number; getLine(index: number): { translateToString(): string } | undefined } };
}

/** In the page: the time since navigation began once the prompt is there, else false. */
function seesPrompt(): number | false {
  // A line counts where it can be seen: nothing lies over the middle of its prompt.
  const lines = [...document.querySelectorAll('.xterm-rows > div')].filter((line) => {
    const { left, top, height } = line.firstElementChild?.getBoundingClientRect() ?? new DOMRect();
    return document
      .elementFromPoint(left + height, top + height / 2)
      ?.closest('.xterm')
      ?.contains(line);
  });
  const texts = lines.map((line) => line.textContent ?? '');
  // Peers draw on a canvas; both hold their terminal out to the page, and what it has parsed is drawn in this frame.
  const { wetty_term, term = wetty_term } = window as { wetty_term?: Xterm; term?: Xterm };
  for (let index = 0; index < (term?.buffer?.active.length ?? 0); index += 1) {
    texts.push(term?.buffer.active.getLine(index)?.translateToString() ?? '');
  }
  return texts.some((text) => text.includes('root@node-1')) && performance.now();
}

/** How long a browser takes from an address to a prompt that can be seen, with nothing in its cache. */
export function createNavigation(browser: Browser): Part {
  return {
    title: '打开网页到看见提示符',
    suits: ({ name }) => ADDRESSES[name] !== undefined,
    async run({ name, access }) {
      if (access.kind !== 'netloom') writeFileSync(access.target, '0.node-1\n');
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
      try {
        if (access.kind === 'netloom') {
          const [cookie = '', value = ''] = access.cookies[0]?.split('=') ?? [];
          await context.addCookies([{ name: cookie, value, url: access.url }]);
        }
        const page = await context.newPage();
        await page.goto(access.url + ADDRESSES[name], { waitUntil: 'commit' });
        // Looked for at every frame, and timed by the page's own clock.
        const seen = await page.waitForFunction(seesPrompt, undefined, { polling: 'raf', timeout: PROMPT_MS });
        return { navigation: Number(await seen.jsonValue()) };
      } finally {
        await context.close();
      }
    },
  };
}
