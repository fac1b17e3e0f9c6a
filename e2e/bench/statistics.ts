/** The value below which this share of the values lies (nearest rank). Throws when there are none. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values');
  return value;
}

/** The middle value; the mean of the two middle ones when their number is even. Throws when there are none. */
export function median(values: number[]): number {
  const mirrored = values.map((value) => -value);
  return (percentile(values, 0.5) - percentile(mirrored, 0.5)) / 2;
}

/** What the rounds of one measure say. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Sums up the rounds of one measure. Throws when there are none. */
export function spreadOf(values: number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The same values in an order that is drawn by lot. */
export function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, lot: Math.random() }))
    .sort((a, b) => a.lot - b.lot)
    .map(({ value }) => value);
}
