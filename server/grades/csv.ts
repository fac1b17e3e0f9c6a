import type { Column, Sheet } from './sheets.ts';
import { momentWords, oneLine, spanWords } from './words.ts';

/** Without it Excel reads the file in the system's old encoding, and Chinese becomes garbage. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * What makes a spreadsheet run a cell instead of showing it (CWE-1236); East Asian versions take the full-width
 * characters for the same.
 */
const FORMULA_START = /^[=+\-@＝＋－＠]/;

/** A sheet as CSV that Excel opens as it is: UTF-8 with a mark, CRLF, every text quoted, no text that is a formula. */
export function writeCsv({ columns, rows }: Sheet): string {
  const lines = [
    columns.map(({ title }) => quoted(title)),
    ...rows.map((row) => row.map((cell, i) => written(cell, columns[i]))),
  ];
  return BYTE_ORDER_MARK + lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function written(cell: string | number | null, column: Column | undefined): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return quoted(cell);
  if (column?.kind === 'time') return quoted(momentWords(cell));
  return column?.kind === 'span' ? quoted(spanWords(cell)) : String(cell);
}

function quoted(text: string): string {
  return `"${harmless(text).replaceAll('"', '""')}"`;
}

/** Text on one line that no spreadsheet takes for a formula. */
export function harmless(text: string): string {
  const line = oneLine(text);
  return FORMULA_START.test(line) ? `'${line}` : line;
}
