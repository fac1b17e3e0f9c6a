import { describe, expect, it } from 'vitest';
import { type JUnitCase, writeJUnit } from './junit.ts';
import { parseXml } from './testxml.ts';

const AT = Date.UTC(2026, 10, 23, 8, 5, 9, 120);

const cases: JUnitCase[] = [
  { group: 'lab.01', name: 'ok', seconds: 1.5, outcome: { kind: 'passed' } },
  {
    group: 'lab.01',
    name: 'red',
    seconds: 2,
    outcome: { kind: 'failed', message: 'VNI', details: '期望 100\n实际 200' },
  },
  { group: 'lab.02', name: 'grey', seconds: 0, outcome: { kind: 'error', message: '没能检查' } },
  { group: 'lab.02', name: 'none', seconds: 0, outcome: { kind: 'skipped', message: '还没有做' } },
];

describe('a JUnit report', () => {
  it('counts what happened and says when', () => {
    const root = parseXml(writeJUnit([{ name: '张三', at: AT, cases, properties: { score: '10' } }]));
    expect(root.name).toBe('testsuites');
    expect(root.attributes).toEqual({});
    const [suite] = root.children;
    expect(suite?.attributes).toEqual({
      name: '张三',
      package: 'netloom',
      id: '0',
      timestamp: '2026-11-23T08:05:09',
      hostname: 'localhost',
      tests: '4',
      failures: '1',
      errors: '1',
      skipped: '1',
      time: '3.500',
    });
    // Ant's schema wants exactly this order.
    const elements = suite?.children.map((each) => each.name);
    expect(elements).toEqual(['properties', ...cases.map(() => 'testcase'), 'system-out', 'system-err']);
    expect(suite?.children[0]?.children[0]?.attributes).toEqual({ name: 'score', value: '10' });
  });

  it('gives each case its outcome', () => {
    const suite = parseXml(writeJUnit([{ name: 's', at: AT, cases }])).children[0];
    const [ok, red, grey, none] = suite?.children.filter((each) => each.name === 'testcase') ?? [];
    expect(ok?.children).toEqual([]);
    expect(ok?.attributes).toEqual({ classname: 'lab.01', name: 'ok', time: '1.500' });
    expect(red?.children).toMatchObject([
      { name: 'failure', attributes: { type: 'failed', message: 'VNI' }, text: '期望 100\n实际 200' },
    ]);
    expect(grey?.children).toMatchObject([{ name: 'error', attributes: { type: 'error', message: '没能检查' } }]);
    expect(none?.children).toMatchObject([{ name: 'skipped', attributes: { message: '还没有做' } }]);
  });

  it('survives anything a learner or a program may write', () => {
    const hostile = `<x a="1">&amp; ]]> \u0000\u001b[31m\ud800 \ufffe 'q'\t\r\nend 😀`;
    const outcome = { kind: 'failed', message: hostile, details: hostile } as const;
    const xml = writeJUnit([
      {
        name: hostile,
        at: AT,
        properties: { [hostile]: hostile },
        output: hostile,
        cases: [{ group: '', name: ' ', seconds: -1, outcome }],
      },
    ]);
    const suite = parseXml(xml).children[0];
    const failure = suite?.children.find((each) => each.name === 'testcase')?.children[0];
    const kept = `<x a="1">&amp; ]]> \ufffd\ufffd[31m\ufffd \ufffd 'q'\t\r\nend 😀`;
    expect(failure?.text).toBe(kept);
    expect(failure?.attributes.message).toBe(kept);
    expect(suite?.attributes.name).toBe(kept.replace(/\s+/g, ' '));
    expect(suite?.children.find((each) => each.name === 'testcase')?.attributes).toEqual({
      classname: '-',
      name: '-',
      time: '0.000',
    });
  });

  it('cuts what is too long, also in the middle of a character', () => {
    const long = `${'a'.repeat(19_999)}😀${'b'.repeat(50_000)}`;
    const suite = parseXml(writeJUnit([{ name: 's', at: AT, cases: [], output: long }])).children[0];
    expect(suite?.children.find((each) => each.name === 'system-out')?.text).toBe(`${'a'.repeat(19_999)}\ufffd…`);
  });

  it('may be empty', () => {
    expect(parseXml(writeJUnit([])).children).toEqual([]);
  });
});
