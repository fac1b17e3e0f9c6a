import { describe, expect, test } from 'vitest';
import type { Fact } from '../../content/check.ts';
import { coverageComplaints } from './coverage.ts';
import type { SetUp, Verdict, Workbench } from './set-up.ts';
import { tryOut } from './trial.ts';

type Thing = 'link' | 'address';

/**
 * A lab of two things, judged by one fact each. Its commands are `del THING` and `add THING`; `sees` says which facts
 * look, `advises` whether their repair is right.
 */
function makeBench({ sees = ['link', 'address'] as Thing[], advises = true, throws = false } = {}): Workbench {
  const there = new Set<Thing>();
  const run = (command: string) => {
    const [verb, thing] = command.split(' ');
    if (thing !== 'link' && thing !== 'address') return `no ${thing}`;
    if (verb === 'add') there.add(thing);
    else there.delete(thing);
    return undefined;
  };
  const factOf = (thing: Thing): Fact => {
    const ok = there.has(thing) || !sees.includes(thing);
    const repair = advises ? `执行 \`add ${thing}\`。` : '再看看 `ip link`。';
    const look = { node: 'node-1', command: 'show' };
    return {
      id: thing,
      ok,
      title: `有 ${thing}`,
      expected: '有',
      actual: ok ? '有' : '没有',
      advice: '',
      repair,
      look,
    };
  };
  return {
    async start() {
      there.add('link').add('address');
    },
    async act(act) {
      if (!('sections' in act)) return [];
      return act.sections.flatMap(({ text }) => run(text) ?? []);
    },
    async judge() {
      const facts = [factOf('link'), factOf('address')];
      return new Map<string, Verdict>([['net', { status: facts.every(({ ok }) => ok) ? 'passed' : 'failed', facts }]]);
    },
    async settle() {},
    async follow(commands) {
      for (const { command } of commands) run(command);
    },
    faults: () => (throws ? ['judging net：boom'] : []),
  };
}

const removal = (thing: string, expect: SetUp['expect'] = { kind: 'some-red', names: [thing] }): SetUp => {
  return {
    name: `del ${thing}`,
    start: 'solved',
    act: { sections: [{ node: 'node-1', text: `del ${thing}`, line: 1 }] },
    expect,
  };
};

/** Solves, then removes both things one by one; all that is wrong, of the set-ups and of the whole. */
async function mutate(bench: Workbench): Promise<string[]> {
  await bench.start('solved');
  const solved = await bench.judge();
  const outcomes = [await tryOut(bench, removal('link')), await tryOut(bench, removal('address'))];
  return [...outcomes.flatMap(({ complaints }) => complaints), ...coverageComplaints(solved, outcomes, []).complaints];
}

describe('the tester', () => {
  test('has nothing to say of checks that look and advise well', async () => {
    expect(await mutate(makeBench())).toEqual([]);
  });

  test('finds a fact that holds without looking', async () => {
    const complaints = await mutate(makeBench({ sees: ['link'] }));
    expect(complaints).toContain('没有检查点变红');
    expect(complaints.join('\n')).toContain('net 的事实 address 不成立：它也许什么也没看');
  });

  test('finds advice that repairs nothing', async () => {
    expect((await mutate(makeBench({ advises: false }))).join('\n')).toContain('照提示做了还是不绿');
  });

  test('finds a check that throws', async () => {
    expect((await mutate(makeBench({ throws: true }))).join('\n')).toContain('判定程序出错：judging net：boom');
  });

  test('finds a set-up that could not be made', async () => {
    const { complaints } = await tryOut(makeBench(), removal('bridge'));
    expect(complaints).toEqual(['no bridge']);
  });

  test('counts how often the advice had to be followed', async () => {
    expect(await tryOut(makeBench(), removal('link'))).toMatchObject({ complaints: [], rounds: 1 });
  });

  test('accepts advice that repairs nothing from an author who knows why, and only then', async () => {
    const known = removal('link', { kind: 'red', red: ['net'], fact: 'link', unrepaired: '要换一台机器' });
    expect((await tryOut(makeBench({ advises: false }), known)).complaints).toEqual([]);
    expect((await tryOut(makeBench(), known)).complaints).toEqual(['照提示做能修好，不必写 unrepaired']);
  });

  test('lets an author say that a fact cannot be broken, as long as nothing breaks it', async () => {
    const bench = makeBench();
    await bench.start('solved');
    const solved = await bench.judge();
    const outcomes = [await tryOut(bench, removal('link'))];
    const place = { file: 'mutations.yaml', line: 1, column: 1 };
    const excuse = (fact: string) => ({ checkpoint: 'net', fact, why: '看不到', place });
    expect(coverageComplaints(solved, outcomes, [excuse('address')]).complaints).toEqual([]);
    expect(coverageComplaints(solved, outcomes, [excuse('address'), excuse('link')]).complaints).toEqual([
      'net 的事实 link 弄坏了，不必写在 unbreakable 里',
    ]);
    expect(coverageComplaints(solved, outcomes, [excuse('address'), excuse('none')]).complaints).toEqual([
      'unbreakable：做完的实验里，net 没有事实 none',
    ]);
  });
});
