import type { IDisposable, Terminal } from '@xterm/xterm';
import { counted, isTooMuch } from '../../../../../server/counted.ts';

/** Longest title a tab shows, characters. */
const TITLE_MAX = 60;
/** Longest address of a link, characters: what browsers and servers agree to bear. */
const LINK_MAX = 2_048;
/**
 * Links one screen makes (OSC 8). xterm.js 6.0.0 keeps a marker for each as long as its line lives, and one line can
 * get any number of them: 100,000 make every later line break slow. `ls --hyperlink` on a full scrollback stays below.
 */
const LINKS_MAX = 10_000;

/** Keeps a terminal's own output from freezing the page or reaching the clipboard. */
export function guard(term: Terminal): IDisposable[] {
  let links = 0;
  const unwanted = (link: string) => {
    const address = link.slice(link.indexOf(';') + 1);
    // The end of a link.
    if (address === '') return false;
    links += 1;
    return links > LINKS_MAX || address.length > LINK_MAX;
  };
  // They move lines one by one; moving more than there are empties the screen, for which programs have better ways.
  const beyond = ([count]: (number | number[])[]) => typeof count === 'number' && count > term.rows;
  return [
    ...counted.map((id) => term.parser.registerCsiHandler(id, isTooMuch)),
    ...[...'LMST'].map((final) => term.parser.registerCsiHandler({ final }, beyond)),
    term.parser.registerOscHandler(8, unwanted),
    term.parser.registerOscHandler(52, () => true),
  ];
}

/** A title from the terminal as harmless short text. */
export function plainTitle(title: string): string {
  const text = title
    .slice(0, 4 * TITLE_MAX)
    .replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  return text.length > TITLE_MAX ? `${text.slice(0, TITLE_MAX)}…` : text;
}

/** An address from the terminal as the browser would go to it, so that no look-alike is asked about; null if not of the web. */
export function webAddress(address: string): string | null {
  if (address.length > LINK_MAX || !URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}
