import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';

/** Enough of a SHA-256 to tell the versions of one lab apart, and short enough to be read aloud. */
const VERSION_CHARS = 12;

/**
 * Names what each step's checkpoints are judged by, by step id: a short hash over lab.yaml, checks.ts with its parts, and
 * the step's own text. Editing another step's text does not change it.
 */
export function versionsOf({ directory, steps }: Lab): Record<string, string> {
  const common = createHash('sha256');
  for (const name of ['lab.yaml', 'checks.ts', ...partsOf(directory)]) add(common, directory, name);
  return Object.fromEntries(
    steps.map(({ id }) => {
      const hash = common.copy();
      add(hash, directory, `${id}.mdx`);
      return [id, hash.digest('hex').slice(0, VERSION_CHARS)];
    }),
  );
}

/** The files checks.ts is split into, without their tests. */
function partsOf(directory: string): string[] {
  const folder = join(directory, 'checks');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join('checks', name));
}

function add(hash: ReturnType<typeof createHash>, directory: string, name: string): void {
  const file = join(directory, name);
  if (existsSync(file)) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
}
