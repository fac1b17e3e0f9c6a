import type { ITheme } from '@xterm/xterm';

const ansi: ITheme = {
  black: '#1b2333',
  red: '#ff8f86',
  green: '#7bd88f',
  yellow: '#f2cc7c',
  blue: '#7bb0ff',
  magenta: '#b794f4',
  cyan: '#4fd1c5',
  white: '#d7deea',
  brightBlack: '#7d899d',
  brightRed: '#ffaea7',
  brightGreen: '#9be8ab',
  brightYellow: '#f8dda0',
  brightBlue: '#a3c8ff',
  brightMagenta: '#cdb3fa',
  brightCyan: '#86e5dc',
  brightWhite: '#ffffff',
};

/** The colours of a terminal in this element; `--term`, `--term-ink` and `--node-term` come from the page's theme. */
export function themeOf(element: HTMLElement): ITheme {
  const css = getComputedStyle(element);
  const colour = (name: string, otherwise: string) => css.getPropertyValue(name).trim() || otherwise;
  return {
    ...ansi,
    background: colour('--term', '#0e1420'),
    foreground: colour('--term-ink', '#d7deea'),
    cursor: colour('--node-term', '#d7deea'),
    cursorAccent: colour('--term', '#0e1420'),
    selectionBackground: '#3b5bdb99',
    selectionInactiveBackground: '#3b5bdb55',
    overviewRulerBorder: '#00000000',
    scrollbarSliderBackground: '#9aa6ba33',
    scrollbarSliderHoverBackground: '#9aa6ba66',
    scrollbarSliderActiveBackground: '#9aa6ba88',
  };
}
