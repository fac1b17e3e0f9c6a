import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { counted, isTooMuch } from './counted.ts';
import type { Past, Screen } from './screen.ts';

// xterm's packages for Node are CommonJS, whose names an import does not find.
const require = createRequire(import.meta.url);
const { Terminal } = require('@xterm/headless') as typeof import('@xterm/headless');
const { SerializeAddon } = require('@xterm/addon-serialize') as typeof import('@xterm/addon-serialize');
const { Unicode11Addon } = require('@xterm/addon-unicode11') as typeof import('@xterm/addon-unicode11');

/** Lines above the screen that are worth keeping, fewer where they are so full of colours that the text grows too long. */
const SCROLLBACK_LINES = [5_000, 1_000, 0];
/** The longest text for a screen, UTF-16 units: it goes over the wire as one message. */
const TEXT_MAX = 1_048_576;
/** The longest title that is passed on, characters. */
const TITLE_MAX = 200;

type Headless = InstanceType<typeof Terminal>;

/** What xterm.js 6.0.0 knows and neither its API nor addon-serialize tells. */
interface Core {
  coreService: {
    isCursorHidden: boolean;
    decPrivateModes: { cursorStyle?: 'block' | 'underline' | 'bar'; cursorBlink?: boolean; origin: boolean };
  };
  coreMouseService: { activeEncoding: string };
  _bufferService: { buffer: { scrollTop: number; scrollBottom: number; x: number; y: number } };
  _charsetService: { charset?: object };
}

/** What addon-serialize leaves out of a terminal's state, as text to write after its own. */
function remainder(term: Headless, title: string): string {
  const { coreService, coreMouseService, _bufferService, _charsetService } = (term as unknown as { _core: Core })._core;
  const { cursorStyle, cursorBlink, origin } = coreService.decPrivateModes;
  const { scrollTop, scrollBottom, x, y } = _bufferService.buffer;
  const isRegion = scrollTop > 0 || scrollBottom < term.rows - 1;
  let text = title && `\x1b]2;${title}\x07`;
  if (isRegion) text += `\x1b[${scrollTop + 1};${scrollBottom + 1}r`;
  // Both send the cursor home. In the column after the last it waits to wrap, and cannot be put there.
  if (isRegion || origin) text += `\x1b[${y - (origin ? scrollTop : 0) + 1};${x + 1}H`;
  if (coreMouseService.activeEncoding === 'SGR') text += '\x1b[?1006h';
  if (coreMouseService.activeEncoding === 'SGR_PIXELS') text += '\x1b[?1016h';
  if (cursorStyle) {
    const steady = { block: 2, underline: 4, bar: 6 }[cursorStyle];
    text += `\x1b[${cursorBlink ? steady - 1 : steady} q`;
  }
  // Line drawing is the only other character set that programs still use.
  if (_charsetService.charset) text += '\x1b(0';
  if (coreService.isCursorHidden) text += '\x1b[?25l';
  return text;
}

function makeScreen({ modes, replay, cols, rows }: Past, done: (screen: Screen | null) => void): void {
  const term = new Terminal({ cols, rows, scrollback: SCROLLBACK_LINES[0], allowProposedApi: true });
  const serialize = new SerializeAddon();
  term.loadAddon(serialize);
  // As the browser counts widths, or lines would wrap elsewhere.
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = '11';
  for (const sequence of counted) term.parser.registerCsiHandler(sequence, isTooMuch);
  let title = '';
  term.onTitleChange((next) => {
    title = next.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, '').slice(0, TITLE_MAX);
  });
  term.write(modes);
  // What is written after the parser has taken all before it, so that each size begins at its byte.
  for (const each of replay) {
    if ('cols' in each) term.write('', () => term.resize(each.cols, each.rows));
    else term.write(each);
  }
  term.write('', () => {
    for (const scrollback of SCROLLBACK_LINES) {
      const text = serialize.serialize({ scrollback }) + remainder(term, title);
      if (text.length > TEXT_MAX) continue;
      done({ text, alternate: term.buffer.active.type === 'alternate', cols: term.cols, rows: term.rows });
      term.dispose();
      return;
    }
    term.dispose();
    done(null);
  });
}

// A thread inherits web's priority (setpriority(2)), and making screens is no keystroke.
setPriority(0);
parentPort?.on('message', (past: Past) => makeScreen(past, (screen) => parentPort?.postMessage(screen)));
