import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Recording } from './record-protocol.ts';
import type { Store } from './store/store.ts';

/** Sessions whose folders are looked through: more than anybody starts in one lab within a term. */
const SESSIONS_MAX = 100;
/** Recordings that are listed, newest first: each is opened for its head and its end. */
const LISTED_MAX = 200;
/** A recording's head is a line of some 120 bytes. */
const HEAD_BYTES = 1_024;
/** How far from its end a recording's last whole line is looked for at a time; a line may be a flood's piece of 1.5 MiB. */
const TAIL_BYTES = 64 * 1024;
/** The most that is sent of one: what ptyd lets it grow to (4 MiB, ptyd/recording.ts), and a flood's last line. */
export const SENT_MAX_BYTES = 6 * 1024 * 1024;

const NEWLINE = 0x0a;
/** `<node>.<terminal>.cast`, as ptyd names them (ptyd/contract.ts). */
const FILE_NAME = /^([a-z][a-z0-9-]{0,14})\.([a-z0-9]{16,32})\.cast$/;
const SESSION_NAME = /^[a-z0-9]{8,32}$/;

const head = z.object({ timestamp: z.number().int().min(0), width: z.number(), height: z.number() });
const event = z.tuple([z.number().min(0), z.string(), z.string()]);

/** A recording's file, found by listing folders: no name from outside is ever part of a path. */
interface Found {
  id: string;
  node: string;
  path: string;
}

/** What ptyd recorded, as web reads it. */
export interface Recordings {
  /** A person's recordings of a lab, newest first. */
  list(person: string, lab: string): Promise<Recording[]>;
  /** The recording's bytes up to its last whole line; undefined where there is none. */
  read(person: string, lab: string, id: string): Promise<{ bytes: number; stream: ReadableStream } | undefined>;
  /** Removes all recordings of a person, of every lab. Their terminals have to be closed before. */
  erase(person: string): Promise<void>;
}

/** The recordings under ptyd's directory. `isOpen` says whether a terminal is alive, and so its recording still grows. */
export function createRecordings(options: {
  directory: string;
  store: Pick<Store, 'recordings'>;
  isOpen(terminal: string): boolean;
}): Recordings {
  const { directory, store } = options;

  async function find(person: string, lab: string): Promise<Found[]> {
    const sessions = (await store.recordings.sessions(person, lab)).filter((id) => SESSION_NAME.test(id));
    const folders = sessions.slice(0, SESSIONS_MAX).map(async (session) => {
      const names = await readdir(join(directory, session)).catch(absent<string[]>([]));
      return names.flatMap((name): Found[] => {
        const [, node, id] = FILE_NAME.exec(name) ?? [];
        return node && id ? [{ id, node, path: join(directory, session, name) }] : [];
      });
    });
    return (await Promise.all(folders)).flat();
  }

  async function describe({ id, node, path }: Found): Promise<Recording[]> {
    const file = await openCast(path);
    if (!file) return [];
    try {
      const { size } = await file.stat();
      const first = head.safeParse(parsed((await piece(file, 0, HEAD_BYTES)).split('\n')[0]));
      if (!first.success) return [];
      const { width: cols, height: rows } = first.data;
      const at = { startedAt: first.data.timestamp * 1_000, seconds: await lengthOf(file, size) };
      return [{ id, node, ...at, cols, rows, bytes: size, grows: options.isOpen(id) }];
    } finally {
      await file.close();
    }
  }

  return {
    async list(person, lab) {
      const found = await Promise.all((await find(person, lab)).slice(0, LISTED_MAX).map(describe));
      return found.flat().sort((a, b) => b.startedAt - a.startedAt || a.node.localeCompare(b.node));
    },
    async read(person, lab, id) {
      const found = (await find(person, lab)).find((each) => each.id === id);
      const file = found && (await openCast(found.path));
      if (!file) return undefined;
      const { size } = await file.stat();
      const bytes = await wholeLines(file, Math.min(size, SENT_MAX_BYTES));
      if (bytes === 0) {
        await file.close();
        return undefined;
      }
      // The stream closes the file, also when whoever reads goes away.
      const stream = file.createReadStream({ start: 0, end: bytes - 1 });
      return { bytes, stream: Readable.toWeb(stream) as ReadableStream };
    },
    async erase(person) {
      for (const session of await store.recordings.sessions(person)) {
        if (SESSION_NAME.test(session)) await rm(join(directory, session), { recursive: true, force: true });
      }
    },
  };
}

/** What stands for a file or folder that is not there. */
function absent<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}

async function openCast(path: string): Promise<FileHandle | undefined> {
  // It may have been deleted to make room since it was listed.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(absent(undefined));
  if (!file || (await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

async function piece(file: FileHandle, from: number, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(bytes), position: from });
  return buffer.subarray(0, bytesRead).toString();
}

/** How many of the first bytes are whole lines: ptyd may be in the middle of the next. */
async function wholeLines(file: FileHandle, upTo: number): Promise<number> {
  for (let end = upTo; end > 0; end -= TAIL_BYTES) {
    const from = Math.max(0, end - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(end - from), position: from });
    const last = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (last >= 0) return from + last + 1;
  }
  return 0;
}

/** The time of the last event, seconds. */
async function lengthOf(file: FileHandle, size: number): Promise<number> {
  const end = await wholeLines(file, size);
  const before = await wholeLines(file, end - 1);
  // Of a long line its beginning is enough: the time stands first.
  const line = await piece(file, before, Math.min(end - before, HEAD_BYTES));
  const whole = event.safeParse(parsed(line.trimEnd()));
  if (whole.success) return whole.data[0];
  return Number(/^\[(\d+(?:\.\d+)?),/.exec(line)?.[1] ?? 0);
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
