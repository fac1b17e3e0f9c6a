import type { Command } from '../../../../../server/protocol.ts';
import { duration } from '../../progress.ts';

/** What a list of commands is narrowed to: a node, or all where it is null, and a text that the command holds. */
export interface Sieve {
  node: string | null;
  text: string;
}

/** The commands that pass, in their order; capital letters make no difference. */
export function sift(commands: Command[], { node, text }: Sieve): Command[] {
  const wanted = text.trim().toLowerCase();
  return commands.filter(
    (one) => (node === null || one.node === node) && (wanted === '' || one.text.toLowerCase().includes(wanted)),
  );
}

/** How long a command took, in words a person reads at a glance. */
export function took(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} 毫秒`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} 秒`;
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} 秒`;
  return duration(ms);
}
