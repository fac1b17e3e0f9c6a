import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two looks, and until a killed process must be gone. */
const POLL = 5;
const TIMEOUT = 5_000;
/** The programs of ours that go on by themselves when labd is killed in the middle of a job. */
const OURS = new Set(['perl', 'prlimit', 'runc']);

/**
 * Ends what an earlier labd left at work for a session: it would go on making what is about to be removed. They are
 * known by their command line, which names the session's directory or its containers.
 */
export async function endStrays(directory: string, container: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT;
  for (let found = strays(directory, container); found.length > 0; found = strays(directory, container)) {
    if (performance.now() > deadline) throw new Error('旧的进程无法结束', { cause: new Error(found.join(' ')) });
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await sleep(POLL);
  }
}

function strays(directory: string, container: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const [program = '', ...args] = commandLine(pid);
      // A runc that is a script is started as an argument of its interpreter.
      if (![program, args[0] ?? ''].some((name) => OURS.has(basename(name)))) return false;
      return args.some((arg) => arg === directory || arg.startsWith(`${directory}/`) || arg.startsWith(container));
    })
    .map(Number);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // It ended meanwhile.
  }
}
