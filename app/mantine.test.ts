import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const core = join(dirname(createRequire(import.meta.url).resolve('@mantine/core')), '..');

/** The components of Mantine that this module is made of, itself included. */
function within(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, next = ''] of readFileSync(path, 'utf8').matchAll(/(?:from|import) ?"(\.[^"]+)"/g)) {
    const module = join(dirname(path), next);
    if (existsSync(module)) within(module, seen);
  }
  return seen;
}

it('the page has the styles of every component of Mantine that it shows', () => {
  const names = new Set<string>();
  for (const file of globSync('**/*.tsx', { cwd: import.meta.dirname })) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    for (const [, list = ''] of source.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)) {
      for (const name of list.split(',')) names.add(name.replace(/^\s*type /, '').trim());
    }
  }
  const wanted = new Set<string>();
  for (const name of names) {
    const module = join(core, 'esm/components', name, `${name}.mjs`);
    if (!existsSync(module)) continue; // A hook, a type or the provider.
    for (const part of within(module)) {
      const styles = /\/([^/]+)\.module\.mjs$/.exec(part)?.[1];
      if (styles) wanted.add(styles);
    }
  }
  expect([...wanted]).toContain('Button');
  const css = readFileSync(join(import.meta.dirname, 'mantine.css'), 'utf8');
  expect([...wanted].filter((name) => !css.includes(`/${name}.layer.css`))).toEqual([]);
});
