import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { createStringLimit, STRING_MAX_BYTES } from './strings.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (all: Uint8Array[]) => new TextDecoder().decode(Buffer.concat(all));
const LONG = 'x'.repeat(STRING_MAX_BYTES);

/** What comes through in pieces of a size, and how long the strings are that xterm's parser makes of it. */
async function pass(input: string, piece: number) {
  const limit = createStringLimit();
  const all = bytes(input);
  const out: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += piece) out.push(limit(all.subarray(at, at + piece)));
  const term = new headless.Terminal({ allowProposedApi: true, logLevel: 'off' });
  const strings: number[] = [];
  term.parser.registerOscHandler(0, (data) => strings.push(data.length) > 0);
  term.parser.registerDcsHandler({ intermediates: '$', final: 'q' }, (data) => strings.push(data.length) > 0);
  await new Promise<void>((parsed) => term.write(text(out), parsed));
  return { out: text(out), strings };
}

describe('limit of strings', () => {
  it('changes nothing in what shells and programs say', async () => {
    const said = [
      'plain 中文 é \x9d£ text\r\n\x1b[1;31mred\x1b[0m\x1b(0lqk\x1b(B\x1bc',
      '\x1b]0;title\x07\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\\x1b]133;A\x07$ ',
      '\x1bP$qm\x1b\\\x1b_apc\x1b\\\x1b]2;broken off\x18text\x1b]0;\x1b]0;again\x07',
      LONG,
      LONG,
    ].join('');
    for (const piece of [1, 7, 8_192, 1e6]) expect((await pass(said, piece)).out).toBe(said);
  });

  it('ends every string that grows too long, however it begins and whatever hides it', async () => {
    for (const start of [
      '\x1b]0;',
      '\x1bP$q',
      '\u009d0;',
      '\u0090$q',
      '\x1b\x1b]0;',
      '\x1b\x00\x7f]0;',
      '\x1b_\x1b]0;',
    ]) {
      for (const piece of [1_000, 8_192, 1e6]) {
        const { strings } = await pass(`a${start}${LONG}${LONG}${LONG}\x1b\\b`, piece);
        expect(strings.filter((length) => length > STRING_MAX_BYTES)).toEqual([]);
      }
    }
    for (const piece of [1, 8_192]) {
      const { strings } = await pass(`\x1b]0;£\u0090$q\x07${LONG}${LONG}\x1b\\`, piece);
      expect(strings.filter((length) => length > STRING_MAX_BYTES)).toEqual([]);
    }
    const hidden = await pass(`\x1bP$q\x07\x9c${LONG}${LONG}\x1b\\`, 8_192);
    expect(hidden.strings.filter((length) => length > STRING_MAX_BYTES)).toEqual([]);
    expect(hidden.out).toContain('\x18');
  });

  it('lets strings up to the limit through', async () => {
    const title = LONG.slice(10);
    expect((await pass(`\x1b]0;${title}\x07`, 8_192)).strings).toEqual([title.length]);
  });
});
