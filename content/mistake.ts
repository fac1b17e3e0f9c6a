/** Where something stands in a content file. */
export interface Place {
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 code units, as editors count. */
  column: number;
}

/** What is wrong in a content file, where, and what is allowed there; several at once in `also`. */
export class ContentMistake extends Error implements Place {
  override readonly name = 'ContentMistake';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The other mistakes that were found together with this one. */
  readonly also: readonly ContentMistake[];

  constructor(place: Place, message: string, also: readonly ContentMistake[] = []) {
    super(message);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.also = also;
  }

  /** Makes one throwable mistake of several, in the order of their places. */
  static of(mistakes: readonly ContentMistake[]): ContentMistake {
    const [first, ...others] = mistakes.flatMap((mistake) => mistake.all()).sort(byPlace);
    if (!first) throw new RangeError('ContentMistake.of needs at least one mistake');
    return new ContentMistake(first, first.message, others);
  }

  /** Every mistake this one carries, itself first, each on its own. */
  all(): ContentMistake[] {
    return [new ContentMistake(this, this.message), ...this.also];
  }

  /** One line per mistake: `path:line:col 说明`. */
  override toString(): string {
    return this.all()
      .map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)
      .join('\n');
  }
}

/** Runs a reading that may find mistakes; hands back its value, or the mistakes. Other throws pass. */
export function attempt<T>(read: () => T): { value: T } | { mistakes: ContentMistake[] } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof ContentMistake) return { mistakes: error.all() };
    throw error;
  }
}

/** Files in order of their names, then lines, then columns. */
function byPlace(a: ContentMistake, b: ContentMistake): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
