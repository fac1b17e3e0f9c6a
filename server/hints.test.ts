import { describe, expect, it, vi } from 'vitest';
import type { Fact } from '../content/check.ts';
import { createHints } from './hints.ts';
import type { CheckpointResult } from './protocol.ts';
import type { OpenedHint } from './store/hints.ts';

const failing = { id: 'up', ok: false, title: '已激活', expected: 'UP', actual: 'DOWN' };
const look = { node: 'node-1', command: 'ip link' };
const down: Fact = { ...failing, advice: 'WHY', repair: '执行 `FIX`。', look };
const result = (...facts: Fact[]): CheckpointResult => ({ status: 'failed', facts });
const ask = (level: 'hint' | 'repair', fact = 'up'): OpenedHint => ({ checkpoint: 'bridge', fact, level });

function setUp(opened: OpenedHint[] = []) {
  const save = vi.fn(async (_hint: OpenedHint) => undefined);
  return { hints: createHints({ opened, save }), save };
}

describe('hints', () => {
  it('keep their text back until they are opened, one after the other', async () => {
    const { hints } = setUp();
    const shown = hints.show('bridge', result(down));
    expect(JSON.stringify(shown)).not.toMatch(/WHY|FIX/);
    const closed = [
      { level: 'hint', text: null },
      { level: 'repair', text: null },
    ];
    expect(shown).toEqual({
      status: 'failed',
      facts: [{ ...failing, notice: '', hints: closed, look }],
      hintsOpened: 0,
    });

    await expect(hints.open(ask('repair'), result(down))).rejects.toMatchObject({ code: 'not-found' });
    await hints.open(ask('hint'), result(down));
    expect(hints.show('bridge', result(down)).facts[0]?.hints.map(({ text }) => text)).toEqual(['WHY', null]);
    await hints.open(ask('repair'), result(down));
    expect(hints.show('bridge', result(down)).facts[0]?.hints.map(({ text }) => text)).toEqual(['WHY', '执行 `FIX`。']);
    expect(hints.show('bridge', result(down)).hintsOpened).toBe(2);
    expect(hints.show('other', result(down))).toMatchObject({ hintsOpened: 0, facts: [{ hints: closed }] });
  });

  it('are kept once, and before anybody reads them', async () => {
    const { hints, save } = setUp();
    save.mockRejectedValueOnce(new Error('the disk is full'));
    await expect(hints.open(ask('hint'), result(down))).rejects.toThrow('the disk is full');
    expect(JSON.stringify(hints.show('bridge', result(down)))).not.toContain('WHY');
    await hints.open(ask('hint'), result(down));
    await hints.open(ask('hint'), result(down));
    expect(save.mock.calls).toEqual([[ask('hint')], [ask('hint')]]);
  });

  it('stay open when the reason changes, with the words of the new one', () => {
    const { hints } = setUp([ask('hint')]);
    const other = { ...down, actual: 'gone', advice: 'ANOTHER WHY', repair: '执行 `MORE`。' };
    expect(hints.show('bridge', result(other)).facts[0]?.hints.map(({ text }) => text)).toEqual(['ANOTHER WHY', null]);
    // A reason that has only a repair does not give it for the hint that was opened.
    expect(hints.show('bridge', result({ ...other, advice: '' })).facts[0]?.hints).toEqual([
      { level: 'repair', text: null },
    ]);
  });

  it.each([
    ['a fact that holds', { ...down, ok: true }, 'WHY'],
    ['a fact with nothing to give away', { ...failing, advice: '先完成检查点 `x`。' }, '先完成检查点 `x`。'],
  ])('are none of %s, which says its words unasked', async (_, fact, notice) => {
    const { hints, save } = setUp();
    const shown = hints.show('bridge', result(fact));
    expect(shown.facts[0]).toMatchObject({ notice, hints: [] });
    expect(JSON.stringify(shown)).not.toContain('FIX');
    for (const level of ['hint', 'repair'] as const) {
      await expect(hints.open(ask(level), result(fact))).rejects.toMatchObject({ code: 'not-found' });
    }
    await expect(hints.open(ask('hint', 'no-such'), result(fact))).rejects.toMatchObject({ code: 'not-found' });
    expect(save).not.toHaveBeenCalled();
  });
});
