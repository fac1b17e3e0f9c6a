import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { boundedUnicode } from './unicode.ts';

/** A line of a terminal after this text, and where the cursor is then. */
async function put(text: string) {
  const term = new headless.Terminal({ cols: 60, rows: 20, allowProposedApi: true });
  const provider = boundedUnicode();
  term.unicode.register(provider);
  term.unicode.activeVersion = provider.version;
  await new Promise<void>((parsed) => term.write(text, parsed));
  const { active } = term.buffer;
  const letters = Array.from({ length: term.rows }, (_, row) => active.getLine(row))
    .flatMap((line) => Array.from({ length: term.cols }, (_, column) => line?.getCell(column)?.getChars() ?? ''))
    .map((chars) => chars.length);
  return { line: active.getLine(0)?.translateToString(true), column: active.cursorX, longest: Math.max(...letters) };
}

describe('widths', () => {
  it('counts Chinese and emoji as two, marks as none', async () => {
    expect(await put('你好👋|')).toMatchObject({ line: '你好👋|', column: 7 });
    expect(await put('e\u0301x')).toMatchObject({ line: 'e\u0301x', column: 2 });
    expect(await put('ที่นี่|')).toMatchObject({ line: 'ที่นี่|', column: 3 });
    expect(await put('👨\u200d👩|')).toMatchObject({ column: 5 });
  });

  it('lets only so many marks pile up on one letter', async () => {
    const { longest } = await put(`a${'\u0301'.repeat(20_000)}`);
    expect(longest).toBeLessThanOrEqual(9);
  });
});
