import { describe, expect, it } from 'vitest';
import { createModes } from './modes.ts';

function screen(...blocks: string[]): string {
  const modes = createModes();
  for (const block of blocks) modes.follow(Buffer.from(block));
  return modes.text();
}

describe('modes', () => {
  it('says nothing of a screen as it is at first', () => {
    expect(screen('plain', '\x1b[31mred\x1b[0m', '\x1b[?25h\x1b[?7h\x1b[?1l\x1b>\x1b(B\x1b[r\x1b[?9999h')).toBe('');
    expect(screen('\x1b[?1h\x1b[?25l\x1b[?2004h', '\x1b[?25h\x1b[?1;2004l')).toBe('');
  });

  it('restores what a full-screen program has set', () => {
    const vim = '\x1b[?1h\x1b=\x1b[?2004h\x1b[?1049h\x1b[22;0;0t\x1b[?1004h\x1b[1;24r\x1b[?12h\x1b[?25l\x1b[2;3H~';
    expect(screen(vim)).toBe('\x1b[?1049h\x1b[?1h\x1b[?66h\x1b[?2004h\x1b[?1004h\x1b[?25l\x1b[1;24r');
    expect(screen(vim, '\x1b[?25h\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>\x1b[?1049l')).toBe('');
  });

  it('keeps the mouse protocol and format that were set last', () => {
    expect(screen('\x1b[?1000h\x1b[?1002;1006h')).toBe('\x1b[?1002h\x1b[?1006h');
    expect(screen('\x1b[?1000;1003;1015;1006h\x1b[?1000l')).toBe('\x1b[?1006h');
    expect(screen('\x1b[?7l\x1b[?6h\x1b[3;9r')).toBe('\x1b[?7l\x1b[3;9r\x1b[?6h');
  });

  it('knows resets', () => {
    const all = '\x1b[?1049;1000;1;2004h\x1b(0\x1b[2;4r\x1b[?25l';
    expect(screen(all)).toBe('\x1b[?1049h\x1b[?1000h\x1b[?1h\x1b[?2004h\x1b[?25l\x1b[2;4r\x1b(0');
    expect(screen(all, '\x1b[!p')).toBe('\x1b[?1049h\x1b[?1000h');
    expect(screen(all, '\x1bc')).toBe('');
  });

  it('gives a title as text with a length', () => {
    expect(screen('\x1b]0;root@node-1: ~\x07')).toBe('\x1b]2;root@node-1: ~\x07');
    expect(screen('\x1b]2;一\x1b\\', '\x1b]0;织网\x1b\\')).toBe('\x1b]2;织网\x07');
    expect(screen(`\x1b]2;${'长'.repeat(300)}\x07`)).toBe(`\x1b]2;${'长'.repeat(200)}\x07`);
    expect(screen('\x1b]2;a\u009bb\x07')).toBe('\x1b]2;ab\x07');
    expect(screen('\x1b]2;no\nend\x07\x1b]52;c;aGk=\x07')).toBe('');
  });

  it('reads a bounded number of changes, and the last ones', () => {
    const noise = '\x1b[?1h\x1b[?1l'.repeat(3_000);
    expect(screen(`\x1b[?1049h${noise}\x1b[?2004h`)).toBe('\x1b[?1049h\x1b[?2004h');
    const block = Buffer.from(noise.slice(0, 32_000));
    const modes = createModes();
    const began = process.cpuUsage();
    for (let count = 0; count < 320; count += 1) modes.follow(block);
    const { user, system } = process.cpuUsage(began);
    // 10 MB, a second of what a browser's screen parses: a few ms per MB at most, whoever else uses this machine.
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});
