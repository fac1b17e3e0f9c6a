import type { TestProject } from 'vitest/node';
import { type Server, startServer } from './site.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The product that the browser tests have in common. */
    server: Pick<Server, 'address' | 'data' | 'setup'>;
  }
}

/** Starts the product once for all browser tests that can do with one (joinSite). */
export default async function share(project: TestProject): Promise<() => Promise<void>> {
  const { address, data, setup, close } = await startServer();
  project.provide('server', { address, data, setup });
  return close;
}
