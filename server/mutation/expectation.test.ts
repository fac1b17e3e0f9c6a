import { describe, expect, test } from 'vitest';
import type { Fact } from '../../content/check.ts';
import { causesOf, complaintsOf } from './expectation.ts';
import { remediesOf } from './remedy.ts';
import type { Expectation, Verdict, Verdicts } from './set-up.ts';

const good: Verdict = { status: 'passed', facts: [] };
const fact = (id: string, more: Partial<Fact> = {}): Fact => {
  const look = { node: 'node-1', command: 'ip link' };
  return { id, ok: false, title: id, expected: '', actual: '', advice: '', look, ...more };
};
const red = (...facts: Fact[]): Verdict => ({ status: 'failed', facts });
const waits = (other: string) => red(fact('ready', { advice: `先完成检查点 \`${other}\`` }));
const bridge = red(fact('bridge', { actual: 'br0 没有', repair: '执行 `ip link add br0 type bridge`。' }));
const verdicts = (all: Record<string, Verdict>): Verdicts => new Map(Object.entries(all));
const broken: Expectation = { kind: 'red', red: ['bridge'], fact: 'bridge', says: /br0/ };

describe('red checkpoints', () => {
  test('that only wait for another red one are no causes', () => {
    expect(causesOf(verdicts({ bridge, ping: waits('bridge'), deps: good }))).toEqual(['bridge']);
  });

  test('that wait for a green one, for themselves, or say what to do besides, are', () => {
    const also = red(fact('own', { advice: '先完成检查点 `bridge`', repair: '`ip link`' }));
    const all = verdicts({ bridge, ping: waits('deps'), self: waits('self'), also, deps: good });
    expect(causesOf(all)).toEqual(['bridge', 'ping', 'self', 'also']);
  });
});

describe('an expectation of red', () => {
  test('is met by just these checkpoints, the fact and what it says', () => {
    expect(complaintsOf(broken, verdicts({ bridge, ping: waits('bridge'), deps: good }))).toEqual([]);
  });

  test.each([
    ['nothing red', { bridge: good }, '没有检查点变红'],
    ['another one red', { bridge, deps: red(fact('x')) }, 'deps 不该变红'],
    ['only another one red', { bridge: good, deps: red(fact('bridge')) }, '应当变红的 bridge 还是绿的'],
    ['another fact', { bridge: red(fact('up')) }, '不成立的是 up'],
    ['other words', { bridge: red(fact('bridge')) }, '没有说到 br0'],
    ['one that could not be checked', { bridge, ping: { status: 'unknown', facts: [] } }, 'ping 没能检查'],
  ] satisfies [string, Record<string, Verdict>, string][])('is not met by %s', (_what, all, complaint) => {
    expect(complaintsOf(broken, verdicts(all)).join('\n')).toContain(complaint);
  });
});

test('of anything that is taken away something must speak', () => {
  const some = (name: string): Expectation => ({ kind: 'some-red', names: [name] });
  expect(complaintsOf(some('br0'), verdicts({ bridge }))).toEqual([]);
  expect(complaintsOf(some('veth1'), verdicts({ bridge }))).toEqual(['变红的 bridge 没有提到 veth1']);
  expect(complaintsOf(some('br0'), verdicts({ bridge: good }))).toEqual(['没有检查点变红']);
});

test('green is green: red and unknown are told', () => {
  expect(complaintsOf({ kind: 'green' }, verdicts({ a: good }))).toEqual([]);
  expect(complaintsOf({ kind: 'green' }, verdicts({ a: good, bridge }))).toEqual(['应当全绿，变红的是 bridge']);
  expect(complaintsOf({ kind: 'green' }, verdicts({ a: { status: 'unknown', facts: [] } }))).toEqual(['a 没能检查']);
});

test('remedies are the commands in the repairs of causes, on the node of the fact, each once', () => {
  expect(remediesOf(verdicts({ bridge, ping: waits('bridge'), again: bridge }))).toEqual([
    { node: 'node-1', command: 'ip link add br0 type bridge' },
  ]);
});
