import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createHold } from './hold.ts';

/** The page that comes of these pieces. */
function held(...pieces: (string | Buffer)[]): Promise<string> {
  return text(Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(createHold('a+b==')));
}

const NEXT = '<script src="/_next/static/chunks/1.js" async="" nonce="a+b=="></script>';
const LAST = '<script src="/_next/static/chunks/2.js" id="_R_" nonce="a+b==" async=""></script>';
const EARLY = '<script src="/_next/static/early/1/early.js" nonce="a+b=="></script>';
const PAGE = `<!DOCTYPE html><html><head>${NEXT}<title>织网</title></head><body><p>课文 &lt;script async=""&gt;</p>${EARLY}${LAST}<script nonce="a+b==">self.__next_f.push("<p>")</script></body></html>`;

describe('hold', () => {
  it('holds the scripts of Next, all of them, and nothing else', async () => {
    const page = await held(PAGE);
    expect(page.match(/<script type="text\/plain" data-held=""/g)).toHaveLength(2);
    expect(page).toContain('<script type="text/plain" data-held="" src="/_next/static/chunks/1.js" async=""');
    expect(page).toContain('data-held="" src="/_next/static/chunks/2.js" id="_R_"');
    expect(page).toContain(EARLY);
    expect(page).toContain('<p>课文 &lt;script async=""&gt;</p>');
  });

  it('puts what releases them first, with the nonce of the policy', async () => {
    const page = await held(PAGE);
    expect(page).toMatch(/<head><script nonce="a\+b==">\(function release\(/);
    expect(page.match(/function release/g)).toHaveLength(1);
  });

  it('comes to the same wherever the page is cut into pieces, in the middle of a letter, too', async () => {
    const whole = await held(PAGE);
    const bytes = Buffer.from(PAGE);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await held(bytes.subarray(0, at), bytes.subarray(at)), String(at)).toBe(whole);
    }
  });

  it('leaves a page without such scripts as it is, but for the one line', async () => {
    expect((await held('<html><head></head><body>a < b</body></html>')).replace(/<script.*?<\/script>/s, '')).toBe(
      '<html><head></head><body>a < b</body></html>',
    );
  });
});
