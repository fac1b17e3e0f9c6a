import headless from '@xterm/headless';
import type { IMarker } from '@xterm/xterm';
import { describe, expect, it } from 'vitest';
import { createCommands } from './commands.ts';

const A = '\x1b]133;A\x07';
const C = '\x1b]133;C\x07';
const D = (code: number | '') => `\x1b]133;D${code === '' ? '' : `;${code}`}\x07`;
const PROMPT = `${A}$ `;

/** A screen of 40×6 on which a shell's output is parsed at once. */
function setUp(scrollback = 100) {
  const term = new headless.Terminal({ cols: 40, rows: 6, scrollback, allowProposedApi: true });
  const dots: { line: number; code: number }[] = [];
  const alive = new Set<IMarker>();
  const commands = createCommands(term, (prompt, code) => {
    dots.push({ line: prompt.line, code });
    alive.add(prompt);
    return { dispose: () => alive.delete(prompt) };
  });
  const put = (text: string) => new Promise<void>((parsed) => term.write(text.replace(/\n/g, '\r\n'), parsed));
  return { term, commands, dots, alive, put };
}

describe('commands', () => {
  it('marks the prompt of each command that ended with its status', async () => {
    const { dots, put } = setUp();
    await put(`${PROMPT}true\n${C}${D(0)}${PROMPT}false\n${C}${D(1)}${PROMPT}`);
    expect(dots).toEqual([
      { line: 0, code: 0 },
      { line: 1, code: 1 },
    ]);
  });

  it('is not taken in by prompts drawn anew, empty lines, and marks out of turn', async () => {
    const { dots, put } = setUp();
    await put(`${D(7)}${C}${PROMPT}\r${PROMPT}\n${PROMPT}ls\n${C}${C}a\n${D(2)}${D(3)}${PROMPT}`);
    expect(dots).toEqual([{ line: 1, code: 2 }]);
    await put(`x\n${C}${D('')}${PROMPT}y\n${C}\x1b]133;D;1e3\x07\x1b]133;\x07${PROMPT}`);
    expect(dots).toHaveLength(1);
  });

  it('gives the output of the command at a line: its own lines, wrapped ones whole, the unfinished last one too', async () => {
    const { term, commands, put } = setUp();
    const long = 'x'.repeat(100);
    await put(`${PROMPT}one\n${C}first\n\n${long}\nend${D(0)}\n${PROMPT}two\n${C}second\n${D(0)}${PROMPT}`);
    const whole = `first\n\n${long}\nend`;
    expect(commands.output(0)).toBe(whole);
    expect(commands.output(3)).toBe(whole);
    expect(commands.output(term.buffer.active.baseY + term.buffer.active.cursorY)).toBe('second');
    await put(`top\n${C}still runn`);
    expect(commands.output(99)).toBe('still runn');
    expect(commands.output(-1)).toBeNull();
  });

  it('goes from prompt to prompt and back to the end', async () => {
    const { term, commands, put } = setUp();
    for (let index = 0; index < 5; index += 1) await put(`${PROMPT}c${index}\n${C}${'line\n'.repeat(9)}${D(0)}`);
    await put(PROMPT);
    const lines = () => [commands.go(-1)?.line, term.buffer.active.viewportY];
    expect(lines()).toEqual([40, 40]);
    expect(lines()).toEqual([30, 30]);
    expect(commands.go(1)?.line).toBe(40);
    commands.forgetPlace();
    term.scrollToTop();
    expect(commands.go(-1)).toBeNull();
    expect(commands.go(1)?.line).toBe(10);
    for (let index = 0; index < 4; index += 1) commands.go(1);
    expect(commands.go(1)).toBeNull();
    expect(term.buffer.active.viewportY).toBe(term.buffer.active.baseY);
  });

  it('forgets what has left the scrollback, and the oldest of very many', async () => {
    const { term, commands, alive, put } = setUp();
    await put(`${PROMPT}old\n${C}gone\n${D(0)}`);
    expect(alive.size).toBe(1);
    await put('\n'.repeat(200));
    expect([alive.size, commands.output(50)]).toEqual([0, null]);
    term.options.scrollback = 5_000;
    await put(`${PROMPT}x\n${C}${D(0)}`.repeat(2_000));
    expect(alive.size).toBe(300);
  });

  it('leaves full-screen programs alone, and survives clearing', async () => {
    const { term, commands, dots, put } = setUp();
    await put(`${PROMPT}vim\n${C}\x1b[?1049h${A}${D(5)}\x1b[?1049l${D(0)}${PROMPT}`);
    expect(dots).toEqual([{ line: 0, code: 0 }]);
    commands.clear();
    await put(`ls\n${C}a b\n${D(0)}${PROMPT}`);
    expect([dots.at(-1), commands.output(9)]).toEqual([{ line: 0, code: 0 }, 'a b']);
    commands.dispose();
    expect(term.markers).toEqual([]);
  });
});
