import { setTimeout as pause } from 'node:timers/promises';
import { PROMPT, type Terminal, type Typists } from './client.ts';
import type { Part, Values } from './contender.ts';
import { openNeighbours } from './neighbours.ts';
import { cpuSeconds } from './processes.ts';
import { percentile } from './statistics.ts';

/** Keys per round and server. */
const KEYS = 200;
/** Between an echo and the next key, ms: drawn by lot, so that no timer of a server is met in step. */
const GAP_MIN_MS = 3;
const GAP_MAX_MS = 9;
/** An echo that takes longer is a fault, ms. */
const ECHO_MS = 10_000;
/** How long the neighbours flood before the first key, ms. */
const RAMP_MS = 1_000;

/** Types keys one after the other and says how long each took to be on the screen, ms. */
async function typeKeys(terminal: Terminal): Promise<number[]> {
  const { screen } = terminal;
  const ready = screen.sees('READY', ECHO_MS);
  // The kernel's own echo, in every shell alike.
  terminal.type("echo REA''DY; cat >/dev/null\n");
  await ready;
  const took: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    await pause(GAP_MIN_MS + Math.random() * (GAP_MAX_MS - GAP_MIN_MS));
    const echoed = screen.sees('k', ECHO_MS);
    const at = performance.now();
    terminal.type('k');
    await echoed;
    took.push(performance.now() - at);
  }
  const prompt = screen.sees(PROMPT, ECHO_MS);
  terminal.type('\x03');
  await prompt;
  return took;
}

/** How long a key takes to be on the screen of a server that does nothing else, or (`flood`) has busy neighbours. */
export function createEcho(typists: Typists, flood: boolean): Part {
  return {
    title: flood ? '按键回显（四个邻居刷屏）' : '按键回显（空闲）',
    suits: () => true,
    async run(contender): Promise<Values> {
      const terminal = await typists.of(contender);
      if (flood) {
        const neighbours = await openNeighbours(contender.access);
        try {
          await pause(RAMP_MS);
          const took = await typeKeys(terminal);
          return {
            echo_flood_p50: percentile(took, 0.5),
            echo_flood_p90: percentile(took, 0.9),
            echo_flood_p99: percentile(took, 0.99),
          };
        } finally {
          await neighbours.close();
        }
      }
      const before = cpuSeconds(contender.pids());
      const took = await typeKeys(terminal);
      return {
        echo_p50: percentile(took, 0.5),
        echo_p90: percentile(took, 0.9),
        echo_p99: percentile(took, 0.99),
        cpu_per_key: ((cpuSeconds(contender.pids()) - before) / KEYS) * 1_000,
      };
    },
  };
}
