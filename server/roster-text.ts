import { NAME_MAX_CHARS, type RosterMistake, STUDENT_NO_MAX_CHARS } from './people-protocol.ts';

/** A line of a roster that can be used, and where it stands. */
export interface ReadLine {
  line: number;
  studentNo: string;
  name: string;
}

/** What was read of a roster. Lines are counted from 1. */
export interface ReadRoster {
  lines: ReadLine[];
  mistakes: { line: number; why: RosterMistake; text: string }[];
}

const NUMBER_HEADS = ['学号', '学生学号', 'student id', 'student_no', 'studentno', 'id', 'no'];
const NAME_HEADS = ['姓名', '学生姓名', '名字', 'name'];
/** Of a wrong line so much is shown again. */
const SHOWN_CHARS = 60;

/** A name as it is kept: one line, without what cannot be seen. */
export function nameText(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
}

/** A 学号 as it is kept and compared. */
export function numberText(number: string): string {
  return number.normalize('NFKC').replaceAll(/[\s\p{Cf}]/gu, '');
}

/** Whether this may be a 学号. */
export function isNumber(number: string): boolean {
  return /^[0-9A-Za-z_-]+$/.test(number) && number.length <= STUDENT_NO_MAX_CHARS;
}

/** Whether two names are one person's, written with or without spaces and in whatever width. */
export function isSameName(one: string, other: string): boolean {
  const bare = (name: string) =>
    nameText(name)
      .replaceAll(/[\s·•.]/g, '')
      .toLowerCase();
  return bare(one) === bare(other);
}

/** The cells of a line: by tab where there is one, else by comma, Chinese or not, else by space. Quotes are taken off. */
function cellsOf(line: string): string[] {
  const sign = ['\t', ',', '，'].find((each) => line.includes(each)) ?? /\s+/;
  return line.split(sign).map((cell) =>
    cell
      .trim()
      .replace(/^(["'“])(.*)(["'”])$/s, '$2')
      .trim(),
  );
}

function placesOf(head: string[]): { number: number; name: number } | undefined {
  const place = (heads: string[]) => head.findIndex((cell) => heads.includes(cell.toLowerCase()));
  const number = place(NUMBER_HEADS);
  const name = place(NAME_HEADS);
  return number >= 0 && name >= 0 ? { number, name } : undefined;
}

/** Reads a roster as it was pasted: 学号 and 姓名 in this order, or in that of a head; other columns are left alone. */
export function readRosterText(text: string): ReadRoster {
  const lines: ReadLine[] = [];
  const mistakes: ReadRoster['mistakes'] = [];
  const seen = new Set<string>();
  let places: { number: number; name: number } | undefined;
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((raw, index) => {
      const line = index + 1;
      const shown = [...raw.trim()].slice(0, SHOWN_CHARS).join('');
      if (shown.replaceAll(/[,，\t\s]/g, '') === '') return;
      const cells = cellsOf(raw.trim());
      if (!places) {
        const head = placesOf(cells);
        places = head ?? { number: 0, name: 1 };
        if (head) return;
      }
      const wrong = (why: RosterMistake) => void mistakes.push({ line, why, text: shown });
      const studentNo = numberText(cells[places.number] ?? '');
      const name = nameText(cells[places.name] ?? '');
      if (studentNo === '') wrong('no-number');
      else if (!isNumber(studentNo)) wrong('bad-number');
      else if (seen.has(studentNo)) wrong('twice');
      else if (name === '') wrong('no-name');
      else if (name.length > NAME_MAX_CHARS) wrong('long-name');
      else lines.push({ line, studentNo, name });
      seen.add(studentNo);
    });
  return { lines, mistakes };
}
