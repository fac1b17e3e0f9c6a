import { spawn } from 'node-pty';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BUILD_TIME, openTestbed, type Testbed, twoNodes } from '../nodes/testbed.ts';

/** A shell as a learner has it: what it printed, and the marks in that, as `D 0` or `C ip link`. */
interface Shell {
  type(text: string): void;
  /** Types, and waits for the prompt; the marks that came in between. */
  run(text: string): Promise<string[]>;
  marks(): string[];
  screen(): string;
  close(): void;
}

const MARK = /\x1b\]133;([ABCD])(?:;([^\x07]*))?\x07/g;

function marksIn(output: string): string[] {
  return [...output.matchAll(MARK)].map(([, kind, field = '']) => {
    const text = /^cmdline_url=(.*)$/s.exec(field)?.[1];
    return [kind, text === undefined ? field : decodeURIComponent(text)].join(' ').trim();
  });
}

let testbed: Testbed;
let session: string;
const shells: Shell[] = [];

async function open(): Promise<Shell> {
  const { file, args, env } = testbed.driver.shell(session, 'node-1');
  const pty = spawn(file, args, { cols: 120, rows: 30, env });
  let output = '';
  pty.onData((data) => {
    output += data;
  });
  const prompts = () => marksIn(output).filter((mark) => mark === 'B').length;
  const shell: Shell = {
    type: (text) => pty.write(text),
    async run(text) {
      const [before, from] = [prompts(), output.length];
      pty.write(text);
      await vi.waitFor(() => expect(prompts()).toBeGreaterThan(before), 10_000);
      return marksIn(output.slice(from)).filter((mark) => mark !== 'A' && mark !== 'B');
    },
    marks: () => marksIn(output),
    screen: () => output,
    close: () => pty.kill(),
  };
  shells.push(shell);
  await vi.waitFor(() => expect(prompts()).toBe(1), 10_000);
  return shell;
}

beforeAll(async () => {
  testbed = await openTestbed();
  session = testbed.newSession();
  await testbed.driver.create(session, twoNodes());
}, BUILD_TIME);

afterAll(async () => {
  for (const shell of shells) shell.close();
  await testbed.close();
});

describe("the node's bash", { timeout: 60_000 }, () => {
  it('tells each command it runs as it was typed, and how it ended', async () => {
    const shell = await open();
    for (const [text, code] of [
      ['echo plain', 0],
      [`echo "a;b" 'c%d' $((1+2)) \\\\`, 0],
      ['echo 你好，世界 🐧 | grep -c 世界', 0],
      ['(exit 3)', 3],
      ['sleep 0 &', 0],
      ['f() { return 4; }', 0],
      ['f', 4],
      ['no-such-command', 127],
      ['for i in 1 2; do echo $i; done | tail -1', 0],
    ] as const) {
      expect(await shell.run(`${text}\r`)).toEqual(['C', `C ${text}`, `D ${code}`]);
    }
  });

  it('tells commands of several lines whole, and pasted ones each', async () => {
    const shell = await open();
    shell.type('for i in 1 2\rdo echo $i\r');
    expect(await shell.run('done\r')).toEqual(['C', 'C for i in 1 2; do echo $i; done', 'D 0']);
    shell.type('cat <<END\r一行\r');
    expect(await shell.run('END\r')).toEqual(['C', 'C cat <<END\n一行\nEND', 'D 0']);
    shell.type('\x1b[200~echo one\necho two\nfalse\x1b[201~');
    await vi.waitFor(() => expect(shell.screen()).toContain('false'));
    expect(await shell.run('\r')).toEqual(['C', 'C echo one', 'C', 'C echo two', 'C', 'C false', 'D 1']);
  });

  it('tells no text rather than a wrong one', async () => {
    const shell = await open();
    expect(await shell.run('echo told\r')).toEqual(['C', 'C echo told', 'D 0']);
    expect(await shell.run(' echo kept to oneself\r')).toEqual(['C', 'D 0']);
    expect(await shell.run('\r')).toEqual([]);
    expect(await shell.run('half a comm\x03')).toEqual([]);
    expect(await shell.run('echo told\r')).toEqual(['C', 'C echo told', 'D 0']);
    // Forgotten twice, so that the last that is left is another's.
    expect(await shell.run('history -d -1; history -d -1\r')).toEqual(['C', 'C history -d -1; history -d -1', 'D 0']);
    expect(await shell.run(' echo again to oneself\r')).toEqual(['C', 'D 0']);
    expect(await shell.run('history -c\r')).toEqual(['C', 'C history -c', 'D 0']);
    expect(await shell.run('echo first\r')).toEqual(['C', 'C echo first', 'D 0']);
  });

  it('keeps repeated commands once, and shows them to the tabs that come after', async () => {
    const shell = await open();
    for (let round = 0; round < 3; round++) {
      expect(await shell.run('echo repeated\r')).toEqual(['C', 'C echo repeated', 'D 0']);
    }
    const later = await open();
    await later.run(' history | grep -c "echo repeated$"; history 1\r');
    expect(later.screen()).toMatch(/\x071\r\n +\d+ +echo repeated\r\n/);
  });

  it('leaves alone what the shell says of the command before', async () => {
    const shell = await open();
    await shell.run('false last\r');
    await shell.run('echo "[$? $_]"\r');
    expect(shell.screen()).toContain('[1 last]\r\n');
    await shell.run(`trap 'echo "<$BASH_COMMAND>"' DEBUG\r`);
    expect(await shell.run('echo mine\r')).toEqual(['C', 'C echo mine', 'D 0']);
    expect(shell.screen()).toContain('<echo mine>\r\nmine');
  });

  it('cuts what is long, and stays within a mark', async () => {
    const shell = await open();
    const [, long] = await shell.run(`: ${'x'.repeat(2_000)}\r`);
    expect(long).toBe(`C : ${'x'.repeat(498)}`);
    const [, chinese] = await shell.run(`: ${'网'.repeat(400)}\r`);
    expect(chinese).toBe(`C : ${'网'.repeat(148)}…`);
    const longest = [...shell.screen().matchAll(MARK)].map(([mark]) => mark.length);
    expect(Math.max(...longest)).toBeLessThan(2_048);
  });

  it('reads completions at the first Tab, and completes by them at once', async () => {
    const shell = await open();
    await shell.run('declare -F _completion_loader || echo "not $((40+2))"\r');
    expect(shell.screen()).toContain('not 42\r\n');
    shell.type('ip link show ens\t');
    await vi.waitFor(() => expect(shell.screen()).toContain('ip link show ens33 '), 10_000);
    expect(await shell.run('\r')).toContain('D 0');
  });

  it('starts without starting another program, and completes nothing yet', async () => {
    const started = await testbed.run(
      session,
      'node-1',
      `bash --login -ic 'echo $$ $(sh -c "echo \\$\\$")' 2>/dev/null`,
    );
    const [shell, next] = started.trim().split(' ').map(Number);
    expect((next ?? 0) - (shell ?? 0)).toBe(1);
  });

  it('costs no process, and little time', async () => {
    const shell = await open();
    await shell.run(' for i in {1..200}; do __netloom_untold=1 __netloom_last=; __netloom_tell; done > /dev/null\r');
    const began = performance.now();
    await shell.run(
      ' p=$(sh -c "echo \\$\\$"); for i in {1..200}; do history -s "ip link add br$i type bridge"; __netloom_ran=1 __netloom_untold=1; __netloom_prompt; done > /dev/null; q=$(sh -c "echo \\$\\$"); echo forks $((q - p))\r',
    );
    // The second sh and the subshell that holds it; other processes of the node may have come meanwhile.
    const forks = Number(/\x07forks (\d+)/.exec(shell.screen())?.[1]);
    expect(forks).toBeLessThan(20);
    expect((performance.now() - began) / 200).toBeLessThan(10);
  });
});
