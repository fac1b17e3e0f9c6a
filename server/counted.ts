/** More than any screen has rows or columns (the protocol allows 500): a greater count is only there to do harm. */
const COUNT_MAX = 2_000;

/** A control sequence as xterm's parser knows it. */
interface Sequence {
  intermediates?: string;
  final: string;
}

/**
 * The sequences whose cost grows with their count. Without a guard twelve bytes such as CSI 99999999 S block whoever
 * parses them for many seconds (xterm.js 6.0.0): the browser's main thread, or the server's worker that makes screens.
 */
export const counted: readonly Sequence[] = [
  ...[...'@ABCDEFGIJKLMPSTXZabde`'].map((final) => ({ final })),
  { intermediates: ' ', final: '@' },
  { intermediates: ' ', final: 'A' },
  { intermediates: "'", final: '}' },
  { intermediates: "'", final: '~' },
];

/** Whether a counted sequence is one that only does harm. */
export function isTooMuch(params: readonly (number | number[])[]): boolean {
  return params.some((param) => (Array.isArray(param) ? Math.max(...param) : param) > COUNT_MAX);
}
