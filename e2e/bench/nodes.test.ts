import { describe, expect, it } from 'vitest';
import { type Growth, usedMb } from './growth.ts';
import { figuresOf, lineThrough, perSession, type Rounds, tableOf } from './nodes.ts';

const rounds: Rounds = {
  cold: [390, 300, 350],
  pooled: [60, 90, 70],
  containers: [500, 700, 600],
  kind: 'runc',
  reset: [250, 150, 350],
  snapshot: [10, 20, 30, 40],
};
const growth: Growth = {
  createMs: [...Array(100).fill(200), ...Array(100).fill(300)],
  samples: [1, 100, 200].map((sessions) => ({ sessions, mb: 1_000 + 6 * sessions, processes: 90 + 2 * sessions })),
  held: 200,
  terminals: { mb: 14.5, processes: 4 },
};

describe('the figures of nodes', () => {
  it('are medians of the rounds, and shares of medians', () => {
    expect(figuresOf(rounds, growth)).toEqual({
      pair_cold_ms: 350,
      pair_pooled_ms: 70,
      pair_cold_vs_docker: 0.58,
      reset_ms: 250,
      snapshot_ms: 25,
      mb_per_session: 6,
      mb_per_session_with_terminals: 20.5,
      sessions_held: 200,
      create_ms_at_200_vs_at_1: 1.5,
    });
  });

  it('leave out what was not measured, and compare the ends of a short growth without overlap', () => {
    expect(Object.keys(figuresOf(rounds, undefined))).toHaveLength(5);
    expect(figuresOf(undefined, undefined)).toEqual({});
    const short = { ...growth, createMs: [100, 100, 200, 400] };
    expect(figuresOf(undefined, short).create_ms_at_200_vs_at_1).toBe(3);
    expect(figuresOf(undefined, { ...growth, createMs: [100] }).create_ms_at_200_vs_at_1).toBe(1);
  });

  it('take growth from all samples, and say how straight it is', () => {
    const { slope, fit } = perSession(growth, 'processes');
    expect(slope).toBeCloseTo(2);
    expect(fit).toBeCloseTo(1);
    const bent = [1, 2, 3, 4].map((x) => ({ x, y: x ** 3 }));
    expect(lineThrough(bent).fit).toBeLessThan(0.95);
    expect(lineThrough(bent).slope).toBeCloseTo(20.8);
    expect(lineThrough([{ x: 1, y: 5 }])).toEqual({ slope: 0, fit: 1 });
  });

  it('count what cannot be freed at once as used', () => {
    const lines = [
      'MemTotal: 1024000 kB',
      'MemFree: 512000 kB',
      'Buffers: 1024 kB',
      'Cached: 103424 kB',
      'Shmem: 2048 kB',
    ];
    expect(usedMb(lines.join('\n'))).toBe(400);
  });

  it('say beside what the comparison was made', () => {
    expect(tableOf(rounds, growth)).toContain('没有 Docker：runc 默认配置');
    expect(tableOf({ ...rounds, kind: 'docker' }, growth)).not.toContain('runc');
    expect(tableOf(rounds, growth)).toMatch(/pair_pooled_ms 70　目标 ≤ 80　达到/);
    expect(tableOf(rounds, { ...growth, held: 199 })).toMatch(/sessions_held 199　目标 ≥ 200　没有达到/);
  });
});
