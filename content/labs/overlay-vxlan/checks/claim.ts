import type { Fact } from '../../../check.ts';
import type { Side } from './sides.ts';

/** What should be true, before it is known whether it is. */
export interface Claim {
  title: string;
  expected: string;
  look?: { node: string; command: string };
}

/** A claim, with the command that shows the matter on that side's node. */
export function claim(side: Side, title: string, expected: string, command?: string): Claim {
  return { title, expected, ...(command !== undefined && { look: { node: side.node, command } }) };
}

/** The claim holds; the notice speaks of an accepted variant. */
export function holds({ title, expected, look }: Claim, actual = expected, notice = ''): Fact {
  return { ok: true, title, expected, actual, advice: notice, ...(look && { look }) };
}

/** The claim does not hold: what is instead, why that matters, what to do. */
export function fails({ title, expected, look }: Claim, actual: string, advice: string): Fact {
  return { ok: false, title, expected, actual, advice, ...(look && { look }) };
}
