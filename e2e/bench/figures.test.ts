import { describe, expect, it } from 'vitest';
import type { Measured } from './figures.ts';
import { figuresOf, reaches } from './figures.ts';

/** Three rounds of everybody; the product's median is 1, wetty's 4, ttyd's 2 and the floor's 0.5. */
const three = { netloom: [1, 9, 0.5], wetty: [4, 3, 5], ttyd: [2, 2, 2], floor: [0.5, 0.1, 7] };
const whole: Measured = {
  rounds: {
    echo_p50: three,
    echo_p90: three,
    echo_p99: three,
    cpu_per_key: three,
    echo_flood_p50: three,
    ctrl_c: three,
    throughput: three,
    cpu_per_gb: three,
    navigation: { netloom: [500, 600, 400], wetty: [1000, 900, 1100], ttyd: [250] },
  },
  kbPerTerminal: [40, 60],
  restarts: { outagesMs: [300, 100, 200], bytesLost: 0 },
};

describe('the flat object of figures', () => {
  it('has exactly the keys that were agreed on', () => {
    expect(Object.keys(figuresOf(whole)).sort()).toEqual([
      'cpu_per_gb_vs_floor',
      'cpu_per_gb_vs_ttyd',
      'cpu_per_gb_vs_wetty',
      'ctrl_c_ms',
      'ctrl_c_vs_floor',
      'ctrl_c_vs_ttyd',
      'ctrl_c_vs_wetty',
      'echo_flood_p50_vs_floor',
      'echo_flood_p50_vs_ttyd',
      'echo_flood_p50_vs_wetty',
      'echo_p50_minus_ttyd_ms',
      'echo_p50_vs_floor',
      'echo_p50_vs_ttyd',
      'echo_p50_vs_wetty',
      'kb_per_idle_terminal',
      'navigation_vs_ttyd',
      'navigation_vs_wetty',
      'restart_bytes_lost',
      'restart_outage_ms',
      'throughput_vs_floor',
      'throughput_vs_ttyd',
      'throughput_vs_wetty',
    ]);
  });

  it('divides the median of the rounds by that of the other', () => {
    expect(figuresOf(whole)).toMatchObject({
      echo_p50_vs_wetty: 0.25,
      echo_p50_vs_ttyd: 0.5,
      echo_p50_vs_floor: 2,
      echo_p50_minus_ttyd_ms: -1,
      ctrl_c_ms: 1,
      navigation_vs_wetty: 0.5,
      kb_per_idle_terminal: 50,
      restart_outage_ms: 200,
      restart_bytes_lost: 0,
    });
  });

  it('leaves out what was not measured', () => {
    expect(figuresOf({ rounds: {} })).toEqual({});
    expect(
      Object.keys(figuresOf({ rounds: { echo_p50: { netloom: [1], wetty: [2] }, ctrl_c: { wetty: [3] } } })),
    ).toEqual(['echo_p50_vs_wetty']);
  });

  it('knows which goals are reached', () => {
    expect(reaches('echo_p50_vs_wetty', 0.35)).toBe(true);
    expect(reaches('echo_p50_vs_wetty', 0.36)).toBe(false);
    expect(reaches('throughput_vs_wetty', 1.19)).toBe(false);
    expect(reaches('restart_bytes_lost', 1)).toBe(false);
    expect(reaches('echo_p50_vs_floor', 9)).toBeUndefined();
  });
});
