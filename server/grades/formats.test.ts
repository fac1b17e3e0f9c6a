import readXlsxFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { writeJUnit } from '../junit.ts';
import { parseXml } from '../testxml.ts';
import { writeCsv } from './csv.ts';
import { gradeRecords, writeRecords } from './records.ts';
import { checkpointSheet, detailSheet, summarySheet } from './sheets.ts';
import { suitesOf } from './suites.ts';
import { grades, MINUTE, START } from './testbed.ts';
import { writeWorkbook } from './workbook.ts';

const CLASS = '网络 2026';
/** How a hostile name looks on one line, without what no file can carry. */
const TAMED = `=cmd|' /C calc'!A0 "x",<b>& [1m\ufffd`;

/** Reads quoted CSV as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|\r\n)/gy;
  const rows: string[][] = [[]];
  const body = text.replace(/^\uFEFF/, '');
  while (cell.lastIndex < body.length) {
    const match = cell.exec(body);
    if (!match) throw new Error('not CSV');
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('CSV', () => {
  const csv = writeCsv(summarySheet(CLASS, grades()));
  const [head, ...rows] = parseCsv(csv);

  it('is UTF-8 with a mark and CRLF, under the usual headings', () => {
    expect(Buffer.from(csv).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(head?.join()).toBe(
      '学号,姓名,班级,实验,总分,得分,通过关卡,总关卡,评测次数,实训用时,首次进入,完成时间,最后评测,截止时间,迟交关卡,备注',
    );
  });

  it('has one line per learner, with times of Beijing', () => {
    expect(rows[0]).toEqual([
      '0012345678',
      '张三',
      CLASS,
      '跨主机通信',
      '30',
      '30',
      '3',
      '3',
      '9',
      '1:35:00',
      '2026-11-23 14:00:00',
      '2026-11-23 15:35:00',
      '2026-11-23 15:35:00',
      '2026-11-23 15:30:00',
      '1',
      '看过 3 条提示',
    ]);
    expect(rows[1]?.slice(4)).toEqual([
      '30',
      '16.5',
      '1',
      '3',
      '7',
      '1:00:00',
      '2026-11-23 14:00:00',
      '',
      '2026-11-23 15:00:00',
      '2026-11-23 15:30:00',
      '0',
      '通过后失效：网桥已激活；没能检查：能 ping 通',
    ]);
    expect(rows[2]?.slice(0, 2)).toEqual(['', '']);
    expect(rows[2]?.at(-1)).toBe('编号 p3');
    expect(rows[3]?.slice(4)).toEqual(['30', '0', '0', '3', '0', '', '', '', '', '', '', '没有开始']);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r\n=1', ' =1', '＝1', '＋1', '－1', '＠x'])(
    'does not let %j be a formula',
    (name) => {
      const grade = grades()[0];
      if (!grade) throw new Error('no grade');
      const text = writeCsv(summarySheet(name, [{ ...grade, learner: { person: 'p', studentNo: name, name } }]));
      for (const cell of parseCsv(text)[1]?.slice(0, 3) ?? []) expect(cell).toMatch(/^'[^\s]/);
    },
  );

  it('keeps a hostile name in its cell', () => {
    expect(rows).toHaveLength(4);
    expect(rows[1]?.[1]).toBe(`'${TAMED}`);
  });
});

describe('the workbook', () => {
  // The library drops U+FFFD, as it does what XML cannot carry.
  const tamed = TAMED.replace('\ufffd', '');

  it('has three sheets that read back as what they were', async () => {
    const all = grades();
    const sheets = [summarySheet(CLASS, all), checkpointSheet(CLASS, all), detailSheet(CLASS, all)];
    const read = await readXlsxFile(await writeWorkbook(sheets));
    expect(read.map(({ sheet }) => sheet)).toEqual(['成绩', '检查点', '明细']);
    const [summary, checkpoints, details] = read.map(({ data }) => data);
    expect(summary?.[0]).toEqual(sheets[0]?.columns.map(({ title }) => title));
    // 学号 is text: a number would have lost its zeros.
    expect(summary?.[1]?.slice(0, 6)).toEqual(['0012345678', '张三', CLASS, '跨主机通信', 30, 30]);
    // A span is a time after Excel's day zero.
    expect(summary?.[1]?.[9]).toEqual(new Date(Date.UTC(1899, 11, 30) + 95 * MINUTE));
    // Excel knows no zones: the clock time in Beijing is what stands there.
    expect(Math.abs(Number(summary?.[1]?.[10]) - (START + 8 * 3_600_000))).toBeLessThanOrEqual(1);
    expect(summary?.[2]?.[1]).toBe(tamed);
    expect(checkpoints).toEqual([
      ['学号', '姓名', '班级', '网桥已激活', 'VXLAN 设备就绪', '能 ping 通'],
      ['0012345678', '张三', CLASS, 1, 1, 1],
      ['0012345679', tamed, CLASS, 1, 0, null],
      [null, null, CLASS, 0, null, null],
      ['0012345680', '李四', CLASS, null, null, null],
    ]);
    expect(details).toHaveLength(1 + 4 * 3);
    expect(details?.[5]?.slice(4, 11)).toEqual(['VXLAN 设备就绪', 10, 6.5, '未通过', 4, 2, 0]);
  });

  it('may be empty', async () => {
    const read = await readXlsxFile(await writeWorkbook([summarySheet(CLASS, []), checkpointSheet(CLASS, [])]));
    expect(read.map(({ data }) => data.length)).toEqual([1, 1]);
  });
});

describe('JSON', () => {
  it('is as its schema says, one record per learner and checkpoint', () => {
    const { rows, ...head } = gradeRecords.parse(JSON.parse(writeRecords({ id: 'c', name: CLASS }, grades(), START)));
    expect(head).toEqual({
      format: 'netloom-grades-1',
      madeAt: '2026-11-23T06:00:00.000Z',
      class: { id: 'c', name: CLASS },
    });
    expect(rows).toHaveLength(12);
    expect(rows[4]).toEqual({
      person: 'p2',
      studentNo: '0012345679',
      name: grades()[1]?.learner.name?.toWellFormed(),
      lab: 'overlay',
      labTitle: '跨主机通信',
      startedAt: '2026-11-23T06:00:00.000Z',
      step: '02-vxlan',
      checkpoint: 'vxlan',
      title: 'VXLAN 设备就绪',
      points: 10,
      score: 6.5,
      standing: 'failed',
      attempts: 4,
      checks: 2,
      hints: 0,
      firstPassedAt: null,
      deadline: '2026-11-23T07:30:00.000Z',
      late: false,
      secondsToPass: null,
      lastJudgedAt: '2026-11-23T06:50:00.000Z',
      failing: ['VNI'],
    });
    expect(JSON.parse(writeRecords({ id: 'c', name: CLASS }, [], START)).rows).toEqual([]);
  });
});

describe('JUnit', () => {
  it('has a suite per learner, whose tests end as the checkpoints did', () => {
    const suites = parseXml(writeJUnit(suitesOf(CLASS, grades(), START))).children;
    expect(suites.map(({ attributes }) => attributes.name)).toEqual([
      '0012345678 张三 · 跨主机通信',
      `0012345679 ${TAMED} · 跨主机通信`,
      '学员 p3 · 跨主机通信',
      '0012345680 李四 · 跨主机通信',
    ]);
    const counted = suites.map(({ attributes: { tests, failures, errors, skipped } }) =>
      [tests, failures, errors, skipped].join(),
    );
    expect(counted).toEqual(['3,0,0,0', '3,1,1,0', '3,1,0,2', '3,0,0,3']);
    const [bridge, vxlan] = suites[1]?.children.filter(({ name }) => name === 'testcase') ?? [];
    expect(bridge?.attributes).toEqual({ classname: 'overlay.01-bridge', name: 'bridge 网桥已激活', time: '600.000' });
    expect(bridge?.children).toEqual([]);
    expect(vxlan?.children).toMatchObject([
      { name: 'failure', attributes: { message: '6.5 / 10 分：VNI' }, text: 'VNI　期望 100　实际 200' },
    ]);
    expect(suites[1]?.children.find(({ name }) => name === 'system-out')?.text).toContain(
      'bridge 网桥已激活：通过之后又不成立了',
    );
  });
});
