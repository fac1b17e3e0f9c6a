import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroups } from './cgroup.ts';
import { runCommand } from './command.ts';
import { diskTrouble } from './disk.ts';
import type { ExecResult, Limits, PtyCommand } from './driver.ts';
import { ENVIRONMENT, type ociConfig, RLIMITS } from './oci.ts';
import type { NodePlace } from './place.ts';

/** ms. runc starts a node in about 100; a machine with a full class needs longer. */
const START_TIMEOUT = 30_000;
/** Characters of runc's own messages. */
const MAX_MESSAGE = 2_000;
/** Status of a command that is not there, as shells have it; runc says 255. */
const NOT_FOUND = 127;
const RUNC_FAILED = 255;
/** What prlimit says, with NOT_FOUND, when there is nothing to start. */
const NO_RUNC_SAID = /^prlimit: failed to execute runc/m;
const NO_RUNC = '服务器上找不到 runc，节点无法启动；管理员可以运行 npm run lab -- doctor 看缺什么';
const TOO_SLOW = `节点在 ${START_TIMEOUT / 1_000} 秒里没有启动完：服务器的磁盘或处理器太忙`;
/** Opening a terminal makes it that of a session which has none, and runc has begun one (tty_ioctl(4), TIOCSCTTY). */
const SHELL = ['sh', '-c', 'exec bash --login <>/proc/self/fd/0 >&0 2>&0'];
const REAPER = join(import.meta.dirname, 'reaper.pl');

/** Starts and enters containers. Nothing here relies on what runc remembers. */
export interface Runc {
  start(node: NodePlace, config: ReturnType<typeof ociConfig>): Promise<void>;
  exec(node: NodePlace, argv: string[], limits: Limits, stdin: string | undefined): Promise<ExecResult>;
  /** A shell whose terminal is the caller's own pty, given to the node's root, whose uid on the host this is. */
  shell(node: NodePlace, environment: Record<string, string>, root: number): PtyCommand;
}

/** The OCI runtime `runc`, keeping its state in the given directory. */
export function createRunc(state: string, cgroups: Cgroups): Runc {
  const command = (...args: string[]) => [...RLIMITS, 'runc', '--root', state, ...args];
  const enter = (node: NodePlace, environment: Record<string, string>, options: string[], argv: string[]) => {
    const variables = Object.entries({ ...ENVIRONMENT, ...environment }).flatMap(([name, value]) => [
      '--env',
      `${name}=${value}`,
    ]);
    return command('exec', ...options, '--cwd', '/root', ...variables, node.container, ...argv);
  };

  return {
    async start(node, config) {
      await writeFile(join(node.directory, 'config.json'), JSON.stringify(config));
      const options = ['--detach', '--no-new-keyring', '--bundle', node.directory, '--pid-file', node.pid];
      const args = command('--log', node.log, 'run', ...options, node.container);
      // A detached container keeps runc's stdio. Nothing of ours may become init's: a learner could reopen it.
      const child = spawn('prlimit', args, { stdio: 'ignore', timeout: START_TIMEOUT, killSignal: 'SIGKILL' });
      const began = performance.now();
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', resolve);
      });
      if (code === 0) return;
      const detail = await readFile(node.log, 'utf8').catch(() => ''); // It may have failed before it wrote.
      const cause = new Error(`runc (${code}): ${detail.slice(-MAX_MESSAGE)}`);
      if (code === NOT_FOUND) throw new Error(NO_RUNC, { cause });
      if (code === null && performance.now() - began >= START_TIMEOUT) throw new Error(TOO_SLOW, { cause });
      throw new Error(diskTrouble(detail) ?? '节点无法启动', { cause });
    },

    async exec(node, argv, { timeoutMs, maxBytes }, input) {
      // Inherited by everything the command starts, however it detaches: so all of it can be found and ended.
      const mark = randomUUID();
      const args = enter(node, { TERM: 'dumb', NETLOOM_EXEC: mark }, ['--detach'], argv);
      const onStop = () => cgroups.killMarked(node.cgroup, `NETLOOM_EXEC=${mark}`);
      const { stdout, stderr, ...ended } = await runCommand('perl', [REAPER, 'prlimit', ...args], {
        timeoutMs,
        maxBytes,
        input,
        onStop,
      });
      const result = { ...ended, stdout: stdout.toString(), stderr: stderr.toString() };
      if (ended.code === NOT_FOUND && NO_RUNC_SAID.test(result.stderr)) throw new Error(NO_RUNC);
      const missing = ended.code === RUNC_FAILED && /exec failed:.*(not found|no such file)/.test(result.stderr);
      return missing ? { ...result, code: NOT_FOUND } : result;
    },

    shell(node, environment, root) {
      const terminal = { TERM: 'xterm-256color', COLORTERM: 'truecolor', ...environment };
      // With --tty, runc would stay and copy every byte between two ptys: 11 MB and half of a flood's processor time.
      const args = enter(node, terminal, ['--detach'], SHELL);
      return {
        file: 'perl',
        args: [REAPER, '--terminal', `${root}`, 'prlimit', ...args],
        env: { PATH: ENVIRONMENT.PATH },
      };
    },
  };
}
