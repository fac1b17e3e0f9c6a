import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** The levels of WCAG that every page keeps: https://www.w3.org/TR/WCAG22/, A and AA. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
/** What the pixels of a terminal or a recording say is not the page's own. */
const SCREENS = '.xterm, .ap-player';

/**
 * What axe finds wrong with a page, a line for each; nothing when all is well. `within` is a selector, by default the
 * whole page; with `themes` the same page is also looked at in the dark, where only colours differ.
 */
export async function violationsOf(
  page: Page,
  { within = 'body', themes = false }: { within?: string; themes?: boolean } = {},
): Promise<string[]> {
  // Until React has taken the page over, a separator does not know its own position.
  await page.waitForFunction(() => {
    const separators = [...document.querySelectorAll('[role="separator"][tabindex]')];
    return separators.every((separator) => separator.hasAttribute('aria-valuenow'));
  });
  // There are no frames of others, for which axe would open a page of its own each time.
  const axe = () => new AxeBuilder({ page }).include(within).exclude(SCREENS).setLegacyMode();
  const found = [await axe().withTags(LEVELS).analyze()];
  if (themes) {
    await page.emulateMedia({ colorScheme: 'dark' });
    found.push(await axe().withRules(['color-contrast']).analyze());
    await page.emulateMedia({ colorScheme: 'light' });
  }
  return found.flatMap(({ violations }, dark) =>
    violations.map(({ id, nodes }) => `${dark ? 'dark: ' : ''}${id} ${nodes.map(({ html }) => html).join(' ')}`),
  );
}
