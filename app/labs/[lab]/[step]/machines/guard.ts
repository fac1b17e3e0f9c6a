import type { IDisposable, IFunctionIdentifier, Terminal } from '@xterm/xterm';

/** More than any screen has rows or columns (the protocol allows 500): a greater count is only there to do harm. */
const COUNT_MAX = 2_000;
/** Longest title a tab shows, characters. */
const TITLE_MAX = 60;

/**
 * The sequences whose cost grows with their count. Without a guard twelve bytes such as CSI 99999999 S block the
 * browser's main thread for many seconds (xterm.js 6.0.0).
 */
const counted: IFunctionIdentifier[] = [
  ...[...'@ABCDEFGIJKLMPSTXZabde`'].map((final) => ({ final })),
  { intermediates: ' ', final: '@' },
  { intermediates: ' ', final: 'A' },
  { intermediates: "'", final: '}' },
  { intermediates: "'", final: '~' },
];

/** Keeps a terminal's own output from freezing the page, reaching the clipboard, or showing marks of the shell. */
export function guard(term: Terminal): IDisposable[] {
  const tooMuch = (params: (number | number[])[]) =>
    params.some((param) => (Array.isArray(param) ? Math.max(...param) : param) > COUNT_MAX);
  return [
    ...counted.map((id) => term.parser.registerCsiHandler(id, tooMuch)),
    term.parser.registerOscHandler(52, () => true),
    term.parser.registerOscHandler(133, () => true),
  ];
}

/** A title from the terminal as harmless short text. */
export function plainTitle(title: string): string {
  const text = title.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim();
  return text.length > TITLE_MAX ? `${text.slice(0, TITLE_MAX)}…` : text;
}
