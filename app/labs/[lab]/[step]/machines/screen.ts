import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ITheme, Terminal } from '@xterm/xterm';
import { guard, plainTitle } from './guard.ts';

/** Lines kept above the screen: a long tcpdump, and still little memory with four terminals. */
const SCROLLBACK_LINES = 5_000;
/** Width of the scroll bar and the marks of search hits on it, px. */
const RULER_PX = 9;
/** Contrast every cell's text gets at least, WCAG AA. */
const CONTRAST = 4.5;
/** Space between lines; more would tear box drawing apart in the DOM renderer. */
const LINE_HEIGHT = 1.25;
/** What the protocol allows. */
const SIZE = { cols: { least: 2, most: 500 }, rows: { least: 1, most: 200 } } as const;

/** Reports a terminal gives by itself when asked: while a replay is parsed nobody is asking any more. */
const REPORT = /^\x1b(\[[?>=]?[\d;]*\$?[cRnyt]|[P\]_^]|\[[IO]$)/;

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

/** What a screen tells and asks of the component around it. */
export interface ScreenEvents {
  data(data: string): void;
  size(cols: number, rows: number): void;
  title(title: string): void;
  link(address: string): void;
  paste(text: string): void;
  find(): void;
  replaying(): boolean;
}

/** One xterm.js with its addons, guards and keys. */
export interface Screen {
  readonly term: Terminal;
  /** Fits the screen into its element, if the element is to be seen. */
  fit(): void;
  style(options: { fontSize: number; screenReader: boolean }): void;
  search(): Promise<SearchAddon>;
  copy(): Promise<void>;
  dispose(): void;
}

/** Opens a screen in an element; `--term`, `--term-ink` and `--mono` come from the page's theme. */
export function openScreen(
  element: HTMLElement,
  label: string,
  style: { fontSize: number; screenReader: boolean },
  events: ScreenEvents,
): Screen {
  const css = getComputedStyle(element);
  const colour = (name: string, otherwise: string) => css.getPropertyValue(name).trim() || otherwise;
  const themeNow = (): ITheme => ({
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
  });
  const askLink = (address: string) => {
    if (/^https?:\/\//i.test(address)) events.link(address);
  };

  const term = new Terminal({
    allowProposedApi: true,
    cursorBlink: false,
    // Bold stays the node's own colour in the prompt.
    drawBoldTextInBrightColors: false,
    fontFamily: colour('--mono', 'monospace'),
    fontSize: style.fontSize,
    lineHeight: LINE_HEIGHT,
    linkHandler: { activate: (_event, address) => askLink(address) },
    minimumContrastRatio: CONTRAST,
    overviewRuler: { width: RULER_PX },
    screenReaderMode: style.screenReader,
    scrollback: SCROLLBACK_LINES,
    theme: themeNow(),
  });
  const fitter = new FitAddon();
  term.loadAddon(fitter);
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = '11';
  term.loadAddon(new WebLinksAddon((_event, address) => askLink(address)));
  const guards = guard(term);

  term.open(element);
  term.textarea?.setAttribute('aria-label', label);

  const copy = async () => {
    const text = term.getSelection();
    if (!text) return;
    // The clipboard is only there in a secure context; a classroom may be on plain http.
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else document.execCommand('copy');
  };

  term.onData((data) => {
    if (events.replaying() && REPORT.test(data)) return;
    events.data(data);
  });
  term.onResize(({ cols, rows }) => events.size(cols, rows));
  term.onTitleChange((title) => events.title(plainTitle(title)));
  term.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true;
    if (event.ctrlKey && !event.altKey && event.code === 'Backquote') return false;
    if (!event.ctrlKey || !event.shiftKey) return true;
    if (event.code === 'KeyC') {
      event.preventDefault();
      void copy();
      return false;
    }
    if (event.code === 'KeyF') {
      event.preventDefault();
      events.find();
      return false;
    }
    // Left to the browser, which then brings the paste event below.
    return event.code !== 'KeyV';
  });
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData('text/plain');
    if (text) events.paste(text);
  };
  element.addEventListener('paste', onPaste, true);

  const scheme = new MutationObserver(() => {
    term.options.theme = themeNow();
  });
  scheme.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });

  let search: Promise<SearchAddon> | undefined;
  return {
    term,
    fit() {
      if (element.clientWidth === 0 || element.clientHeight === 0) return;
      const size = fitter.proposeDimensions();
      if (!size || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return;
      const cols = Math.min(SIZE.cols.most, Math.max(SIZE.cols.least, size.cols));
      const rows = Math.min(SIZE.rows.most, Math.max(SIZE.rows.least, size.rows));
      if (cols !== term.cols || rows !== term.rows) term.resize(cols, rows);
    },
    style(options) {
      term.options.fontSize = options.fontSize;
      term.options.screenReaderMode = options.screenReader;
    },
    search() {
      search ??= import('@xterm/addon-search').then(({ SearchAddon: Addon }) => {
        const addon = new Addon();
        term.loadAddon(addon);
        return addon;
      });
      return search;
    },
    copy,
    dispose() {
      scheme.disconnect();
      element.removeEventListener('paste', onPaste, true);
      for (const one of guards) one.dispose();
      term.dispose();
    },
  };
}
