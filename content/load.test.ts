import { statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLibrary, loadAll } from './load.ts';
import { attempt } from './mistake.ts';
import { LAB_YAML, makeScratch, type Scratch, stepText } from './scratch.ts';

const GOOD = {
  'one/lab.yaml': LAB_YAML,
  'one/01-start.mdx': stepText('a'),
  'one/02-end.mdx': stepText('b', 'c'),
  'one/checks.ts': '',
};

/** What loadAll says is wrong, paths relative to the directory. */
function complaints(scratch: Scratch): string[] {
  const result = attempt(() => loadAll(scratch.directory));
  return 'value' in result ? [] : result.mistakes.map((mistake) => `${mistake}`.replace(`${scratch.directory}/`, ''));
}

describe('loadAll', () => {
  test('reads a lab with its steps and checkpoints in order', () => {
    using scratch = makeScratch({ ...GOOD, 'one/.01-start.mdx.swp': '', 'one/checks/parts.ts': '' });
    const [lab] = loadAll(scratch.directory);
    expect(lab).toMatchObject({ id: 'one', directory: join(scratch.directory, 'one'), file: { netfilter: false } });
    expect(lab?.steps.map(({ id, number }) => [id, number])).toEqual([
      ['01-start', 1],
      ['02-end', 2],
    ]);
    expect(lab?.checkpoints.map(({ id, step }) => `${step}/${id}`)).toEqual(['01-start/a', '02-end/b', '02-end/c']);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'a gap',
      { 'one/04-late.mdx': stepText() },
      'one/04-late.mdx:1:1 步骤的编号从 01 起，不能跳号，不能重号：这里应该是 03',
    ],
    ['a repeated number', { 'one/02-again.mdx': stepText() }, 'one/02-end.mdx:1:1 步骤的编号从 01 起'],
    [
      'a repeated checkpoint',
      { 'one/03-more.mdx': stepText('b') },
      'one/03-more.mdx:5:11 检查点 b 在 02-end.mdx 里已经有了',
    ],
    [
      'a step with another name',
      { 'one/3-more.mdx': stepText() },
      'one/3-more.mdx:1:1 不认识的文件：步骤的文件名是两位编号',
    ],
    ['another suffix', { 'one/03-more.md': stepText() }, 'one/03-more.md:1:1 不认识的文件：步骤的文件名是'],
    ['lab.yml', { 'one/lab.yml': LAB_YAML }, 'one/lab.yml:1:1 不认识的文件：实验的说明叫 lab.yaml'],
    ['a stray file', { 'one/notes.txt': '' }, 'one/notes.txt:1:1 不认识的文件'],
    ['a stray folder', { 'one/pictures/a.svg': '' }, 'one/pictures:1:1 实验的文件夹里只能有这些文件夹'],
    ['a stray file beside the labs', { 'lab.yaml': LAB_YAML }, 'lab.yaml:1:1 这里只放实验的文件夹'],
    [
      'a folder with another name',
      { 'Two/lab.yaml': LAB_YAML, 'Two/01-a.mdx': stepText() },
      'Two:1:1 实验的文件夹名不能是 Two',
    ],
    ['a folder without a lab', { 'two/01-a.mdx': stepText() }, 'two/lab.yaml:1:1 缺少 lab.yaml'],
    ['a lab without steps', { 'two/lab.yaml': LAB_YAML }, 'two:1:1 没有步骤'],
    [
      'a lab without checks',
      { 'two/lab.yaml': LAB_YAML, 'two/01-a.mdx': stepText('a') },
      'two/checks.ts:1:1 缺少 checks.ts',
    ],
    ['a text in GBK', { 'one/03-more.mdx': `${stepText()}\uFFFD` }, 'one/03-more.mdx:8:1 这一行不是 UTF-8'],
    [
      'a bad address',
      { 'one/lab.yaml': LAB_YAML.replace('10.0.0.2/24', '10.0.0.2') },
      'one/lab.yaml:7:45 address：不是带前缀长度的 IPv4 地址',
    ],
    [
      'a repeated address',
      { 'one/lab.yaml': LAB_YAML.replace('10.0.0.2', '10.0.0.1') },
      'one/lab.yaml:7:45 两个节点的 address 都是 10.0.0.1/24',
    ],
    [
      'a flow of no node',
      { 'one/lab.yaml': `${LAB_YAML}flows:\n  - { node: node1, from: 10.0.0.1, to: 10.0.0.2 }\n` },
      'one/lab.yaml:9:13 没有节点 node1：可以写 node-1、node-2；是不是想写 node-1？',
    ],
    [
      'an unknown field',
      { 'one/lab.yaml': `${LAB_YAML}minuts: 3\n` },
      'one/lab.yaml:8:1 不认识的字段 minuts：可以写 title、',
    ],
    [
      'YAML that cannot be read',
      { 'one/lab.yaml': `${LAB_YAML}a: "b\n` },
      'one/lab.yaml:8:6 YAML 写法不对：缺少收尾的引号',
    ],
    [
      'a block of no node',
      { 'one/03-more.mdx': `${stepText()}\`\`\`bash node-9\nid\n\`\`\`\n` },
      'one/03-more.mdx:8:9 代码块里不认识的词 node-9',
    ],
  ])('refuses %s', (_name, files, message) => {
    using scratch = makeScratch({ ...GOOD, ...files });
    expect(complaints(scratch)).toEqual([expect.stringContaining(message)]);
  });

  test('says everything at once, a broken lab.yaml hiding no step', () => {
    using scratch = makeScratch({
      ...GOOD,
      'one/lab.yaml': 'title: 甲\n',
      'one/02-end.mdx': `${stepText()}# 一\n`,
      'two/a': '',
    });
    expect(complaints(scratch).map((line) => line.split(' ', 1)[0])).toEqual([
      'one/02-end.mdx:8:1',
      ...Array(4).fill('one/lab.yaml:1:1'),
      'two:1:1',
      'two/a:1:1',
      'two/lab.yaml:1:1',
    ]);
  });

  test('refuses a directory without labs', () => {
    using scratch = makeScratch();
    expect(complaints(scratch)).toEqual([expect.stringContaining('一个实验也没有')]);
  });
});

describe('createLibrary', () => {
  test('shows an edit at the next refresh', () => {
    using scratch = makeScratch(GOOD);
    const library = createLibrary({ directory: scratch.directory });
    expect(library.refresh()).toEqual([]);
    const other = library.step('one', '02-end')?.prose;
    scratch.write('one/01-start.mdx', stepText('a').replace('开始', '改过'));
    expect(library.refresh()).toEqual(['one']);
    expect(library.step('one', '01-start')?.prose.headings[0]?.text).toBe('改过');
    expect(library.step('one', '02-end')?.prose, 'a step that was not edited is not read again').toBe(other);
  });

  test('sees an edit that keeps the size', () => {
    using scratch = makeScratch(GOOD);
    const library = createLibrary({ directory: scratch.directory });
    const path = scratch.write('one/01-start.mdx', stepText('a').replace('开始', '改过'));
    const later = statSync(path).mtimeMs / 1000 + 1;
    utimesSync(path, later, later);
    expect(library.refresh()).toEqual(['one']);
  });

  test('keeps the last good version of a lab that was broken, tells once, and takes the mended one', () => {
    using scratch = makeScratch(GOOD);
    const told: string[] = [];
    const library = createLibrary({
      directory: scratch.directory,
      onMistake: (lab, mistake) => told.push(`${lab} ${mistake}`),
    });
    const good = library.lab('one');
    const path = scratch.write('one/01-start.mdx', `${stepText('a')}# 坏\n`);
    expect(library.refresh()).toEqual([]);
    expect(library.refresh()).toEqual([]);
    expect(told).toEqual([expect.stringContaining(`one ${path}:12:1 `)]);
    expect(library.lab('one')).toBe(good);
    expect(library.mistakes('one')).toMatchObject([{ file: path, line: 12, column: 1 }]);

    scratch.write('one/01-start.mdx', stepText('a'));
    expect(library.refresh()).toEqual(['one']);
    expect(library.mistakes('one')).toEqual([]);
  });

  test('takes up a new lab, leaves out a broken one, drops one that is gone', () => {
    using scratch = makeScratch(GOOD);
    const library = createLibrary({ directory: scratch.directory });
    scratch.write('two/01-a.mdx', stepText());
    expect(library.refresh()).toEqual([]);
    expect(library.labs().map(({ id }) => id)).toEqual(['one']);
    expect(library.mistakes('two')).toHaveLength(1);
    scratch.write('two/lab.yaml', LAB_YAML);
    expect(library.refresh()).toEqual(['two']);
    scratch.remove('one');
    expect(library.refresh()).toEqual(['one']);
    expect(library.labs().map(({ id }) => id)).toEqual(['two']);
    expect(library.lab('one')).toBeUndefined();
    expect(library.step('two', '02-b')).toBeUndefined();
  });
});
