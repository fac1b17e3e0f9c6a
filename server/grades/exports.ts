import { writeJUnit } from '../junit.ts';
import { writeCsv } from './csv.ts';
import { writeExchange } from './exchange.ts';
import type { LabGrade } from './grade.ts';
import { writeRecords } from './records.ts';
import { checkpointSheet, detailSheet, summarySheet } from './sheets.ts';
import { suitesOf } from './suites.ts';
import { writeWorkbook } from './workbook.ts';

/** In what form grades leave: for people, for programs, for nbgrader, Moodle and whatever reads JUnit. */
export const formats = ['xlsx', 'csv', 'json', 'junit', 'nbgrader', 'moodle'] as const;
export type Format = (typeof formats)[number];

/** What the file is, for whoever gets it. */
export const fileTypes: Record<Format, { extension: string; type: string }> = {
  xlsx: { extension: 'xlsx', type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
  csv: { extension: 'csv', type: 'text/csv; charset=utf-8' },
  json: { extension: 'json', type: 'application/json; charset=utf-8' },
  junit: { extension: 'xml', type: 'application/xml; charset=utf-8' },
  nbgrader: { extension: 'csv', type: 'text/csv; charset=utf-8' },
  moodle: { extension: 'csv', type: 'text/csv; charset=utf-8' },
};

/** Grades of a class as a file. */
export function writeGrades(
  format: Format,
  group: { id: string; name: string },
  grades: readonly LabGrade[],
  now: number,
): string | Promise<Buffer> {
  const { id, name } = group;
  switch (format) {
    case 'json':
      return writeRecords({ id, name }, grades, now);
    case 'junit':
      return writeJUnit(suitesOf(name, grades, now));
    case 'nbgrader':
    case 'moodle':
      return writeExchange(format, grades);
    case 'csv':
      return writeCsv(summarySheet(name, grades));
    case 'xlsx':
      return writeWorkbook([summarySheet(name, grades), checkpointSheet(name, grades), detailSheet(name, grades)]);
  }
}
