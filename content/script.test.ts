import { expect, it } from 'vitest';
import { parseScript, parseSections } from './script.ts';

const nodes = ['node-1', 'node-2'];

it('reads sections in order, with what they store', () => {
  const script = parseScript(
    '# a comment\n# start: solved\n\n@node-2 as MAC\nip link\n# kept\n@node-1\necho $MAC\n',
    nodes,
    7,
  );
  expect(script.start).toBe('solved');
  expect(script.sections).toEqual([
    { node: 'node-2', text: 'ip link\n# kept\n', storeAs: 'MAC', line: 4 },
    { node: 'node-1', text: 'echo $MAC\n\n', storeAs: undefined, line: 7 },
  ]);
});

it('starts fresh unless told otherwise', () => {
  expect(parseScript('@node-1\ntrue', nodes, 7).start).toBe('fresh');
});

it('starts at a step that the lab has', () => {
  expect(parseScript('# start: step 4 \n@node-1\ntrue', nodes, 7).start).toEqual({ step: 4 });
  expect(() => parseScript('# start: step 8\n', nodes, 7)).toThrow('第 1 行：没有第 8 步；这个实验有 7 步');
  expect(() => parseScript('# start: step 0\n', nodes, 7)).toThrow('第 1 行：没有第 0 步');
  expect(() => parseScript('# start: step\n', nodes, 7)).toThrow('第 1 行：start 只能是');
});

it('says which line is wrong', () => {
  expect(() => parseScript('@node-9\n', nodes, 7)).toThrow('第 1 行：没有节点 node-9');
  expect(() => parseScript('\nls\n', nodes, 7)).toThrow('第 2 行：命令要写在');
  expect(() => parseScript('# start: half\n', nodes, 7)).toThrow('第 1 行：start 只能是');
  expect(() => parseScript('@node-1 as 9x\n', nodes, 7)).toThrow('第 1 行：一段的开头');
});

it('reads sections whose first node is known without a heading', () => {
  expect(parseSections('ip link\n@node-2 as MAC\necho 1\n', nodes, 'node-1')).toEqual([
    { node: 'node-1', text: 'ip link\n', line: 1 },
    { node: 'node-2', text: 'echo 1\n\n', storeAs: 'MAC', line: 2 },
  ]);
  expect(() => parseSections('true\n@node-9\n', nodes, 'node-1')).toThrow('第 2 行：没有节点 node-9');
});
