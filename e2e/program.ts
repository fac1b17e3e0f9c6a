import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The project's own folder. */
export const root = resolve(import.meta.dirname, '..');
/** What runs tests: an argument for node. */
export const vitest = resolve(root, 'node_modules/vitest/vitest.mjs');

/** Runs a program of node's in front of everybody, with more in its environment; answers whether it ended well. */
export function runNode(args: string[], more: Record<string, string> = {}): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...more } });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    child.once('error', (error) => {
      console.error(error.message);
      done(false);
    });
    child.once('exit', (code) => done(code === 0));
  });
}
