import { describe, expect, test } from 'vitest';
import { loadAll } from './load.ts';
import { ContentMistake } from './mistake.ts';
import { readMutations } from './mutations.ts';
import { LAB_YAML, makeScratch, stepText } from './scratch.ts';

const values = { 'node-2.mac': { label: 'MAC', node: 'node-2', read: () => null } };

/** Reads a lab that has these mutations, and two checkpoints for each node. */
function read(yaml: string) {
  using scratch = makeScratch({
    'one/lab.yaml': LAB_YAML,
    'one/01-a.mdx': stepText('up-node-1', 'up-node-2', 'all'),
    'one/checks.ts': '',
    'one/mutations.yaml': yaml,
  });
  const [lab] = loadAll(scratch.directory);
  if (!lab) throw new Error('the scratch directory holds a lab');
  try {
    return { mutations: readMutations(lab, { values }), mistake: '' };
  } catch (error) {
    if (!(error instanceof ContentMistake)) throw error;
    return { mutations: null, mistake: `${error}`.replaceAll(`${lab.directory}/`, '') };
  }
}

const MIRROR = 'mirror: [[node-1, node-2], [10.0.0.1, 10.0.0.2]]\n';
const BROKEN = `${MIRROR}broken:
  - name: 关掉
    on: node-1
    run: ip addr del 10.0.0.1/24 dev ens33
    red: [up-node-1, all]
    fact: up
    says: 10\\.0\\.0\\.1
`;

describe('readMutations', () => {
  test('says everything of the other node too', () => {
    const [here, there] = read(BROKEN).mutations?.listed ?? [];
    expect(here).toMatchObject({ name: 'node-1：关掉', start: 'solved', place: { line: 3, column: 5 } });
    expect(there).toMatchObject({
      name: 'node-2：关掉',
      sections: [{ node: 'node-2', text: 'ip addr del 10.0.0.2/24 dev ens33\n' }],
      broken: { red: ['up-node-2', 'all'], fact: 'up' },
    });
    expect(there?.broken?.says.test('10.0.0.2')).toBe(true);
    expect(there?.broken?.says.test('10.0.0.1')).toBe(false);
  });

  test('or of one alone, or with other checkpoints there', () => {
    expect(read(`${BROKEN}    alone: true\n`).mutations?.listed.length).toBe(1);
    const listed = read(`${BROKEN}    mirrored: { red: [all] }\n`).mutations?.listed ?? [];
    expect(listed.map(({ broken }) => broken?.red)).toEqual([['up-node-1', 'all'], ['all']]);
  });

  test('reads variants, their start, sections of several nodes and excuses', () => {
    const { mutations } = read(`${MIRROR}right:
  - name: 另一种
    on: node-1
    from: 01-a
    run: |
      @node-2 as MAC
      echo {{node-2.mac}}
      @node-1
      echo $MAC
    alone: true
harmless:
  - { on: node-2, run: ip link set x down, why: 用不着 }
unbreakable:
  - { fact: up, of: [all], why: 看不到 }
`);
    expect(mutations?.listed).toMatchObject([
      { start: '01-a', sections: [{ node: 'node-2', storeAs: 'MAC' }, { node: 'node-1' }] },
    ]);
    expect(mutations?.listed[0]?.broken).toBeUndefined();
    expect(mutations?.harmless.map(({ node }) => node)).toEqual(['node-2', 'node-1']);
    expect(mutations?.unbreakable).toMatchObject([{ checkpoint: 'all', fact: 'up' }]);
  });

  test('a lab without the file has none', () => {
    using scratch = makeScratch({ 'one/lab.yaml': LAB_YAML, 'one/01-a.mdx': stepText() });
    const [lab] = loadAll(scratch.directory);
    if (!lab) throw new Error('the scratch directory holds a lab');
    expect(readMutations(lab, { values }).listed).toEqual([]);
  });

  test.each([
    ['a checkpoint', BROKEN.replace('[up-node-1, all]', '[up-node-1, al]'), 'mutations.yaml:6:22 没有检查点 al'],
    ['a node', BROKEN.replace('on: node-1', 'on: node-3'), 'mutations.yaml:4:9 没有节点 node-3'],
    ['a section', BROKEN.replace('run: ip', 'run: "@node-7" #'), 'mutations.yaml:5:10 第 1 行：没有节点 node-7'],
    ['a live value', BROKEN.replace('ens33', '{{node-2.mca}}'), 'mutations.yaml:5:10 没有活数值 node-2.mca'],
    ['a pattern', BROKEN.replace('10\\.0', '(10'), 'mutations.yaml:8:11 says：不是正确的正则表达式'],
    ['a field', BROKEN.replace('says:', 'said:'), '不认识的字段 said：可以写'],
    [
      'a start',
      `right:\n  - { name: a, on: node-1, from: 02-b, run: x }\n`,
      '没有这样的起点 02-b：可以写 solved、fresh、01-a',
    ],
    ['a name used twice', BROKEN + BROKEN.split('broken:\n')[1], '「node-1：关掉」有两个'],
  ])('says where %s is wrong', (_what, yaml, complaint) => {
    expect(read(yaml).mistake).toContain(complaint);
  });
});
