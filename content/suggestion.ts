/** A word more than this many edits away is another word, not a slip; and never more than half of the word. */
const MOST_EDITS = 3;

/** The allowed word that was probably meant, or undefined. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  const limit = Math.min(MOST_EDITS, Math.floor(word.length / 2));
  let best: { word: string; edits: number } | undefined;
  for (const candidate of allowed) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits <= limit && (!best || edits < best.edits)) best = { word: candidate, edits };
  }
  return best?.word;
}

/** 「可以写 a、b、c」, and the nearest of them when there is one. */
export function allowedWords(word: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return '这里什么也不能写';
  const meant = nearest(word, allowed);
  return `可以写 ${allowed.join('、')}${meant ? `；是不是想写 ${meant}？` : ''}`;
}

/** Levenshtein's distance, two neighbouring letters swapped counting as one edit. */
function distance(a: string, b: string): number {
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (old[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (older[j - 2] ?? 0) + 1);
      }
      row.push(edits);
    }
    older = old;
    old = row;
  }
  return old[b.length] ?? a.length;
}
