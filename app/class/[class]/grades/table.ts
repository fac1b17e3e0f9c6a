import type { Gradebook, Graded, GradeRow } from '../../../../server/record-protocol.ts';

/** How far a learner is with a lab, or with all that are shown. */
export type Progress = 'finished' | 'unfinished' | 'untouched';
export type Filter = 'all' | Progress | 'late';
export type SortKey = 'no' | 'score' | 'took';

/** One learner of the table, with a grade for each lab that is shown. */
export interface Line {
  learner: Graded;
  /** In the order of the labs. */
  grades: GradeRow[];
  score: number;
  points: number;
  progress: Progress;
  late: number;
  hints: number;
  tookMs?: number;
  finishedAt?: number;
}

/** What is chosen of a table. */
export interface Choice {
  filter: Filter;
  search: string;
  sort: { key: SortKey; descending: boolean };
}

/** What a class comes to. */
export interface Sums {
  average: number;
  points: number;
  count: Record<Filter, number>;
}

const TENTHS = 10;

/** The lines of a grade book, one per learner, in its order (by 学号). */
export function linesOf(book: Pick<Gradebook, 'labs' | 'rows'>): Line[] {
  const byPerson = Map.groupBy(book.rows, ({ learner }) => learner.person);
  return [...byPerson.values()].flatMap((rows) => {
    const [first] = rows;
    if (!first) return [];
    const grades = book.labs.flatMap(({ id }) => rows.find(({ lab }) => lab === id) ?? []);
    const sum = (read: (row: GradeRow) => number | undefined) => grades.reduce((all, row) => all + (read(row) ?? 0), 0);
    const took = grades.filter(({ tookMs }) => tookMs !== undefined);
    const ends = grades.flatMap(({ finishedAt }) => finishedAt ?? []);
    const progress = progressOf(grades);
    return {
      learner: first.learner,
      grades,
      score: tenths(sum(({ score }) => score)),
      points: sum(({ points }) => points),
      progress,
      late: sum(({ late }) => late),
      hints: sum(({ hints }) => hints),
      tookMs: took.length > 0 ? sum(({ tookMs }) => tookMs) : undefined,
      finishedAt: progress === 'finished' ? Math.max(...ends) : undefined,
    };
  });
}

function progressOf(grades: readonly GradeRow[]): Progress {
  if (grades.length > 0 && grades.every(({ finishedAt }) => finishedAt !== undefined)) return 'finished';
  const begun = grades.some(({ startedAt, judgedAt }) => startedAt !== undefined || judgedAt !== undefined);
  return begun ? 'unfinished' : 'untouched';
}

function tenths(value: number): number {
  return Math.round(value * TENTHS) / TENTHS;
}

/** The lines that are shown, in the order that was chosen. */
export function chosen(lines: readonly Line[], { filter, search, sort }: Choice): Line[] {
  const wanted = search.normalize('NFKC').trim().toLowerCase();
  const found = lines.filter(
    (line) =>
      fits(line, filter) &&
      [line.learner.studentNo, line.learner.name].some((text) => (text ?? '').toLowerCase().includes(wanted)),
  );
  const sorted = sort.key === 'no' ? found : found.toSorted((a, b) => rankOf(a, sort.key) - rankOf(b, sort.key));
  return sort.descending ? sorted.toReversed() : sorted;
}

function fits({ progress, late }: Line, filter: Filter): boolean {
  if (filter === 'all') return true;
  return filter === 'late' ? late > 0 : progress === filter;
}

/** Who has no time yet stands behind those who have. */
function rankOf(line: Line, key: SortKey): number {
  return key === 'took' ? (line.tookMs ?? Number.MAX_SAFE_INTEGER) : line.score;
}

/** What all lines come to. */
export function sumsOf(lines: readonly Line[]): Sums {
  const count = (filter: Filter) => lines.filter((line) => fits(line, filter)).length;
  const total = lines.reduce((sum, { score }) => sum + score, 0);
  return {
    average: lines.length === 0 ? 0 : tenths(total / lines.length),
    points: lines[0]?.points ?? 0,
    count: {
      all: lines.length,
      finished: count('finished'),
      unfinished: count('unfinished'),
      untouched: count('untouched'),
      late: count('late'),
    },
  };
}

/** How many learners have passed each checkpoint of a lab, in its order. */
export function passedOf(lines: readonly Line[], checkpoints: number): number[] {
  return Array.from({ length: checkpoints }, (_, index) => {
    const standings = lines.map(({ grades }) => grades[0]?.standings[index]);
    return standings.filter((standing) => standing === 'passed' || standing === 'lapsed').length;
  });
}
