/** The largest paste, UTF-16 units: ptyd keeps 1 MiB for a program that does not read, and larger things are files. */
export const PASTE_MAX = 512 * 1_024;

/** Full-width and typographic characters that documents put in the place of what a shell understands. */
const WIDE = /[\uff01-\uff5e\u3000\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u3001\u3002\u2026]/gu;

const pairs: Record<string, string> = {
  '\u3000': ' ',
  '\u00a0': ' ',
  '\u2013': '-',
  // Word makes an em dash of two hyphens.
  '\u2014': '--',
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u3001': ',',
  '\u3002': '.',
  '\u2026': '...',
};

/** The wide characters of a text, each once, in their order; invisible ones are left out of the list but still count. */
export function wideIn(text: string): string[] {
  return [...new Set(text.match(WIDE) ?? [])];
}

/** The text with every wide character as its ASCII fellow. */
export function narrow(text: string): string {
  return text.replace(WIDE, (wide) => pairs[wide] ?? String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
}

/** The lines a paste would bring: a last line break counts no line. */
export function linesOf(text: string): string[] {
  return text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
}

/** Whether a paste needs a yes: several lines, or a line with its Enter, or wide characters. */
export function needsYes(text: string): boolean {
  return /[\r\n]/.test(text.replace(/[\r\n]+$/, '')) || wideIn(text).length > 0;
}

/** The text without control characters but tab and line break: ESC would end the brackets a program puts around a paste. */
export function cleanPaste(text: string): string {
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
}
