import type { Measure, Name } from './contender.ts';
import { median } from './statistics.ts';

/** Everything that was measured: rounds by measure and server, and what is measured of the product alone. */
export interface Measured {
  rounds: Partial<Record<Measure, Partial<Record<Name, number[]>>>>;
  /** KB of private memory per idle terminal. */
  kbPerTerminal?: number[];
  restarts?: { outagesMs: number[]; bytesLost: number };
}

/** A goal of the issue: the figure it is about, and the most or the least it may be. */
export interface Goal {
  most?: number;
  least?: number;
}

/** What has to be reached. */
export const GOALS: Record<string, Goal> = {
  echo_p50_vs_wetty: { most: 0.35 },
  echo_p50_minus_ttyd_ms: { most: 0.7 },
  echo_flood_p50_vs_wetty: { most: 0.35 },
  echo_flood_p50_vs_ttyd: { most: 1.2 },
  ctrl_c_vs_wetty: { most: 0.4 },
  ctrl_c_ms: { most: 60 },
  throughput_vs_wetty: { least: 1.2 },
  throughput_vs_ttyd: { least: 0.9 },
  cpu_per_gb_vs_wetty: { most: 0.9 },
  kb_per_idle_terminal: { most: 96 },
  navigation_vs_wetty: { most: 0.75 },
  restart_outage_ms: { most: 500 },
  restart_bytes_lost: { most: 0 },
};

/** What the product is compared by. */
const COMPARED = ['echo_p50', 'echo_flood_p50', 'ctrl_c', 'throughput', 'cpu_per_gb', 'navigation'] as const;
const PEERS = ['wetty', 'ttyd', 'floor'] as const;

/** Digits that a comparison of noisy medians deserves. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** One flat object of figures; what was not measured is not in it. */
export function figuresOf({ rounds, kbPerTerminal, restarts }: Measured): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const measure of COMPARED) {
    const ours = rounds[measure]?.netloom;
    if (!ours) continue;
    for (const peer of PEERS) {
      const theirs = rounds[measure]?.[peer];
      if (theirs) figures[`${measure}_vs_${peer}`] = rounded(median(ours) / median(theirs));
    }
  }
  const echo = rounds.echo_p50;
  if (echo?.netloom && echo.ttyd) figures.echo_p50_minus_ttyd_ms = rounded(median(echo.netloom) - median(echo.ttyd));
  if (rounds.ctrl_c?.netloom) figures.ctrl_c_ms = rounded(median(rounds.ctrl_c.netloom));
  if (kbPerTerminal) figures.kb_per_idle_terminal = rounded(median(kbPerTerminal));
  if (restarts) {
    figures.restart_outage_ms = rounded(median(restarts.outagesMs));
    figures.restart_bytes_lost = restarts.bytesLost;
  }
  return figures;
}

/** Whether a figure reaches its goal; undefined when it has none. */
export function reaches(name: string, value: number): boolean | undefined {
  const goal = GOALS[name];
  if (!goal) return undefined;
  return value <= (goal.most ?? Number.POSITIVE_INFINITY) && value >= (goal.least ?? Number.NEGATIVE_INFINITY);
}
