import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Mark, Size } from './contract.ts';
import { createPtyReader } from './reader.ts';
import { RING_BYTES } from './ring.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { type Viewer, WINDOW_BYTES } from './views.ts';
import { words } from './words.ts';

const reader = createPtyReader();
const opened: Terminal[] = [];
afterEach(() => {
  for (const terminal of opened.splice(0)) terminal.close();
});

function open(script: string) {
  let code: number | null | undefined;
  const marks: [Mark, number][] = [];
  const terminal = createTerminal({
    command: { file: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color' } },
    size: { cols: 80, rows: 24 },
    reader,
    recording: null,
    ended: (status) => {
      code = status;
    },
    mark: (mark, offset) => marks.push([mark, offset]),
  });
  opened.push(terminal);
  return { terminal, ended: () => code !== undefined, code: () => code, marks };
}

/** A viewer that keeps what it got and acknowledges it when told to. */
function watch(acknowledge: boolean, terminal: () => Terminal) {
  let text = '';
  let next: number | undefined;
  let jumps = 0;
  const sizes: Size[] = [];
  const viewer: Viewer = {
    output(offset, bytes) {
      if (next !== undefined && offset !== next) jumps += 1;
      next = offset + bytes.length;
      text += bytes.toString('latin1');
      if (acknowledge) terminal().ack(viewer, next);
    },
    resized: (size) => void sizes.push(size),
  };
  return { viewer, sizes, text: () => text, position: () => next ?? 0, jumps: () => jumps };
}

/** The part of a core that this process has used since. */
function cpuSince(began: number, usage: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(usage);
  return (user + system) / 1_000 / (performance.now() - began);
}

describe('terminal', () => {
  it('shows what a shell says and takes what is typed', async () => {
    const { terminal, ended, code } = open('stty -echo; read line; echo "got $line"; exit 3');
    const view = watch(true, () => terminal);
    terminal.attach(view.viewer, null);
    terminal.write(Buffer.from('织网\n'));
    await vi.waitFor(() => expect(ended()).toBe(true), 5_000);
    expect(Buffer.from(view.text(), 'latin1').toString('utf8')).toContain('got 织网');
    expect(code()).toBe(3);
  });

  it('goes on from an offset without losing or repeating a byte', async () => {
    const { terminal, ended } = open('for i in 1 2 3 4 5 6 7 8 9; do echo line-$i; sleep 0.02; done');
    const first = watch(true, () => terminal);
    terminal.attach(first.viewer, null);
    await vi.waitFor(() => expect(first.text()).toContain('line-3'), 5_000);
    terminal.detach(first.viewer);
    const second = watch(true, () => terminal);
    const { from } = terminal.attach(second.viewer, first.position());
    expect(from).toBe(first.position());
    await vi.waitFor(() => expect(ended()).toBe(true), 5_000);
    const lines = (first.text() + second.text()).split('\r\n').filter(Boolean);
    expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `line-${i}`));
  });

  it('loses nothing of a flood to a viewer who is away for a moment, however little he had confirmed', async () => {
    const { terminal } = open('stty -onlcr; seq -w 1 400000; sleep 9');
    const first = watch(false, () => terminal);
    terminal.attach(first.viewer, null);
    await vi.waitFor(() => expect(first.position()).toBeGreaterThanOrEqual(WINDOW_BYTES), 5_000);
    terminal.detach(first.viewer);
    // A killed web: Of what was under way nothing had reached the screen.
    const second = watch(true, () => terminal);
    const { from, modes } = terminal.attach(second.viewer, 7_000);
    expect({ from, modes }).toEqual({ from: 7_000, modes: '' });
    await vi.waitFor(() => expect(second.position()).toBe(400_000 * 7), 10_000);
    expect(second.jumps()).toBe(0);
    const lines = second.text().trim().split('\n');
    expect(lines.length).toBe(399_000);
    expect(lines.every((line, index) => Number(line) === index + 1_001)).toBe(true);
  });

  it('waits for the only viewer, and does not wait for a slow one beside a quick one', async () => {
    const { terminal } = open('stty -onlcr; yes 0123456789abcdef');
    const slow = watch(false, () => terminal);
    terminal.attach(slow.viewer, null);
    await vi.waitFor(() => expect(slow.position()).toBeGreaterThan(200_000), 5_000);
    const stalled = slow.position();
    expect(stalled).toBeLessThan(400_000);
    const quick = watch(true, () => terminal);
    terminal.attach(quick.viewer, null);
    await vi.waitFor(() => expect(quick.position()).toBeGreaterThan(stalled + 4 * RING_BYTES), 5_000);
    expect(slow.position()).toBeLessThan(400_000);
    // When it catches up, it goes on where the ring begins.
    terminal.ack(slow.viewer, slow.position());
    await vi.waitFor(() => expect(slow.jumps()).toBe(1), 5_000);
  });

  it('refuses acknowledgements that cannot be true', async () => {
    const { terminal } = open('stty -onlcr; yes 0123456789abcdef');
    const liar = watch(false, () => terminal);
    terminal.attach(liar.viewer, null);
    terminal.ack(liar.viewer, Number.MAX_SAFE_INTEGER);
    await vi.waitFor(() => expect(liar.position()).toBeGreaterThanOrEqual(WINDOW_BYTES), 5_000);
    const at = liar.position();
    for (const lie of [Number.MAX_SAFE_INTEGER, at + 1, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      terminal.ack(liar.viewer, lie);
    }
    // While an honest viewer gets much more, the liar gets nothing.
    const honest = watch(true, () => terminal);
    terminal.attach(honest.viewer, null);
    await vi.waitFor(() => expect(honest.position()).toBeGreaterThan(at + 4 * RING_BYTES), 5_000);
    expect(liar.position()).toBe(at);
  });

  it('says what a screen that starts in the middle must be like', async () => {
    const { terminal } = open(
      "printf '\\033[?1049h\\033[?1h\\033]0;top\\007'; yes 0123456789 | head -c 600000; sleep 9",
    );
    const first = watch(true, () => terminal);
    expect(terminal.attach(first.viewer, null).modes).toBe('');
    await vi.waitFor(() => expect(first.position()).toBeGreaterThan(600_000), 5_000);
    const { from, modes } = terminal.attach(watch(true, () => terminal).viewer, null);
    expect(from).toBeGreaterThan(300_000);
    expect(modes).toBe('\x1b]2;top\x07\x1b[?1049h\x1b[?1h');
    expect(terminal.attach(watch(true, () => terminal).viewer, first.position()).modes).toBe('');
  });

  it('passes marks on, with what runs', async () => {
    const { terminal, marks } = open(
      "printf 'a\\033]133;C;cmdline_url=ls%%20-l\\007b\\033]133;D;1\\007\\033]133;B\\007'; sleep 9",
    );
    await vi.waitFor(() => expect(marks.length).toBe(3), 5_000);
    expect(marks[0]).toEqual([{ kind: 'C', code: null, command: 'ls -l' }, 29]);
    expect(marks[1]).toEqual([{ kind: 'D', code: 1, command: null }, 40]);
    expect(terminal.attach(watch(true, () => terminal).viewer, null).atPrompt).toBe(true);
  });

  it('tells of a new size after what was said before it, and shows a program another size to repaint it', async () => {
    const { terminal } = open("trap 'stty size' WINCH; echo up; while :; do sleep 0.01; done");
    const view = watch(true, () => terminal);
    expect(terminal.attach(view.viewer, null)).toMatchObject({ cols: 80, rows: 24 });
    await vi.waitFor(() => expect(view.text()).toContain('up'), 5_000);
    terminal.resize({ cols: 100, rows: 30 });
    terminal.resize({ cols: 100, rows: 30 });
    expect(view.sizes).toEqual([{ cols: 100, rows: 30 }]);
    await vi.waitFor(() => expect(view.text()).toContain('30 100'), 5_000);
    terminal.repaint();
    terminal.repaint();
    await vi.waitFor(() => expect(view.text()).toMatch(/30 100\s+29 100\s+30 100/), 5_000);
    expect(view.sizes.length).toBe(1);
    expect(terminal.attach(watch(true, () => terminal).viewer, view.position())).toMatchObject({ cols: 100, rows: 30 });
  });

  it('keeps what was said just before the end', async () => {
    for (let run = 0; run < 40; run += 1) {
      const { terminal, ended } = open('seq 1 5000');
      const view = watch(true, () => terminal);
      terminal.attach(view.viewer, null);
      await vi.waitFor(() => expect(ended()).toBe(true), { timeout: 5_000, interval: 5 });
      expect(view.text().split('\r\n').length).toBe(5_001);
      expect(view.text().endsWith('\r\n5000\r\n')).toBe(true);
    }
  });

  it('keeps what was said just before the end while the shell was paused', async () => {
    const { terminal, ended } = open('stty -onlcr; seq -w 1 45000');
    const slow = watch(false, () => terminal);
    terminal.attach(slow.viewer, null);
    await vi.waitFor(() => expect(ended()).toBe(true), 5_000);
    expect(slow.text().length).toBe(270_000);
    expect(slow.text().endsWith('\n45000\n')).toBe(true);
  });

  it('gives a shell no other terminal’s master', async () => {
    const others = [open('sleep 5'), open('sleep 5')];
    const { terminal, ended } = open('ls -l /proc/self/fd');
    const view = watch(true, () => terminal);
    terminal.attach(view.viewer, null);
    await vi.waitFor(() => expect(ended()).toBe(true), 5_000);
    expect(others.length).toBe(2);
    expect(view.text()).not.toContain('ptmx');
  });
});

describe('cost', () => {
  it('of an abandoned flood is small', async () => {
    const { terminal } = open('yes 0123456789abcdef');
    const began = performance.now();
    const usage = process.cpuUsage();
    await vi.waitFor(() => expect(performance.now() - began).toBeGreaterThan(2_000), { timeout: 5_000, interval: 200 });
    expect(cpuSince(began, usage)).toBeLessThan(0.05);
    const { live } = terminal.attach(watch(true, () => terminal).viewer, null);
    expect(live).toBeGreaterThan(RING_BYTES);
    expect(live).toBeLessThan(4_000_000);
  });

  it('of a paste that nobody reads is small, and nothing of it is lost', async () => {
    const { terminal } = open(
      'stty raw -echo; echo up; sleep 2; head -c 22000 | tr -d x | wc -c; head -c 22000 | wc -c',
    );
    const view = watch(true, () => terminal);
    terminal.attach(view.viewer, null);
    await vi.waitFor(() => expect(view.text()).toContain('up'), 5_000);
    const began = performance.now();
    const usage = process.cpuUsage();
    terminal.write(Buffer.alloc(22_000, 'x'));
    terminal.write(Buffer.alloc(22_000, 'y'));
    await vi.waitFor(() => expect(view.text()).toMatch(/up\s+0\s+22000/), { timeout: 10_000, interval: 100 });
    // node-pty's own writer takes 0.75 to 0.92 of a core here; ours 0.03 to 0.1, as busy as the machine is.
    expect(cpuSince(began, usage)).toBeLessThan(0.25);
  });

  it('of a paste that never ends is bounded: its end is refused, said once, and others go on', async () => {
    const { terminal } = open('stty raw -echo; echo up; sleep 2; exec cat');
    const view = watch(true, () => terminal);
    terminal.attach(view.viewer, null);
    await vi.waitFor(() => expect(view.text()).toContain('up'), 5_000);
    const piece = Buffer.alloc(32_768, 'x');
    for (let sent = 0; sent < 10_000_000; sent += piece.length) terminal.write(piece);
    terminal.write(Buffer.from('z\x1b[201~'));
    const other = open('read x; echo "got $x"');
    const beside = watch(true, () => other.terminal);
    other.terminal.attach(beside.viewer, null);
    other.terminal.write(Buffer.from('hello\n'));
    await vi.waitFor(() => expect(beside.text()).toContain('got hello'), 1_000);
    // The end of a bracketed paste comes all the same, and then what is typed next.
    await vi.waitFor(() => expect(view.text()).toContain('\x1b[201~'), 10_000);
    terminal.write(Buffer.from('next'));
    await vi.waitFor(() => expect(view.text()).toContain('\x1b[201~next'), 5_000);
    expect(view.text()).not.toContain('z');
    expect(view.text().split(Buffer.from(words.inputRefused).toString('latin1')).length).toBe(2);
  });

  it('of Ctrl-C behind a paste is nothing: what was not read is forgotten', async () => {
    const { terminal } = open('stty raw -echo; echo up; sleep 1; exec cat');
    const view = watch(true, () => terminal);
    terminal.attach(view.viewer, null);
    await vi.waitFor(() => expect(view.text()).toContain('up'), 5_000);
    terminal.write(Buffer.alloc(900_000, 'x'));
    terminal.write(Buffer.from('\x03'));
    terminal.write(Buffer.from('y'));
    await vi.waitFor(() => expect(view.text()).toContain('\x03y'), 10_000);
    // The kernel has taken about 70 KB.
    expect(view.text().length).toBeLessThan(200_000);
  });
});
