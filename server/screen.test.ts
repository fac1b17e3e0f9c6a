import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import { createScreens, type Screen } from './screen.ts';

const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as typeof import('@xterm/headless');
type Headless = InstanceType<typeof Terminal>;

const screens = createScreens(() => undefined);
const COLS = 40;
const ROWS = 8;
let made = 0;

function newTerminal(): Headless {
  return new Terminal({ cols: COLS, rows: ROWS, allowProposedApi: true });
}

async function write(term: Headless, text: string): Promise<void> {
  await new Promise<void>((resolve) => term.write(text, resolve));
}

function linesOf(term: Headless): string[] {
  const { active } = term.buffer;
  return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
}

/** What the terminal would show and do, as far as it can be seen from outside. */
async function facts(term: Headless): Promise<unknown> {
  const { active } = term.buffer;
  const before = { lines: linesOf(term), x: active.cursorX, y: active.cursorY, type: active.type, modes: term.modes };
  const { coreService, coreMouseService } = (term as unknown as { _core: Record<string, Record<string, unknown>> })
    ._core;
  // What comes next must land where it would have landed.
  await write(term, 'q\r\n\n\nlqk\r\n');
  return {
    ...before,
    hidden: coreService?.isCursorHidden,
    mouse: coreMouseService?.activeEncoding,
    after: linesOf(term),
  };
}

function make(output: string, modes = ''): Promise<Screen | null> {
  made += 1;
  return screens.make(`terminal${made}`, { modes, replay: [Buffer.from(output)], cols: COLS, rows: ROWS });
}

/** A fresh terminal with the made screen is like one that got every byte. */
async function expectSame(output: string): Promise<Screen> {
  const screen = await make(output);
  if (!screen) throw new Error('no screen');
  const original = newTerminal();
  await write(original, output);
  const restored = newTerminal();
  await write(restored, screen.text);
  expect(await facts(restored)).toEqual(await facts(original));
  return screen;
}

afterAll(() => screens.close());

describe('a screen for who comes late', () => {
  it('is what the bytes would have painted', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `\x1b[3${index % 8}m第 ${index} 行\x1b[0m 👋\r\n`).join('');
    await expectSame(`${lines}\x1b[1;32mroot@node-1\x1b[0m:~# ls \x1b[2D`);
    await expectSame('short');
  });

  it.each([
    ['a hidden cursor', 'x\x1b[?25l'],
    ['mouse and its encoding', '\x1b[?1002h\x1b[?1006h'],
    ['paste brackets and cursor keys', '\x1b[?2004h\x1b[?1h\x1b=prompt'],
    ['a scroll region', 'one\r\ntwo\r\n\x1b[2;5r\x1b[4;3Hhere'],
    ['a scroll region with its own origin', 'one\r\n\x1b[3;6r\x1b[?6h\x1b[2;2Hhere'],
    ['line drawing', '\x1b(0lqk'],
  ])('restores %s', async (_what, output) => {
    await expectSame(output);
  });

  it('says when a full-screen program owns the terminal, and keeps what lies below', async () => {
    const screen = await expectSame('shell$ vim\r\n\x1b[?1049h\x1b[2J\x1b[3;4Hedited');
    expect(screen.alternate).toBe(true);
  });

  it('begins in the modes that held before the first byte', async () => {
    const screen = await make('late bytes', '\x1b[?1049h\x1b[?25l\x1b]2;a title\x07');
    expect(screen?.alternate).toBe(true);
    expect(screen?.text).toContain('\x1b[?25l');
    expect(screen?.text).toContain('\x1b]2;a title\x07');
  });

  it('takes each byte in the size it was written for', async () => {
    const replay = [Buffer.from('a'.repeat(COLS + 10)), { cols: COLS / 2, rows: ROWS }, Buffer.from('\r\nend')];
    const screen = await screens.make('resized', { modes: '', replay, cols: COLS, rows: ROWS });
    const original = newTerminal();
    await write(original, 'a'.repeat(COLS + 10));
    original.resize(COLS / 2, ROWS);
    await write(original, '\r\nend');
    const restored = newTerminal();
    restored.resize(screen?.cols ?? 0, screen?.rows ?? 0);
    await write(restored, screen?.text ?? '');
    expect(await facts(restored)).toEqual(await facts(original));
  });

  it('is not held up by sequences that count to the sky', async () => {
    const began = performance.now();
    expect(await make('a\x1b[999999999b\x1b[99999999S\x1b[99999999T\x1b[99999999L\x1b[99999999Zend')).not.toBeNull();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('gives up on what was made to take long, remembers it, and serves the next', async () => {
    const slow = Buffer.from('a\x1b[2000b'.repeat(36_000));
    const past = { modes: '', replay: [slow], cols: 500, rows: 200 };
    const asked = screens.make('slow', past);
    const neighbour = make('meanwhile');
    expect(await asked).toBeNull();
    expect((await neighbour)?.text).toContain('meanwhile');
    const again = performance.now();
    expect(await screens.make('slow', past)).toBeNull();
    expect(performance.now() - again).toBeLessThan(500);
  });

  it('leaves out old lines rather than grow without bound', async () => {
    const colour = (index: number) => `\x1b[38;2;${index % 256};${(index * 7) % 256};${(index * 13) % 256}mx`;
    const output = Array.from({ length: 100_000 }, (_, index) => colour(index)).join('');
    const screen = await screens.make('colours', {
      modes: '',
      replay: [Buffer.from(`${output}last`)],
      cols: 500,
      rows: 8,
    });
    expect(output.length).toBeGreaterThan(1_500_000);
    expect(screen?.text.length).toBeLessThan(1_048_576);
    expect(screen?.text).toContain('last');
  });
});
