/** One mark of the shell integration, FinalTerm's OSC 133 as bash prints it: `ESC ] 133 ; D ; 0 BEL`. */
export interface Mark {
  kind: 'A' | 'B' | 'C' | 'D';
  /** Exit status, with D. */
  code: number | null;
  /** Where the mark ends within the bytes given to this call of read(). */
  at: number;
}

const PREFIX = Buffer.from('\x1b]133;');
/** A mark is short; what is longer is something else. */
const MARK_MAX_BYTES = 64;

/** Finds marks in a stream that is cut anywhere. It only looks; the bytes go on to the viewers as they are. */
export function createMarkReader(): (bytes: Buffer) => Mark[] {
  let carry: Buffer = Buffer.alloc(0);

  return (bytes) => {
    const text = carry.length > 0 ? Buffer.concat([carry, bytes]) : bytes;
    const shift = carry.length;
    const marks: Mark[] = [];
    let from = 0;
    let unread = -1;
    while (unread < 0) {
      const begin = text.indexOf(PREFIX, from);
      if (begin < 0) break;
      const body = text.subarray(begin + PREFIX.length, begin + MARK_MAX_BYTES).toString('latin1');
      const match = /^([ABCD])([^\x07\x1b]*)(?:\x07|\x1b\\)/.exec(body);
      if (match) {
        const kind = match[1] as Mark['kind'];
        const code = kind === 'D' ? /^;(\d{1,3})/.exec(match[2] ?? '') : null;
        from = begin + PREFIX.length + match[0].length;
        marks.push({ kind, code: code ? Number(code[1]) : null, at: from - shift });
      } else if (text.length - begin < MARK_MAX_BYTES) {
        unread = begin;
      } else {
        from = begin + PREFIX.length;
      }
    }
    if (unread < 0) {
      // Perhaps the beginning of a mark: at most PREFIX.length - 1 bytes from the last ESC on.
      const lastEscape = text.lastIndexOf(0x1b);
      unread = lastEscape >= Math.max(from, text.length - PREFIX.length + 1) ? lastEscape : text.length;
    }
    carry = Buffer.from(text.subarray(unread));
    return marks;
  };
}
