/** Two words that change places when what is written for one node is said of another. */
export type Swap = readonly [string, string];

/**
 * Makes the function that says of the other node what a text says of one: all pairs at once, longer words first. Words
 * are also found as a regular expression writes them, with `\.` for their dots.
 */
export function mirrorBy(swaps: readonly Swap[]): (text: string) => string {
  const other = new Map<string, string>();
  for (const [one, two] of swaps.flatMap(([a, b]): Swap[] => [
    [a, b],
    [dotted(a), dotted(b)],
  ])) {
    other.set(one, two).set(two, one);
  }
  const words = [...other.keys()].sort((a, b) => b.length - a.length);
  if (words.length === 0) return (text) => text;
  const any = new RegExp(words.map(escaped).join('|'), 'g');
  return (text) => text.replace(any, (word) => other.get(word) ?? word);
}

function dotted(text: string): string {
  return text.replaceAll('.', '\\.');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
