import { spawn } from 'node:child_process';

/** ms. How long output may still trickle in after a command has ended, when a child it left behind holds the pipe. */
const DRAIN_TIME = 200;

/** How a host command is bounded and what it is given. */
export interface CommandOptions {
  /** ms. Afterwards it is killed. */
  timeoutMs: number;
  /** Bytes of standard output and standard error together; beyond them it is killed. */
  maxBytes: number;
  input?: string | Buffer | undefined;
  /** Ends what killing the command does not reach, when a limit stopped it; awaited. */
  onStop?: () => Promise<void>;
}

/** How a host command ended. */
export interface CommandResult {
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
  stopped?: 'timeout' | 'output';
}

/** Runs a program of the host, without a shell, within limits. Rejects only when it cannot be started or stopped. */
export function runCommand(file: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // Detached: a process group of its own, so that its children on the host can be killed with it.
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let bytes = 0;
    let stopped: CommandResult['stopped'];
    let swept = Promise.resolve();
    let drain: NodeJS.Timeout | undefined;

    const stop = (reason: 'timeout' | 'output') => {
      if (stopped || child.pid === undefined) return;
      stopped = reason;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself this moment.
      }
      swept = options.onStop?.() ?? swept;
      swept.catch(reject);
    };
    const timer = setTimeout(stop, options.timeoutMs, 'timeout');
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      const room = options.maxBytes - bytes;
      if (room > 0) chunks.push(chunk.subarray(0, room));
      bytes += chunk.length;
      if (bytes > options.maxBytes) stop('output');
    };
    const finish = () => {
      clearTimeout(timer);
      clearTimeout(drain);
      child.stdout.destroy();
      child.stderr.destroy();
      const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
      if (stopped) swept.then(() => resolve({ ...output, code: null, stopped }), reject);
      else resolve({ ...output, code: child.exitCode });
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.stdin.on('error', () => {}); // It ended before it read everything: its exit says the rest.
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', () => {
      drain = setTimeout(finish, DRAIN_TIME);
    });
    child.once('close', finish);
  });
}
