/** Characters of one entry: a long command. */
const LINE_MAX_CHARS = 500;

/** What a helper types, as lines that can be read later. */
export interface Typed {
  /** Hears what was typed in a terminal, and tells each line as it ends. */
  hear(terminal: string, data: string): void;
  /** Tells what was begun and not ended. */
  flush(): void;
}

/** Shows what cannot be seen: Esc as ␛, Backspace as ␡ (Unicode, Control Pictures). */
export function visible(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f]/g, (sign) =>
    sign === '\x7f' ? '␡' : String.fromCodePoint(0x2400 + (sign.codePointAt(0) ?? 0)),
  );
}

/** Nothing was typed yet. `line` hears of each line and the terminal it was typed in. */
export function createTyped(line: (terminal: string, text: string) => void): Typed {
  const begun = new Map<string, string>();

  function end(terminal: string): void {
    const text = begun.get(terminal) ?? '';
    begun.delete(terminal);
    if (text !== '') line(terminal, visible(text));
  }

  return {
    hear(terminal, data) {
      for (const piece of data.split(/([\r\n]+)/)) {
        if (/^[\r\n]+$/.test(piece)) end(terminal);
        else if (piece !== '') {
          let text = (begun.get(terminal) ?? '') + piece;
          for (; text.length > LINE_MAX_CHARS; text = text.slice(LINE_MAX_CHARS)) {
            line(terminal, visible(text.slice(0, LINE_MAX_CHARS)));
          }
          begun.set(terminal, text);
        }
      }
    },
    flush() {
      for (const terminal of [...begun.keys()]) end(terminal);
    },
  };
}
