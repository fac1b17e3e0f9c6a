import { describe, expect, it, vi } from 'vitest';
import type { CodeBlock } from '../content/schema.ts';
import type { ExecResult } from './labd/nodes/driver.ts';
import type { Player } from './play.ts';
import type { Playing } from './protocol.ts';
import { createTestLab } from './testbed.ts';
import { legsTo, travel } from './travel.ts';

const { source } = createTestLab();
const lab = source.lab();
const { values } = source.checks();

function textsOf(to: { step: number; node?: string }): [string, string][] {
  return legsTo(lab, values, to).map(({ blocks, nodes }) => [
    blocks.map((each) => each.text).join('; '),
    nodes.join(' '),
  ]);
}

function playerThat(plays: (text: string, timeoutMs: number) => ExecResult | Promise<ExecResult>): Player {
  return {
    script: async () => ({ code: 0, stdout: '', stderr: '' }),
    blocks: (blocks, nodes, timeoutMs = 0) =>
      Promise.all(
        nodes.map(async (node) => {
          const block = blocks.at(-1) ?? (blocks[0] as CodeBlock);
          return { block, node, result: await plays(block.text, timeoutMs) };
        }),
      ),
    step: async () => [],
  };
}

const fine = { code: 0, stdout: '', stderr: '' };
const quiet = { playing: () => undefined, fault: () => undefined };

describe('the way to a step', () => {
  it('has nothing on it for the first', () => {
    expect(textsOf({ step: 1 })).toEqual([]);
  });

  it('has what changes something, and neither what only looks, nor what goes on without end, nor what may be left out', () => {
    expect(textsOf({ step: 2 })).toEqual([
      ['make a link', 'node-1 node-2'],
      ['tell of {{mac}}', 'node-2'],
      ['the last thing', 'node-1'],
    ]);
  });

  it('of one node leaves the others alone but for what they were told of it', () => {
    expect(textsOf({ step: 2, node: 'node-1' })).toEqual([
      ['make a link', 'node-1'],
      ['tell of {{mac}}', 'node-2'],
      ['the last thing', 'node-1'],
    ]);
    // Live values are read after the block before.
    expect(textsOf({ step: 2, node: 'node-2' })).toEqual([
      ['make a link', 'node-2'],
      ['tell of {{mac}}', 'node-2'],
    ]);
  });
});

describe('travelling', () => {
  const legs = legsTo(lab, values, { step: 2 });

  it('tells where it is', async () => {
    const told: Playing[] = [];
    const player = playerThat(() => fine);
    expect(await travel({ ...quiet, legs, player, playing: (at) => told.push(at) })).toBeUndefined();
    expect(told).toEqual([
      { step: 1, nodes: ['node-1', 'node-2'], done: 0, total: 3 },
      { step: 1, nodes: ['node-2'], done: 1, total: 3 },
      { step: 1, nodes: ['node-1'], done: 2, total: 3 },
    ]);
  });

  it('ends at the first block that fails, with what it said, made harmless and short', async () => {
    const played: string[] = [];
    const stderr = `${'x'.repeat(9_000)}\x1b]0;title\x07 5%\r99%\n\x1b[31mno such device\x1b[0m\n`;
    const player = playerThat((text) => {
      played.push(text);
      return text === 'the last thing' ? { code: 2, stdout: '', stderr } : fine;
    });
    const stopped = await travel({ ...quiet, legs, player });
    expect(stopped).toMatchObject({ step: 1, node: 'node-1', why: 'exit', code: 2, text: 'the last thing' });
    expect(stopped?.output).toMatch(/ 5%\nno such device$/);
    expect(stopped?.output.length).toBeLessThanOrEqual(1_500);
    expect(played).toHaveLength(4);
  });

  it.each([
    [{ ...fine, code: null, stopped: 'timeout' as const }, 'timeout'],
    [{ ...fine, code: null, stopped: 'output' as const }, 'output'],
    [{ ...fine, code: null }, 'killed'],
  ])('says how a block was ended from outside: %o', async (result, why) => {
    expect(await travel({ ...quiet, legs, player: playerThat(() => result) })).toMatchObject({ why });
  });

  it('gives all blocks together only so long', async () => {
    let now = 0;
    const limits: number[] = [];
    const player = playerThat((_text, timeoutMs) => {
      limits.push(timeoutMs);
      now += 70_000;
      return fine;
    });
    expect(await travel({ ...quiet, legs, player, now: () => now })).toMatchObject({ why: 'timeout', node: 'node-1' });
    expect(limits).toEqual([180_000, 180_000, 40_000]);
  });

  it('is not the learner’s fault when labd does not answer', async () => {
    const fault = vi.fn();
    const player = playerThat(() => Promise.reject(new Error('unavailable')));
    expect(await travel({ ...quiet, legs, player, fault })).toMatchObject({ why: 'unavailable', node: 'node-1' });
    expect(fault).toHaveBeenCalledOnce();
  });
});
