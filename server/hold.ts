import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * Holds a page's own scripts back until its terminals are to be seen (app/early.ts): to read, compile and run them takes a
 * browser longer than everything that a terminal needs, and Next has no setting for when they begin. The page is complete
 * without them; what is held begins at the latest when the page has been read and no terminal has begun.
 */

/** Says, with the page's nonce, that a page is to be held so; from http.ts to forward.ts, never from outside. */
export const HOLD_HEADER = 'x-hold';

/** A script of Next's own, as its pages write it; any other form is left alone, and then merely not held. */
const SCRIPT = /<script(?=[^>]* src="\/_next\/static\/)(?=[^>]* async="")/g;
/** The longest beginning of such a tag that may end a piece of the page, characters. */
const TAG_MAX = 512;

/** Runs in the page: makes real scripts of the held ones, once; the page's terminals call it, or nobody has to. */
function release(): void {
  const go = () => {
    for (const held of document.querySelectorAll<HTMLScriptElement>('script[data-held]')) {
      const script = document.createElement('script');
      for (const { name, value } of held.attributes) {
        if (name !== 'type' && name !== 'data-held') script.setAttribute(name, value);
      }
      // Browsers hide it from attributes.
      script.nonce = held.nonce;
      held.replaceWith(script);
    }
  };
  window.netloomGo = go;
  document.addEventListener('DOMContentLoaded', () => window.netloomEarly || go());
}

/** Takes a page's HTML and gives it with Next's scripts held; `nonce` is the one that the page's policy names. */
export function createHold(nonce: string): Transform {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let begun = false;

  const held = (text: string) => {
    let out = text.replace(SCRIPT, '<script type="text/plain" data-held=""');
    if (!begun && out.includes('<head>')) {
      begun = true;
      out = out.replace('<head>', `<head><script nonce="${nonce}">(${release})()</script>`);
    }
    return out;
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = rest + decoder.write(chunk);
      // A tag that is not whole yet waits for the rest of it.
      const open = text.lastIndexOf('<');
      const cut = open > text.lastIndexOf('>') && text.length - open < TAG_MAX ? open : text.length;
      rest = text.slice(cut);
      done(null, held(text.slice(0, cut)));
    },
    flush(done) {
      done(null, held(rest + decoder.end()));
    },
  });
}
