import { join } from 'node:path';
import { end, startFed } from '../observe.ts';

const SCRIPT = join(import.meta.dirname, 'lookout.pl');
/** ms. An answer takes one; over a line that is busy, or of an emulated machine, many times that. */
const TIMEOUT = 10_000;
/** Characters: 64 names of 64 characters, and then some. What is longer is no answer. */
const ANSWER_MAX = 16_384;

/** The network namespaces of a machine: its own, and those that have names. */
export interface Found {
  inode: number;
  named: { name: string; inode: number }[];
}

/** Asks one machine again and again which network namespaces it has, by one process there. */
export interface Lookout {
  /** As the init of this pid sees it; rejects when there is no such process, or no answer. */
  look(init: number): Promise<Found>;
  close(): void;
}

interface Question {
  resolve(found: Found): void;
  reject(error: Error): void;
}

/** Makes a lookout. Its process, which `argvOf` says how to start for a script, is started when it is first wanted. */
export function createLookout(argvOf: (script: string) => string[]): Lookout {
  let process: ReturnType<typeof begin> | undefined;

  function begin() {
    const child = startFed(argvOf(SCRIPT));
    const waiting: Question[] = [];
    let said = '';
    let complaint = '';
    let timer: NodeJS.Timeout | undefined;

    function fail(why: string): void {
      clearTimeout(timer);
      if (process?.child === child) process = undefined;
      end(child);
      for (const { reject } of waiting.splice(0)) reject(new Error(`${why}: ${complaint.trim()}`));
    }

    function watchTime(): void {
      clearTimeout(timer);
      if (waiting.length > 0) timer = setTimeout(fail, TIMEOUT, 'the machine did not answer in time');
    }

    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      for (;;) {
        const length = said.startsWith('\n') ? 0 : said.indexOf('\n\n') + 1;
        if (length === 0 && !said.startsWith('\n')) break;
        const question = waiting.shift();
        if (!question) return fail('an answer came that nobody had asked for');
        const found = read(said.slice(0, length));
        if (found) question.resolve(found);
        else question.reject(new Error('节点没有运行'));
        said = said.slice(length + 1);
        watchTime();
      }
      if (said.length > ANSWER_MAX) fail('an answer is longer than any');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 2_000) complaint += chunk.toString('latin1');
    });
    child.stdin.on('error', () => {}); // It ended: `close` tells.
    child.on('error', (error) => fail(error.message));
    child.on('close', () => fail('the machine went'));
    return {
      child,
      fail,
      ask(init: number): Promise<Found> {
        return new Promise((resolve, reject) => {
          waiting.push({ resolve, reject });
          child.stdin.write(`${init}\n`);
          if (waiting.length === 1) watchTime();
        });
      },
    };
  }

  return {
    look(init) {
      process ??= begin();
      return process.ask(init);
    },
    close: () => process?.fail('closed'),
  };
}

/** Reads an answer; what it does not understand is not there. */
function read(answer: string): Found | undefined {
  const own = /^own (\d{1,15})$/m.exec(answer)?.[1];
  if (own === undefined) return undefined;
  const named = [...answer.matchAll(/^named (\d{1,15}) ([A-Za-z0-9_.-]{1,64})$/gm)];
  return { inode: Number(own), named: named.map(([, inode, name = '']) => ({ name, inode: Number(inode) })) };
}
