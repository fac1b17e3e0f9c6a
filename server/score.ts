import type { Fact } from '../content/check.ts';
import type { Checkpoint } from '../content/schema.ts';
import type { CheckpointResult } from './protocol.ts';

/**
 * Points are exact to this fraction, and what has not passed is at least this much below the full number: nobody should
 * see full points beside a checkpoint that is open.
 */
const STEPS_PER_POINT = 10;

/**
 * The most a list of facts is worth that ends with one that fails, when the check does not say which facts earn: checks
 * stop at what makes the rest pointless, so as much may be missing behind it as stands before it.
 */
const CUT_SHARE_MAX = 0.5;

/**
 * The share of a checkpoint that one verdict's facts are worth, 0 to 1: 1 when all hold, else less.
 *
 * A check that says which facts earn (`earns`) is counted over just these: those that hold, of all of them, named in this
 * verdict or not. A failing fact beside them (two interfaces with one address) weighs like one more. So a single fact
 * that fails and hides all others is worth 0, and what holds on fresh nodes is worth nothing.
 *
 * A check that does not is counted over the facts the verdict has, at most half when the last one fails.
 */
export function shareOf(facts: readonly Fact[], earns?: readonly string[]): number {
  if (facts.length === 0) return 0;
  const failing = facts.filter((fact) => !fact.ok);
  if (failing.length === 0) return 1;
  if (earns) {
    const held = new Set(facts.filter((fact) => fact.ok).map((fact) => fact.id));
    const beside = failing.filter((fact) => !earns.includes(fact.id));
    return earns.filter((id) => held.has(id)).length / (earns.length + beside.length);
  }
  const share = 1 - failing.length / facts.length;
  return facts.at(-1)?.ok ? share : Math.min(share, CUT_SHARE_MAX);
}

/** What identifies a verdict among those of its checkpoint: which facts fail, and with what actual values. */
export function failureKey(facts: readonly Fact[]): string {
  return JSON.stringify(facts.filter((fact) => !fact.ok).map((fact) => [fact.id, fact.actual]));
}

/**
 * The points of a checkpoint: all once it has passed, even if it lapsed later; before that the best share so far, exact
 * to a tenth and at least a tenth short of all, or nothing where the author wants no partial credit.
 */
export function scoreOf(
  checkpoint: Pick<Checkpoint, 'points' | 'partial'>,
  result: Pick<CheckpointResult, 'passedAt' | 'share'> | undefined,
): number {
  const { points, partial } = checkpoint;
  if (result?.passedAt !== undefined) return points;
  if (!partial || points === 0) return 0;
  const tenths = Math.round(points * (result?.share ?? 0) * STEPS_PER_POINT);
  return Math.min(tenths, points * STEPS_PER_POINT - 1) / STEPS_PER_POINT;
}

/** A sum of points, without the crumbs of binary fractions. */
export function sumOf(scores: readonly number[]): number {
  return Math.round(scores.reduce((sum, score) => sum + score, 0) * STEPS_PER_POINT) / STEPS_PER_POINT;
}
