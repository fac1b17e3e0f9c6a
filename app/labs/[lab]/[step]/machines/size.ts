/** What the protocol allows. */
const COLS = { least: 2, most: 500 } as const;
const ROWS = { least: 1, most: 200 } as const;
/** Smaller letters cannot be read at all, px; a mirror that needs them is scrolled instead. */
export const FONT_LEAST = 6;
/** How finely a mirror's letters are chosen, px. */
const FONT_STEP = 0.5;

/** How many letters fit on a screen. */
export interface Size {
  cols: number;
  rows: number;
}

/** Something's extent on the page, px. */
export interface Extent {
  width: number;
  height: number;
}

const within = (value: number, { least, most }: { least: number; most: number }) =>
  Math.min(most, Math.max(least, value));

/** The size nearest to this one that a shell can have; null for what is none. */
export function allowed(size: Size | undefined): Size | null {
  if (!size || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return null;
  return { cols: within(size.cols, COLS), rows: within(size.rows, ROWS) };
}

/** Whether two sizes are the same. */
export const equal = (one: Size, other: Size): boolean => one.cols === other.cols && one.rows === other.rows;

/**
 * The largest letters, at most as large as liked, with which a screen of a given size fits into the room. `measure`
 * sets the letters and tells the screen's extent: cells are rounded to pixels, so that it cannot be computed.
 */
export function fittingFont(liked: number, room: Extent, measure: (font: number) => Extent): number {
  let font = liked;
  for (;;) {
    const { width, height } = measure(font);
    if ((width <= room.width && height <= room.height) || font <= FONT_LEAST) return font;
    const scale = Math.min(room.width / width, room.height / height);
    // What has no extent, because it is not on the page, gives NaN: then this must end, too.
    const guess = Math.floor((font * scale) / FONT_STEP) * FONT_STEP || FONT_LEAST;
    font = Math.max(FONT_LEAST, Math.min(font - FONT_STEP, guess));
  }
}
