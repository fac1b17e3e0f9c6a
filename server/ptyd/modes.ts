/**
 * What a terminal's output says about its screen's modes, so that a screen which starts in the middle starts right. Only
 * bytes that the ring drops are read, a block at a time: a terminal that has not said 256 KiB costs nothing.
 */

/** A title is shown on a tab; the rest of it nobody sees. */
const TITLE_MAX_CHARS = 200;
/** A block with more changes than this is no honest program's: what is beyond them counts only near the block's end. */
const CHANGES_MAX = 256;
const TAIL_BYTES = 1_024;
const ESCAPE = 0x1b;

/** DECSET numbers worth restoring; of a group only the last one set is in force, and resetting any resets them all. */
const BUFFERS = [47, 1047, 1049];
const MOUSE = [9, 1000, 1002, 1003];
const MOUSE_FORMATS = [1005, 1006, 1015, 1016];
const GROUPS = new Map([BUFFERS, MOUSE, MOUSE_FORMATS].flatMap((group) => group.map((mode) => [mode, group] as const)));
/** On by default; all others are off. */
const AUTOWRAP = 7;
const CURSOR = 25;
const KEYPAD = 66;
const FOLLOWED = new Set([1, 6, AUTOWRAP, CURSOR, KEYPAD, 1004, 2004, ...GROUPS.keys()]);
/** What a soft reset (DECSTR) puts back, as xterm.js does it. */
const SOFT = [1, 6, AUTOWRAP, CURSOR, KEYPAD, 1004, 2004];

/** DECSET/DECRST, DECSTBM, DECSTR, RIS, keypad, character set G0, title. The bytes are read as Latin-1. */
const CHANGE =
  /\x1b(?:\[\?([\d;]{1,64})([hl])|\[(\d{0,4}(?:;\d{0,4})?)r|(\[!p|[c=>])|\(([0AB])|\][02];([^\x00-\x1f\x7f]{0,1024})(?:\x07|\x1b\\))/g;

/** The modes of a screen, as far as a stream's bytes have set them. */
export interface Modes {
  /** Reads bytes; a sequence that is cut is not seen. */
  follow(bytes: Buffer): void;
  /** What puts a new screen into these modes. */
  text(): string;
}

/** Makes the modes of a new screen. */
export function createModes(): Modes {
  /** By number, in the order in which they were set; only those that differ from a new screen's. */
  const changed = new Map<number, boolean>();
  let margins = '';
  let lineDrawing = false;
  let title = '';

  function set(mode: number, on: boolean): void {
    if (!FOLLOWED.has(mode)) return;
    const group = GROUPS.get(mode) ?? [mode];
    for (const each of group) changed.delete(each);
    if (on !== (mode === AUTOWRAP || mode === CURSOR)) changed.set(mode, on);
    if (group === BUFFERS) margins = '';
  }

  function reset(soft: boolean): void {
    if (soft) for (const mode of SOFT) changed.delete(mode);
    else changed.clear();
    margins = '';
    lineDrawing = false;
  }

  function apply([, modes, letter, region, plain, charset, name]: RegExpExecArray): void {
    if (modes !== undefined) for (const mode of modes.split(';')) set(Number(mode), letter === 'h');
    else if (region !== undefined) margins = region;
    else if (charset !== undefined) lineDrawing = charset === '0';
    else if (name !== undefined) title = name;
    else if (plain === '=' || plain === '>') set(KEYPAD, plain === '=');
    else reset(plain === '[!p');
  }

  return {
    follow(bytes) {
      if (!bytes.includes(ESCAPE)) return;
      const text = bytes.toString('latin1');
      CHANGE.lastIndex = 0;
      for (let count = 1, change = CHANGE.exec(text); change; count += 1, change = CHANGE.exec(text)) {
        apply(change);
        if (count === CHANGES_MAX) CHANGE.lastIndex = Math.max(CHANGE.lastIndex, text.length - TAIL_BYTES);
      }
    },
    text() {
      // A title is UTF-8, perhaps a broken one; C1 controls are removed after decoding, the others cannot be in it.
      const words = Buffer.from(title, 'latin1')
        .toString('utf8')
        .replace(/[\x80-\x9f]/g, '')
        .slice(0, TITLE_MAX_CHARS);
      const modes = [...changed].sort(([a], [b]) => Number(BUFFERS.includes(b)) - Number(BUFFERS.includes(a)));
      return [
        words && `\x1b]2;${words}\x07`,
        ...modes.map(([mode, on]) => (mode === 6 ? '' : `\x1b[?${mode}${on ? 'h' : 'l'}`)),
        margins && `\x1b[${margins}r`,
        changed.has(6) && '\x1b[?6h',
        lineDrawing && '\x1b(0',
      ]
        .filter(Boolean)
        .join('');
    },
  };
}
