import { describe, expect, it } from 'vitest';
import { isSameName, readRosterText } from './roster-text.ts';

const two = [
  { studentNo: '0020260001', name: '王小明' },
  { studentNo: '0020260002', name: '李小红' },
];

describe('a roster as it is pasted', () => {
  it.each([
    ['commas', '0020260001,王小明\n0020260002,李小红'],
    ['Chinese commas', '0020260001，王小明\r\n0020260002，李小红\r\n'],
    ['tabs, as from a sheet', '0020260001\t王小明\n0020260002\t李小红'],
    ['a mark of UTF-8 and a head', '\uFEFF学号,姓名\n0020260001,王小明\n0020260002,李小红'],
    ['a head in another order, and other columns', '班级,姓名,学号\n网络1,王小明,0020260001\n网络1,李小红,0020260002'],
    ['a third column that is not read', '0020260001,王小明,secret\n0020260002,李小红,secret'],
    ['wide digits, quotes, spaces and empty lines', '\n"００２０２６０００１", "王小明"\n,,\n 0020260002 , 李小红 \n'],
    ['spaces', '0020260001  王小明\n0020260002 李小红'],
  ])('is read with %s', (_, text) => {
    const { lines, mistakes } = readRosterText(text);
    expect(mistakes).toEqual([]);
    expect(lines.map(({ studentNo, name }) => ({ studentNo, name }))).toEqual(two);
  });

  it('says of each wrong line which it is and why', () => {
    const text = ['学号,姓名', '1,甲', '1,乙', ',丙', '学-号!,丁', '2,', `3,${'长'.repeat(61)}`, '4,戊'].join('\n');
    const { lines, mistakes } = readRosterText(text);
    expect(lines).toEqual([
      { line: 2, studentNo: '1', name: '甲' },
      { line: 8, studentNo: '4', name: '戊' },
    ]);
    expect(mistakes.map(({ line, why }) => [line, why])).toEqual([
      [3, 'twice'],
      [4, 'no-number'],
      [5, 'bad-number'],
      [6, 'no-name'],
      [7, 'long-name'],
    ]);
  });
});

it('takes names as one that differ in width and spaces, and no others', () => {
  expect(isSameName('王 小明', '王小明')).toBe(true);
  expect(isSameName('买买提·阿里', '买买提•阿里')).toBe(true);
  expect(isSameName('Ａｎｎ Lee', 'ann lee')).toBe(true);
  expect(isSameName('王小明', '王小名')).toBe(false);
});
