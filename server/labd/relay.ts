import { join } from 'node:path';
import { type Message, messagesOf } from './netlink.ts';
import { end, startFed } from './observe.ts';

const SCRIPT = join(import.meta.dirname, 'relay.pl');
/**
 * One question is answered within a millisecond, a full table within a hundred, and on a machine where a whole class works
 * at once many times slower. Stopping early would be taken for a dead node, ms.
 */
const ANSWER_MS = 5000;
/** One table of 8000 addresses is 1 MB (security.md §2); more than this is nobody's lab, bytes. */
const ANSWER_BYTES = 4 * 1024 * 1024;
/** All answers of a relay: a learner with 64 full namespaces must not fill labd, bytes. */
const TOTAL_BYTES = 48 * 1024 * 1024;

/** The files of a namespace that can be asked for; numbered as in relay.pl. */
const FILES = { snmp: 2, netstat: 3, ip_tables_names: 4 } as const;
const BELOW = 5;
const ROUTE = 0;
const NETFILTER = 1;

/** A question that could not be answered in full: what it was about is then unknown. */
export class Unanswered extends Error {}

/** One network namespace, as the kernel answers questions about it. */
export interface Asked {
  /** Asks by netlink; null when the namespace could not be entered. Rejects with Unanswered past the bounds. */
  ask(request: Buffer): Promise<Message[] | null>;
  /** Asks netfilter; null as above, and when it answers more than so many bytes. */
  askNetfilter(request: Buffer, maxBytes: number): Promise<Message[] | null>;
  /** Reads a file of /proc/net; empty when it is not there. */
  read(file: keyof typeof FILES): Promise<string>;
}

/** A file below a directory that somebody else controls; no link leads out of it. */
export interface FilePlace {
  root: string;
  path: string;
}

/** A process that stands in several namespaces at once. */
export interface Relay {
  /** The namespaces, in the order of their paths. */
  namespaces: Asked[];
  /** Reads the file of a number, up to so many bytes; null when there is no such regular file. */
  readFile(index: number, maxBytes: number): Promise<Buffer | null>;
  close(): void;
}

interface Question {
  resolve(answer: { bytes: Buffer; how: number }): void;
  reject(error: Error): void;
  pieces: Buffer[];
}

const COMPLETE = 0;
const CUT = 1;
const FAILED = 2;

/** Opens namespaces by their paths, and files: one process reads them all, whatever is asked. */
export function openRelay(paths: string[], files: FilePlace[] = []): Relay {
  const child = startFed(['perl', SCRIPT, ...paths, '--', ...files.flatMap(({ root, path }) => [root, path])]);
  const waiting: Question[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  let said = '';
  let broken: Error | undefined;
  let timer: NodeJS.Timeout | undefined;

  function fail(why: string): void {
    broken ??= new Unanswered(`${why}${said ? `: ${said.trim()}` : ''}`);
    clearTimeout(timer);
    end(child, 'SIGKILL');
    for (const question of waiting.splice(0)) question.reject(broken);
  }

  function watchTime(): void {
    clearTimeout(timer);
    if (waiting.length > 0) timer = setTimeout(() => fail('the kernel did not answer in time'), ANSWER_MS);
  }

  function receive(chunk: Buffer): void {
    total += chunk.length;
    if (total > TOTAL_BYTES) {
      fail('the namespaces hold more than is read');
      return;
    }
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const length = rest.length >= 4 ? rest.readUInt32LE(0) : undefined;
      if (length === undefined || rest.length < Math.max(8, 4 + length)) return;
      const question = waiting[0];
      if (!question) {
        fail('an answer came that nobody had asked for');
        return;
      }
      if (length > 0) {
        question.pieces.push(rest.subarray(4, 4 + length));
        rest = rest.subarray(4 + length);
        continue;
      }
      waiting.shift();
      question.resolve({ bytes: Buffer.concat(question.pieces), how: rest.readUInt32LE(4) });
      rest = rest.subarray(8);
      watchTime();
    }
  }

  child.stdout.on('data', receive);
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 2000) said += chunk.toString('latin1');
  });
  // Whoever is asked after its end is told by `broken`.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => fail(`no relay: ${error.message}`));
  child.on('close', () => fail('the relay ended'));

  function ask(
    index: number,
    source: number,
    request: Buffer = Buffer.alloc(0),
    maxBytes = ANSWER_BYTES,
  ): Promise<{ bytes: Buffer; how: number }> {
    if (broken) return Promise.reject(broken);
    const head = Buffer.alloc(16);
    for (const [place, value] of [index, source, maxBytes, request.length].entries()) {
      head.writeUInt32LE(value, place * 4);
    }
    const answer = new Promise<{ bytes: Buffer; how: number }>((resolve, reject) => {
      waiting.push({ resolve, reject, pieces: [] });
    });
    child.stdin.write(Buffer.concat([head, request]));
    if (waiting.length === 1) watchTime();
    return answer;
  }

  const namespaces = paths.map(
    (_, index): Asked => ({
      async ask(request) {
        const { bytes, how } = await ask(index, ROUTE, request);
        if (how === CUT) throw new Unanswered('a table is larger than is read');
        return how === FAILED ? null : messagesOf(bytes);
      },
      async askNetfilter(request, maxBytes) {
        const { bytes, how } = await ask(index, NETFILTER, request, maxBytes);
        return how === COMPLETE ? messagesOf(bytes) : null;
      },
      async read(file) {
        const { bytes } = await ask(index, FILES[file]);
        return bytes.toString('latin1');
      },
    }),
  );
  return {
    namespaces,
    async readFile(index, maxBytes) {
      const { bytes, how } = await ask(index, BELOW, undefined, maxBytes);
      return how === FAILED ? null : bytes;
    },
    close() {
      broken ??= new Unanswered('the relay is closed');
      clearTimeout(timer);
      child.stdin.end();
      end(child, 'SIGKILL');
    },
  };
}
