import { inject } from 'vitest';
import { type Site, visit } from './site.ts';

/**
 * A browser before the product that the browser tests have in common (shared.ts): for those that need not be the first
 * ones there, nor the only ones. Who closes it ends the browser.
 */
export function joinSite(): Promise<Site> {
  const command = () => Promise.reject(new Error('others use it, too'));
  return visit({ ...inject('server'), command, close: async () => undefined });
}
