import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LAB_YAML, makeScratch } from './scratch.ts';
import { watchContent } from './watch.ts';

test('tells of an edit, of a save by renaming, of parts of the checks, of a lab that comes and goes; once each', async () => {
  using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML });
  let told: (lab: string) => void = () => {};
  const news: string[] = [];
  const next = () =>
    new Promise<string>((resolve) => {
      told = resolve;
    });
  const watcher = watchContent(scratch.directory, (lab) => {
    news.push(lab);
    told(lab);
  });
  const after = async (edit: () => void) => {
    const heard = next();
    edit();
    return await heard;
  };
  try {
    expect(await after(() => scratch.write('one/01-a.mdx', 'a'))).toBe('one');
    for (const text of ['b', 'c']) {
      const save = () => renameSync(scratch.write('one/.01-a.mdx.tmp', text), `${scratch.directory}/one/01-a.mdx`);
      expect(await after(save)).toBe('one');
    }
    expect(await after(() => scratch.write('one/checks/part.ts', ''))).toBe('one');
    expect(await after(() => scratch.write('one/checks/part.ts', 'x'))).toBe('one');
    expect(await after(() => scratch.write('two/lab.yaml', LAB_YAML))).toBe('two');
    expect(await after(() => scratch.write('two/lab.yaml', 'x'))).toBe('two');
    expect(await after(() => scratch.remove('two'))).toBe('two');
    expect(await after(() => scratch.write('two/lab.yaml', LAB_YAML))).toBe('two');
    expect(news).toEqual([...Array(5).fill('one'), ...Array(4).fill('two')]);
  } finally {
    watcher.close();
  }
});
