/**
 * The longest OSC or DCS that reaches the screen, bytes. xterm.js 6.0.0 gathers up to 10 MB letter by letter, which
 * holds the page up for seconds; what a shell needs (titles, links, marks) is far shorter.
 */
export const STRING_MAX_BYTES = 32 * 1024;

const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
const DEL = 0x7f;
/** First byte of the C1 controls in UTF-8. */
const C1 = 0xc2;

/** What a parser that has read the bytes so far is in the middle of. */
type State = 'text' | 'escape' | 'c1' | 'osc' | 'dcs';

/** What begins after ESC or C2 with this byte; C0 controls do not end an escape. */
function after(lead: 'escape' | 'c1', byte: number): State {
  if (byte === ESC) return 'escape';
  if (byte === C1) return 'c1';
  if (lead === 'c1') return byte === 0x9d ? 'osc' : byte === 0x90 ? 'dcs' : 'text';
  if (byte === 0x5d) return 'osc';
  if (byte === 0x50) return 'dcs';
  return (byte < 0x20 && byte !== CAN && byte !== SUB) || byte === DEL ? 'escape' : 'text';
}

/**
 * Ends strings that grow too long, by a CAN among the bytes. It looks only for where strings begin and end; in doubt it
 * takes text for a string, in which a CAN does nothing.
 */
export function createStringLimit(): (bytes: Uint8Array) => Uint8Array {
  let state: State = 'text';
  let length = 0;
  /** The last byte of the piece before. */
  let last = 0;

  /** The offset of the first byte from `at` on that may end or begin a string. */
  const next = (bytes: Uint8Array, at: number) => {
    let index = at;
    if (state === 'text') while (index < bytes.length && bytes[index] !== ESC && bytes[index] !== C1) index += 1;
    else {
      const end = Math.min(bytes.length, at + STRING_MAX_BYTES - length);
      for (; index < end; index += 1) {
        const byte = bytes[index];
        if (byte === ESC || byte === CAN || byte === SUB || (byte === BEL && state === 'osc')) break;
        // A DCS may begin within an OSC, and BEL does not end it.
        if (byte === 0x90 && (index === 0 ? last : bytes[index - 1]) === C1) state = 'dcs';
      }
    }
    return index;
  };

  return (bytes) => {
    const cuts: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (state === 'escape' || state === 'c1') {
        state = after(state, bytes[at] ?? 0);
        length = 0;
        at += 1;
        continue;
      }
      const found = next(bytes, at);
      length += found - at;
      at = found;
      if (at === bytes.length) break;
      const byte = bytes[at];
      if (state !== 'text' && length >= STRING_MAX_BYTES) {
        cuts.push(at);
        state = 'text';
      } else {
        state = byte === ESC ? 'escape' : byte === C1 ? 'c1' : 'text';
        at += 1;
      }
    }
    last = bytes.at(-1) ?? last;
    return cuts.length === 0 ? bytes : withCan(bytes, cuts);
  };
}

function withCan(bytes: Uint8Array, cuts: number[]): Uint8Array {
  const more = new Uint8Array(bytes.length + cuts.length);
  let from = 0;
  cuts.forEach((cut, index) => {
    more.set(bytes.subarray(from, cut), from + index);
    more[cut + index] = CAN;
    from = cut;
  });
  more.set(bytes.subarray(from), from + cuts.length);
  return more;
}
