import type { Fact } from '../../../check.ts';
import type { Side } from './sides.ts';

/** What should be true, before it is known whether it is, and the command that shows it. */
export interface Claim {
  id: string;
  title: string;
  expected: string;
  look: { node: string; command: string };
}

/** A claim, with the command that shows the matter on that side's node. */
export function claim(side: Side, id: string, title: string, expected: string, command: string): Claim {
  return { id, title, expected, look: { node: side.node, command } };
}

/** The claim holds; the notice speaks of an accepted variant. */
export function holds({ id, title, expected, look }: Claim, actual = expected, notice = ''): Fact {
  return { id, ok: true, title, expected, actual, advice: notice, look };
}

/** The claim does not hold: what is instead, why that matters and how it shows, and how to repair it. */
export function fails({ id, title, expected, look }: Claim, actual: string, advice: string, repair?: string): Fact {
  return { id, ok: false, title, expected, actual, advice, ...(repair !== undefined && { repair }), look };
}
