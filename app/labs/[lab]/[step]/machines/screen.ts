import { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type IDisposable, Terminal } from '@xterm/xterm';
import { copyText } from '../copy.ts';
import { type Commands, createCommands } from './commands.ts';
import { createDots } from './dots.ts';
import { guard, plainTitle, webAddress } from './guard.ts';
import { isReport } from './keys.ts';
import { onMenuAsked, type Point } from './press.ts';
import { allowed, fittingFont, type Size } from './size.ts';
import { themeOf } from './theme.ts';
import { boundedUnicode } from './unicode.ts';

/** Lines kept above the screen: a long tcpdump, and still little memory with four terminals. */
const SCROLLBACK_LINES = 5_000;
/** Width of the scroll bar and the marks of search hits on it, px. */
const RULER_PX = 9;
/** Contrast every cell's text gets at least, WCAG AA. */
const CONTRAST = 4.5;
/** Space between lines; more would tear box drawing apart in the DOM renderer. */
const LINE_HEIGHT = 1.25;
/** Room below another window's screen for the words about it, px. */
const MIRROR_NOTE_PX = 30;

/** What a screen tells and asks of the component around it. */
export interface ScreenEvents {
  /** What a person typed, pasted or did with the mouse. */
  data(data: string): void;
  /** What the terminal itself answers to a program. */
  report(data: string): void;
  title(title: string): void;
  link(address: string): void;
  paste(text: string): void;
  find(): void;
  focus(): void;
  menu(at: Point): void;
  copied(done: boolean): void;
}

/** How a person likes a screen. */
export interface ScreenStyle {
  fontSize: number;
  screenReader: boolean;
  copyOnSelect: boolean;
}

/** What a screen is made with. */
export interface ScreenOptions extends ScreenStyle {
  label: string;
  /** Nothing can be typed, pasted or clicked through to the program. */
  readOnly: boolean;
}

/** One xterm.js with its addons, guards and keys. */
export interface Screen {
  readonly term: Terminal;
  readonly commands: Commands;
  /**
   * Lays the screen into its element and tells what size it would have room for, null while it is not to be seen. Its
   * `own` size fills the element; another window's is shown whole, in smaller letters if need be.
   */
  arrange(own: boolean): Size | null;
  style(options: ScreenStyle): void;
  /** Says whose screen it is, to those who hear the page. */
  name(label: string): void;
  search(): Promise<SearchAddon>;
  copy(text?: string): Promise<void>;
  /** Scrolls from prompt to prompt. */
  go(direction: -1 | 1): void;
  /** What the command at this height of the window put out; at the cursor's line without one. */
  outputAt(at: Point): string | null;
  dispose(): void;
}

/** Opens a screen in an element; the colours and `--mono` come from the page's theme. */
export function openScreen(element: HTMLElement, options: ScreenOptions, events: ScreenEvents): Screen {
  let liked: ScreenStyle = options;
  const frame = document.createElement('div');
  frame.dataset.frame = '';
  element.append(frame);
  const askLink = (text: string) => {
    const address = webAddress(text);
    if (address) events.link(address);
  };

  const term = new Terminal({
    allowProposedApi: true,
    cursorBlink: false,
    disableStdin: options.readOnly,
    // Bold stays the node's own colour in the prompt.
    drawBoldTextInBrightColors: false,
    fontFamily: getComputedStyle(element).getPropertyValue('--mono').trim() || 'monospace',
    fontSize: options.fontSize,
    lineHeight: LINE_HEIGHT,
    // It would write a line to the console for every odd byte.
    logLevel: 'off',
    linkHandler: { activate: (_event, address) => askLink(address) },
    minimumContrastRatio: CONTRAST,
    overviewRuler: { width: RULER_PX },
    screenReaderMode: options.screenReader,
    scrollback: SCROLLBACK_LINES,
    theme: themeOf(element),
  });
  const fitter = new FitAddon();
  term.loadAddon(fitter);
  const unicode = boundedUnicode();
  term.unicode.register(unicode);
  term.unicode.activeVersion = unicode.version;
  term.loadAddon(new WebLinksAddon((_event, address) => askLink(address)));
  const dots = createDots(term);
  const commands = createCommands(term, dots.add);
  const offs: IDisposable[] = [...guard(term), commands, dots];

  term.open(frame);
  const name = (label: string) => term.textarea?.setAttribute('aria-label', label);
  name(options.label);
  term.textarea?.addEventListener('focus', events.focus);
  const canvas = frame.querySelector('.xterm-screen') ?? frame;

  const copy = async (text = term.getSelection()) => {
    if (text.trim()) events.copied(await copyText(text));
  };
  const go = (direction: -1 | 1) => {
    const prompt = commands.go(direction);
    if (prompt) dots.flash(prompt);
  };

  term.onData((data) => {
    if (isReport(data)) return events.report(data);
    commands.forgetPlace();
    events.data(data);
  });
  // Mouse reports of old programs, in which a byte is a column: those beyond ASCII cannot travel as text.
  term.onBinary((data) => /^[\x00-\x7f]*$/.test(data) && events.data(data));
  term.onTitleChange((title) => events.title(plainTitle(title)));
  const keys: Record<string, () => void> = {
    KeyC: () => void copy(),
    KeyF: events.find,
    ArrowUp: () => go(-1),
    ArrowDown: () => go(1),
  };
  term.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true;
    if (event.ctrlKey && !event.altKey && event.code === 'Backquote') return false;
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true;
    const act = keys[event.code];
    if (act) {
      event.preventDefault();
      act();
      return false;
    }
    // Left to the page (Enter) or to the browser, which then brings the paste event below.
    return event.code !== 'KeyV' && event.code !== 'Enter';
  });
  const stop = new AbortController();
  const onPaste = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData('text/plain');
    if (text && !options.readOnly) events.paste(text);
  };
  element.addEventListener('paste', onPaste, { capture: true, signal: stop.signal });

  // What is selected by hand goes to the clipboard; searching and selecting everything select too.
  let byHand = false;
  element.addEventListener('mousedown', () => (byHand = true), { capture: true, signal: stop.signal });
  window.addEventListener('mouseup', () => (byHand = false), { signal: stop.signal });
  term.onSelectionChange(() => byHand && liked.copyOnSelect && void copy());

  const isTaken = () => !options.readOnly && term.modes.mouseTrackingMode !== 'none';
  const deaf = onMenuAsked(element, isTaken, events.menu);
  const scheme = new MutationObserver(() => {
    term.options.theme = themeOf(element);
  });
  scheme.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });

  /** Shows another window's size whole and in the middle. */
  const mirror = () => {
    const css = getComputedStyle(frame.firstElementChild ?? frame);
    const beside = Number.parseFloat(css.paddingLeft) + RULER_PX;
    const below = options.readOnly ? 0 : MIRROR_NOTE_PX;
    const room = { width: element.clientWidth - beside, height: element.clientHeight - below };
    fittingFont(liked.fontSize, room, (font) => {
      term.options.fontSize = font;
      return canvas.getBoundingClientRect();
    });
    const { width, height } = canvas.getBoundingClientRect();
    frame.style.width = `${Math.ceil(width) + beside}px`;
    frame.style.height = `${Math.ceil(height)}px`;
    frame.style.left = `${Math.max(0, (element.clientWidth - frame.offsetWidth) / 2)}px`;
    frame.style.top = `${Math.max(0, (room.height - height) / 2)}px`;
  };

  /** What the screen was last laid out for, and the room there was. */
  let laid = '';
  let room: Size | null = null;
  let search: Promise<SearchAddon> | undefined;
  return {
    term,
    commands,
    name,
    copy,
    go,
    arrange(own) {
      const { clientWidth, clientHeight } = element;
      if (clientWidth === 0 || clientHeight === 0) return null;
      const now = [clientWidth, clientHeight, liked.fontSize, own || `${term.cols}x${term.rows}`].join();
      if (now === laid) return room;
      laid = now;
      frame.removeAttribute('style');
      element.toggleAttribute('data-mirrored', !own);
      term.options.fontSize = liked.fontSize;
      room = allowed(fitter.proposeDimensions());
      if (!own) mirror();
      return room;
    },
    style(style) {
      liked = style;
      term.options.screenReaderMode = style.screenReader;
    },
    search() {
      search ??= import('@xterm/addon-search').then(({ SearchAddon: Addon }) => {
        const addon = new Addon();
        term.loadAddon(addon);
        return addon;
      });
      return search;
    },
    outputAt(at) {
      const { baseY, cursorY, viewportY, type } = term.buffer.active;
      if (type !== 'normal') return null;
      const { top, height } = canvas.getBoundingClientRect();
      const line = at ? viewportY + Math.floor(((at.y - top) / height) * term.rows) : baseY + cursorY;
      return commands.output(line);
    },
    dispose() {
      scheme.disconnect();
      stop.abort();
      deaf();
      for (const one of offs) one.dispose();
      term.dispose();
      frame.remove();
    },
  };
}
