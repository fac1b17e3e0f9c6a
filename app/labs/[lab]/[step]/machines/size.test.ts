import { describe, expect, it } from 'vitest';
import { allowed, equal, FONT_LEAST, fittingFont } from './size.ts';

describe('allowed', () => {
  it('keeps to what the protocol allows and makes nothing of nothing', () => {
    expect(allowed({ cols: 120, rows: 32 })).toEqual({ cols: 120, rows: 32 });
    expect(allowed({ cols: 1, rows: 0 })).toEqual({ cols: 2, rows: 1 });
    expect(allowed({ cols: 9_000, rows: 9_000 })).toEqual({ cols: 500, rows: 200 });
    expect(allowed({ cols: Number.NaN, rows: 3 })).toBeNull();
    expect(allowed(undefined)).toBeNull();
    expect(equal({ cols: 3, rows: 4 }, { cols: 3, rows: 5 })).toBe(false);
  });
});

describe('fittingFont', () => {
  /** Letters 0.6 em wide and 1.5 em high, each rounded up to whole pixels in height as xterm.js does. */
  const screen = (cols: number, rows: number) => (font: number) => ({
    width: cols * font * 0.6,
    height: rows * Math.ceil(font * 1.5),
  });

  it('never makes letters larger than liked', () => {
    expect(fittingFont(13, { width: 2_000, height: 2_000 }, screen(80, 24))).toBe(13);
  });

  it('finds the largest letters that fit, in either direction', () => {
    for (const room of [
      { width: 400, height: 1_000 },
      { width: 1_000, height: 220 },
      { width: 333, height: 217 },
    ]) {
      const measure = screen(80, 24);
      const font = fittingFont(13, room, measure);
      const { width, height } = measure(font);
      expect(width <= room.width && height <= room.height).toBe(true);
      const more = measure(font + 1);
      expect(more.width > room.width || more.height > room.height).toBe(true);
    }
  });

  it('ends at the least letters where nothing fits', () => {
    expect(fittingFont(13, { width: 20, height: 20 }, screen(500, 200))).toBe(FONT_LEAST);
    expect(fittingFont(13, { width: 0, height: -5 }, screen(80, 24))).toBe(FONT_LEAST);
    expect(fittingFont(13, { width: Number.NaN, height: 100 }, screen(80, 24))).toBe(FONT_LEAST);
    expect(fittingFont(13, { width: 100, height: 100 }, () => ({ width: 0, height: 0 }))).toBe(13);
  });
});
