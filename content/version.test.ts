import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Lab } from './lab.ts';
import { versionsOf } from './version.ts';

const directory = mkdtempSync(join(tmpdir(), 'netloom-version-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(join(directory, name), text);

/** What of a lab its versions are made from. */
const lab = { directory, steps: [{ id: '01-a' }, { id: '02-b' }] } as Lab;
const versions = () => {
  const { '01-a': a = '', '02-b': b = '' } = versionsOf(lab);
  return { a, b };
};

test('a version changes with what judges, and with nothing else', () => {
  mkdirSync(join(directory, 'checks'));
  for (const name of ['lab.yaml', 'checks.ts', 'checks/one.ts', 'checks/one.test.ts', '01-a.mdx', '02-b.mdx'])
    write(name, '');
  const first = versions();
  expect(first.a).toMatch(/^[0-9a-f]{12}$/);
  expect(first.a).not.toBe(first.b);

  write('checks/one.test.ts', 'changed');
  write('checks/notes.md', 'new');
  expect(versions()).toEqual(first);

  write('02-b.mdx', 'changed');
  const edited = versions();
  expect(edited.a).toBe(first.a);
  expect(edited.b).not.toBe(first.b);

  for (const name of ['checks/one.ts', 'checks.ts', 'lab.yaml']) {
    const before = versions();
    write(name, 'changed');
    expect(versions().a, name).not.toBe(before.a);
    expect(versions().b, name).not.toBe(before.b);
  }

  // What moves from one file to the next is another version.
  write('checks.ts', 'ab');
  write('checks/one.ts', 'c');
  const before = versions();
  write('checks.ts', 'a');
  write('checks/one.ts', 'bc');
  expect(versions().a).not.toBe(before.a);
});
