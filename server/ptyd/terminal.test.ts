import { afterEach, describe, expect, it, vi } from 'vitest';
import { RING_MAX_BYTES } from './ring.ts';
import { createTerminal, type Terminal, type Viewer } from './terminal.ts';

const opened: Terminal[] = [];
afterEach(() => {
  for (const terminal of opened.splice(0)) terminal.close();
});

function open(script: string): { terminal: Terminal; ended: () => boolean; code: () => number | null | undefined } {
  let code: number | null | undefined;
  const terminal = createTerminal({
    command: { file: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color' } },
    size: { cols: 80, rows: 24 },
    ended: (status) => {
      code = status;
    },
    mark: () => undefined,
  });
  opened.push(terminal);
  return { terminal, ended: () => code !== undefined, code: () => code };
}

/** A viewer that keeps what it got and acknowledges it when told to. */
function watch(acknowledge: boolean, terminal: () => Terminal) {
  let text = '';
  let next: number | undefined;
  let jumps = 0;
  const viewer: Viewer = {
    output(offset, bytes) {
      if (next !== undefined && offset !== next) jumps += 1;
      next = offset + bytes.length;
      text += bytes.toString('latin1');
      if (acknowledge) terminal().ack(viewer, next);
    },
  };
  return { viewer, text: () => text, position: () => next ?? 0, jumps: () => jumps };
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

  it('waits for the only viewer, and does not wait for a slow one beside a quick one', async () => {
    const { terminal } = open('stty -onlcr; yes 0123456789abcdef');
    const slow = watch(false, () => terminal);
    terminal.attach(slow.viewer, null);
    await vi.waitFor(() => expect(slow.position()).toBeGreaterThan(400_000), 5_000);
    const stalled = slow.position();
    expect(stalled).toBeLessThan(700_000);
    const quick = watch(true, () => terminal);
    terminal.attach(quick.viewer, null);
    await vi.waitFor(() => expect(quick.position()).toBeGreaterThan(stalled + 4 * RING_MAX_BYTES), 5_000);
    expect(slow.position()).toBeLessThan(700_000);
  });

  it('refuses acknowledgements of what was never sent', async () => {
    const { terminal } = open('stty -onlcr; yes 0123456789abcdef');
    const liar = watch(false, () => terminal);
    terminal.attach(liar.viewer, null);
    terminal.ack(liar.viewer, Number.MAX_SAFE_INTEGER);
    await vi.waitFor(() => expect(liar.position()).toBeGreaterThanOrEqual(512 * 1024), 5_000);
    const at = liar.position();
    terminal.ack(liar.viewer, Number.MAX_SAFE_INTEGER);
    // While an honest viewer gets much more, the liar gets nothing.
    const honest = watch(true, () => terminal);
    terminal.attach(honest.viewer, null);
    await vi.waitFor(() => expect(honest.position()).toBeGreaterThan(at + 4 * RING_MAX_BYTES), 5_000);
    expect(liar.position()).toBe(at);
  });

  it('keeps what was said just before the end', async () => {
    const { terminal, ended } = open('head -c 20000 /dev/zero | tr "\\0" x; echo; echo END');
    const view = watch(true, () => terminal);
    terminal.attach(view.viewer, null);
    await vi.waitFor(() => expect(ended()).toBe(true), 5_000);
    expect(view.text().match(/x/g)?.length).toBe(20_000);
    expect(view.text()).toContain('END');
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
