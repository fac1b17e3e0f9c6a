import type { Mark } from './contract.ts';

/** The longest command a mark may carry, percent-encoded: 500 Chinese characters of nine bytes each. */
const MARK_MAX_BYTES = 4_608;
/** What a person reads of a command in a list. */
const COMMAND_MAX_CHARS = 500;
/** More marks at once than this are no shell's: then only those near the end are read, which say how things stand. */
const TRIES_MAX = 32;
const TAIL_BYTES = 256;
const PREFIX = Buffer.from('\x1b]133;');
const BELL = 0x07;
const ESCAPE = 0x1b;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const NOTHING = Buffer.alloc(0);

/** A mark and where it ends within the bytes given to that call of read(). */
export interface FoundMark extends Mark {
  at: number;
}

/** A command as the node's bash tells it (kitty's extension of OSC 133;C), made plain; null when there is none. */
function commandIn(parameters: string): string | null {
  const encoded = /;cmdline_url=([^;]*)/.exec(parameters)?.[1];
  if (!encoded) return null;
  let text: string;
  try {
    text = decodeURIComponent(encoded);
  } catch {
    // URIError: not UTF-8. Whoever is root on the node may print anything.
    return null;
  }
  const plain = text
    .replaceAll('\t', ' ')
    .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '')
    .trim();
  return [...plain.slice(0, COMMAND_MAX_CHARS * 2)].slice(0, COMMAND_MAX_CHARS).join('') || null;
}

/** Reads what stands between the prefix and the end of a mark; null when it is none. */
function readMark(body: string, at: number): FoundMark | null {
  const kind = body[0];
  if ((body[1] ?? ';') !== ';') return null;
  if (kind === 'D') {
    const code = /^;(\d{1,3})/.exec(body.slice(1))?.[1];
    return { kind, code: code ? Number(code) : null, command: null, at };
  }
  if (kind === 'C') return { kind, code: null, command: commandIn(body), at };
  return kind === 'A' || kind === 'B' ? { kind, code: null, command: null, at } : null;
}

/** Where the mark whose prefix ends at `from` ends: its last byte's index, or what became of it. */
function endOf(text: Buffer, from: number): number | 'broken' | 'cut' {
  const limit = Math.min(text.length, from + MARK_MAX_BYTES);
  for (let index = from; index < limit; index += 1) {
    const byte = text[index] as number;
    if (byte >= SPACE) continue;
    if (byte === BELL) return index;
    if (byte !== ESCAPE) return 'broken';
    if (index + 1 === text.length) return 'cut';
    return text[index + 1] === BACKSLASH ? index + 1 : 'broken';
  }
  return limit === text.length ? 'cut' : 'broken';
}

/**
 * Finds the marks of the shell integration, FinalTerm's OSC 133 as bash prints them: `ESC ] 133 ; D ; 0 BEL`, in a stream
 * that is cut anywhere. It only looks; the bytes go on to the viewers as they are.
 */
export function createMarkReader(): (bytes: Buffer) => FoundMark[] {
  /** The beginning of what may be a mark. */
  let carry = NOTHING;

  return (bytes) => {
    const text = carry.length > 0 ? Buffer.concat([carry, bytes]) : bytes;
    const shift = carry.length;
    carry = NOTHING;
    const marks: FoundMark[] = [];
    let from = 0;
    for (let tries = 1; ; tries += 1) {
      if (tries === TRIES_MAX) from = Math.max(from, text.length - TAIL_BYTES);
      const begin = text.indexOf(PREFIX, from);
      if (begin < 0) break;
      from = begin + PREFIX.length;
      const end = endOf(text, from);
      if (end === 'cut') {
        carry = Buffer.from(text.subarray(begin));
        return marks;
      }
      if (end === 'broken') continue;
      const body = text.toString('utf8', from, text[end] === BELL ? end : end - 1);
      from = end + 1;
      const mark = readMark(body, from - shift);
      if (mark) marks.push(mark);
    }
    // Perhaps the prefix itself is cut: it has one ESC, its first byte.
    for (let index = text.length - 1; index >= from && index > text.length - PREFIX.length; index -= 1) {
      if (text[index] === ESCAPE) {
        carry = Buffer.from(text.subarray(index));
        break;
      }
    }
    return marks;
  };
}
