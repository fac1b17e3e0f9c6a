/** How wide the text is, percent of the room beside the steps. Cookies, so that the server draws it right at once. */
export const SPLIT_COOKIE = 'netloom-split';
/** `hidden` when the learner folded the list of steps away. */
export const STEPS_COOKIE = 'netloom-steps';
/** A year, seconds: long enough for a course. */
const REMEMBERED_S = 31_536_000;

/** Remembers a preference of this browser. */
export function remember(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs HTTPS, classrooms often have plain HTTP.
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${REMEMBERED_S}; samesite=lax`;
}

/** What this browser remembers under a name. */
export function remembered(name: string): string | undefined {
  for (const pair of document.cookie.split('; ')) {
    if (!pair.startsWith(`${name}=`)) continue;
    try {
      return decodeURIComponent(pair.slice(name.length + 1));
    } catch {
      return undefined; // Not of ours: no percent stands alone in what remember() writes.
    }
  }
  return undefined;
}
