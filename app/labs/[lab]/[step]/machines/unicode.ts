import { Unicode11Addon } from '@xterm/addon-unicode11';
import type { IUnicodeVersionProvider, Terminal } from '@xterm/xterm';

/**
 * Marks that may pile up on one letter. xterm.js keeps them all in one cell, and a browser that has to draw 5,000 of
 * them stands still for seconds, 100,000 for minutes. Thai and Arabic need three, Vedic Sanskrit four.
 */
const MARKS_MAX = 8;

/** How xterm.js packs what it knows of a character: whether it joins the one before, its width, and what the provider likes. */
const JOINS = 0b001;
const OF_XTERM = 0b111;
const OURS_SHIFT = 3;
/** Neither joined nor wide: what xterm.js makes of a mark without a letter, a cell that is not drawn. */
const UNDRAWN = 0;

/** The widths of Unicode 11, as the shell's libc sees them, with an end to marks upon marks. */
export function boundedUnicode(): IUnicodeVersionProvider {
  let made: IUnicodeVersionProvider | undefined;
  const register = (provider: IUnicodeVersionProvider) => {
    made = provider;
  };
  // The addon's provider is not exported; to register it is all that activate() does.
  new Unicode11Addon().activate({ unicode: { register } } as unknown as Terminal);
  if (!made) throw new Error('addon-unicode11 registered nothing');
  const { wcwidth, charProperties } = {
    wcwidth: made.wcwidth.bind(made),
    charProperties: made.charProperties.bind(made),
  };
  return {
    version: '11-bounded',
    wcwidth,
    charProperties(codepoint, preceding) {
      const plain = charProperties(codepoint, preceding & OF_XTERM);
      if ((plain & JOINS) === 0) return plain;
      const marks = (preceding >> OURS_SHIFT) + 1;
      return marks > MARKS_MAX ? UNDRAWN : (marks << OURS_SHIFT) | plain;
    },
  };
}
