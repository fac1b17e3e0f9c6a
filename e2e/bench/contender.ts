import type { Access } from './client.ts';

/** Who is measured: the product, its peers, and the least that makes a terminal. */
export const NAMES = ['netloom', 'wetty', 'ttyd', 'floor'] as const;
export type Name = (typeof NAMES)[number];

/** A server that is measured. */
export interface Contender {
  name: Name;
  access: Access;
  /** The processes of the server itself, without what it runs. */
  pids(): number[];
}

/** What is measured in rounds, by name; in the unit of its name. */
export const MEASURES = [
  'echo_p50',
  'echo_p90',
  'echo_p99',
  'cpu_per_key',
  'echo_flood_p50',
  'echo_flood_p90',
  'echo_flood_p99',
  'ctrl_c',
  'throughput',
  'cpu_per_gb',
  'navigation',
] as const;
export type Measure = (typeof MEASURES)[number];

/** What one round of one server gave. */
export type Values = Partial<Record<Measure, number>>;

/** A part of the benchmark that runs once per round and server. */
export interface Part {
  /** What it is called in the progress, in Chinese. */
  title: string;
  /** Whether it can be done with this server. */
  suits(contender: Contender): boolean;
  run(contender: Contender): Promise<Values>;
}
