import type { Socket } from 'node:net';
import { join } from 'node:path';
import { framed, type Message, messagesOf, packNumber } from './netlink.ts';
import type { Machine } from './nodes/driver.ts';
import { end, script, startFed } from './observe.ts';

const SCRIPT = join(import.meta.dirname, 'relay.pl');
/**
 * One question is answered within a millisecond, a full table within a hundred, and on a machine where a whole class works
 * at once many times slower. Stopping early would be taken for a dead node, ms.
 */
const ANSWER_MS = 5000;
/** One table of 8000 addresses is 1 MB (security.md §2); more than this is nobody's lab, bytes. */
const ANSWER_BYTES = 4 * 1024 * 1024;
/** All answers to one job: a learner with 64 full namespaces must not fill labd, bytes. */
const TOTAL_BYTES = 48 * 1024 * 1024;

/** The files of a namespace that can be asked for; numbered as in relay.pl. */
const FILES = { snmp: 2, netstat: 3, ip_tables_names: 4 } as const;
const BELOW = 5;
const LINK = 6;
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

/** A link of a network namespace, by whatever name somebody gave it. */
export interface LinkPlace {
  path: string;
  link: string;
}

/** A link that can be listened at, not promiscuous: the learner would see the flag. */
export interface Heard {
  /** Listens from now on by a filter (classic BPF, struct sock_filter); false where that cannot be. */
  listen(filter: Buffer): Promise<boolean>;
  /** What it has heard since, as pcap records, up to so many bytes. */
  frames(maxBytes: number): Promise<Buffer>;
}

/** What a relay is to hold open, all of one machine. */
export interface Opened {
  /** Namespaces, by their paths. */
  paths?: string[];
  files?: FilePlace[];
  links?: LinkPlace[];
}

/** Several namespaces, files and links, held open to be asked. */
export interface Relay {
  /** The namespaces, in the order of their paths. */
  namespaces: Asked[];
  /** The links, in their order. */
  links: Heard[];
  /**
   * Reads the file of a number, up to so many bytes; null when there is no such regular file. With `heads`, only the
   * paragraphs that begin with one of these lines, and nothing of a file that is longer.
   */
  readFile(index: number, maxBytes: number, heads?: string[]): Promise<Buffer | null>;
  close(): void;
}

/** A process that opens one relay after another: to fork is ten times quicker than to start a program from here. */
export interface RelayHost {
  open(opened: Opened): Relay;
  end(): void;
}

interface Question {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  pieces: Buffer[];
}

const COMPLETE = 0;
const CUT = 1;
const FAILED = 2;
/** Instead of a namespace's number: the job is done. */
const END = 0xffffffff;

/**
 * Starts a host, here or on a machine. `free` hears when its relay was closed and it can open another, `gone` when it
 * cannot any more.
 */
export function startRelayHost(events: { free(): void; gone(): void }, machine?: Machine): RelayHost {
  const child = startFed(script(SCRIPT, [], machine), machine);
  const streams = [child, child.stdin, child.stdout, child.stderr] as unknown as Pick<Socket, 'ref' | 'unref'>[];
  const waiting: Question[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  let said = '';
  let broken: Error | undefined;
  let timer: NodeJS.Timeout | undefined;

  function fail(why: string): void {
    clearTimeout(timer);
    if (broken) return;
    broken = new Unanswered(`${why}${said ? `: ${said.trim()}` : ''}`);
    end(child);
    for (const question of waiting.splice(0)) question.reject(broken);
    events.gone();
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
  for (const stream of streams) stream.unref();

  function ask(index: number, source: number, request: Buffer, maxBytes = ANSWER_BYTES): Promise<Answer> {
    if (broken) return Promise.reject(broken);
    const answer = new Promise<Answer>((resolve, reject) => {
      waiting.push({ resolve, reject, pieces: [] });
    });
    child.stdin.write(Buffer.concat([...[index, source, maxBytes, request.length].map(packNumber), request]));
    if (waiting.length === 1) watchTime();
    return answer;
  }

  return {
    open({ paths = [], files = [], links = [] }) {
      let closed = false;
      total = 0;
      for (const stream of streams) stream.ref();
      const below = files.flatMap(({ root, path }) => [root, path]);
      const places = [...paths, '--', ...below, '--', ...links.flatMap(({ path, link }) => [path, link])];
      child.stdin.write(framed(places.map((place) => `${place}\0`).join('')));
      return {
        ...questionsOver(
          (...question) => (closed ? Promise.reject(new Unanswered('the relay is closed')) : ask(...question)),
          paths.length,
          links.length,
        ),
        close() {
          if (closed || broken) return;
          closed = true;
          for (const stream of streams) stream.unref();
          // An answer that is still to come would be taken for one of the next job's.
          if (waiting.length > 0) fail('the relay is closed');
          else {
            child.stdin.write(Buffer.concat([END, 0, 0, 0].map(packNumber)));
            events.free();
          }
        },
      };
    },
    end: () => fail('the relay is ended'),
  };
}

interface Answer {
  bytes: Buffer;
  how: number;
}

type Ask = (index: number, source: number, request: Buffer, maxBytes?: number) => Promise<Answer>;

/** What can be asked of so many namespaces and links, put into questions of the protocol. */
function questionsOver(ask: Ask, namespaceCount: number, linkCount: number): Omit<Relay, 'close'> {
  const namespaces = Array.from(
    { length: namespaceCount },
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
        const { bytes } = await ask(index, FILES[file], Buffer.alloc(0));
        return bytes.toString('latin1');
      },
    }),
  );
  const links = Array.from(
    { length: linkCount },
    (_, index): Heard => ({
      listen: async (filter) => (await ask(index, LINK, filter)).how === COMPLETE,
      frames: async (maxBytes) => (await ask(index, LINK, Buffer.alloc(0), maxBytes)).bytes,
    }),
  );
  return {
    namespaces,
    links,
    async readFile(index, maxBytes, heads = []) {
      const { bytes, how } = await ask(index, BELOW, Buffer.from(heads.join('\n')), maxBytes);
      return how === FAILED ? null : bytes;
    },
  };
}
