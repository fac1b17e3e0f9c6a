import writeExcelFile, { type Cell } from 'write-excel-file/node';
import type { ColumnKind, Sheet } from './sheets.ts';
import { oneLine, TIME_ZONE_OFFSET_MS } from './words.ts';

/** Excel's own limit is 32,767 characters; nobody reads that much in a cell. */
const TEXT_MAX_CHARS = 2_000;
/** Excel keeps spans of time as days. */
const DAY_MS = 86_400_000;
/** Widths in characters, for what a column usually holds. */
const WIDTHS: Record<ColumnKind, number> = { text: 16, code: 16, number: 9, time: 20, span: 10 };
/** A heading may be longer than what stands below it, a title of a checkpoint even very long. */
const WIDTH_MAX = 40;

/**
 * Sheets as an .xlsx workbook. Text stays text, whatever it looks like: 学号 keep their zeros, and what begins with `=`
 * is shown, not run. Times are Beijing's, as dates that can be sorted.
 */
export function writeWorkbook(sheets: readonly Sheet[]): Promise<Buffer> {
  return writeExcelFile(
    sheets.map(({ name, columns, rows }) => ({
      sheet: name,
      stickyRowsCount: 1,
      columns: columns.map(({ title, kind }) => ({
        width: Math.min(WIDTH_MAX, Math.max(WIDTHS[kind], title.length * 2)),
      })),
      data: [
        columns.map(({ title }): Cell => ({ value: printable(title), type: String, fontWeight: 'bold' })),
        ...rows.map((row) => row.map((cell, i) => cellOf(cell, columns[i]?.kind ?? 'text'))),
      ],
    })),
  ).toBuffer();
}

function cellOf(value: string | number | null, kind: ColumnKind): Cell {
  if (value === null || value === '') return null;
  if (typeof value === 'string') return { value: printable(value), type: String, format: '@' };
  if (kind === 'time') {
    return { value: new Date(value + TIME_ZONE_OFFSET_MS), type: Date, format: 'yyyy-mm-dd hh:mm:ss' };
  }
  if (kind === 'span') return { value: value / DAY_MS, type: Number, format: '[h]:mm:ss' };
  return { value, type: Number };
}

function printable(text: string): string {
  const line = oneLine(text);
  return line.length > TEXT_MAX_CHARS ? `${line.slice(0, TEXT_MAX_CHARS).toWellFormed()}…` : line;
}
