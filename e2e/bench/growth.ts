import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAll } from '../../content/load.ts';
import { readEnv } from '../../server/env.ts';
import { labOf } from '../../server/play.ts';
import { topologyOf } from '../../server/topology.ts';
import { LAB } from './client.ts';
import type { Stage } from './stage.ts';

/** Looks at memory on the way, evenly: enough to see whether it grows in a straight line. */
const SAMPLES = 8;
/** ms. What was just made settles, and the kernel frees what it needed for it. */
const SETTLE_MS = 3_000;
/** How many sessions get two terminals: enough for a mean, few enough not to wait for minutes. */
const WITH_TERMINALS = 40;
const SIZE = { cols: 80, rows: 24 };

/** What the whole machine uses, MB and processes, with so many sessions. */
export interface Sample {
  sessions: number;
  mb: number;
  processes: number;
}

/** How sessions were made one after the other, and what they take. */
export interface Growth {
  /** How long each took to make, ms, in their order. */
  createMs: number[];
  samples: Sample[];
  /** How many were up at the end. */
  held: number;
  /** What a session's two idle terminals take beside it, MB and processes. */
  terminals: { mb: number; processes: number };
}

/** Memory that is neither free nor could be freed at once: everything, the kernel's own included (proc(5), meminfo). */
export function usedMb(meminfo: string): number {
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0);
  return (kb('MemTotal') - kb('MemFree') - kb('Buffers') - kb('Cached') + kb('Shmem')) / 1_024;
}

async function look(sessions: number): Promise<Sample> {
  await sleep(SETTLE_MS);
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
  return { sessions, mb: usedMb(readFileSync('/proc/meminfo', 'utf8')), processes };
}

/** Makes so many sessions on a stage without web, opens terminals in some of them; `say` tells how far it is. */
export async function measureGrowth(stage: Stage, count: number, say: (line: string) => void): Promise<Growth> {
  const topology = topologyOf(labOf(loadAll(readEnv(process.env).content), LAB));
  const names: string[] = [];
  const createMs: number[] = [];
  const samples: Sample[] = [];
  const every = Math.max(1, Math.floor(count / SAMPLES));
  while (names.length < count) {
    const name = randomBytes(8).toString('hex');
    const began = performance.now();
    await stage.labd.create(name, topology);
    createMs.push(performance.now() - began);
    names.push(name);
    // The first is no measure of memory: it brings along what all have in common.
    if (names.length % every !== 0 && names.length !== 1) continue;
    samples.push(await look(names.length));
    say(`  ${names.length} 个会话，最近一个 ${Math.round(createMs.at(-1) ?? 0)} 毫秒`);
  }
  const before = await look(names.length);
  const some = names.slice(-WITH_TERMINALS);
  for (const session of some) {
    for (const { name } of topology.nodes) {
      await stage.labd.openTerminal(session, name, randomBytes(16).toString('hex'), SIZE, false);
    }
  }
  const after = await look(names.length);
  const held = (await stage.labd.list()).filter(({ alive }) => alive).length;
  const share = (what: 'mb' | 'processes') => (after[what] - before[what]) / some.length;
  return { createMs, samples, held, terminals: { mb: share('mb'), processes: share('processes') } };
}
