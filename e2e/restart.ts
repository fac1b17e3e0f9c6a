import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { retryDelay } from '../app/live/connection.ts';
import type { Answer, LabState, Request, RequestName } from '../server/protocol.ts';
import { parser } from '../server/wire.ts';
import type { Site } from './site.ts';

const LAB = 'overlay-vxlan';
/** Nodes are there within seconds, and so is a web in reserve, even on a busy machine. */
const READY_MS = 60_000;
const LOOK_MS = 10;
/** Writes `#0`, `#1`, … for ever, 200 lines a second without a process for each pause. */
const COUNT = 'exec 9<> <(:); for ((i=0;;i++)); do echo "#$i"; read -rt 0.005 -u 9; done\r';
/** So many lines after an interruption and it is over. */
const LINES_AFTER = 40;

/** Somebody who watches a terminal count, as a page does: reconnecting at the page's pace, resuming where it stopped. */
export interface Follower {
  /** The longest silence from now until the counting goes on after `disturb`, ms. */
  outage(disturb: () => Promise<unknown>): Promise<number>;
  /** Bytes that never came, and bytes that came twice, by the numbers in the text. */
  lost(): number;
  doubled(): number;
  /** Ends the counting and gives the nodes back. */
  close(): Promise<void>;
}

/** Resolves when the condition holds; rejects when it takes too long. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + READY_MS; !holds(); await pause(LOOK_MS)) {
    if (Date.now() > end) throw new Error(`in vain waited for ${what}`);
  }
}

/** Checks numbered lines as they come in any pieces. */
function createTally() {
  let rest = '';
  let next: number | null = null;
  const tally = { lines: 0, lost: 0, doubled: 0 };
  const lengthOf = (number: number) => `#${number}\r\n`.length;
  return {
    tally,
    take(text: string) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const number = Number(/^#(\d+)\r$/.exec(line)?.[1] ?? Number.NaN);
        // Before the first number: the prompt, and the command as it was typed.
        if (Number.isNaN(number)) continue;
        tally.lines += 1;
        for (let missing = next ?? number; missing < number; missing += 1) tally.lost += lengthOf(missing);
        if (next !== null && number < next) tally.doubled += lengthOf(number);
        next = Math.max(next ?? 0, number + 1);
      }
    },
  };
}

/** Starts nodes as a new person, lets a terminal count, and follows it. */
export async function followCounting({ address }: Pick<Site, 'address'>): Promise<Follower> {
  const page = await fetch(address, { headers: { accept: 'text/html' } });
  const cookie = (page.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const socket: Socket = io(address, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { cookie },
    parser,
  });
  const { tally, take } = createTally();
  const decoder = new TextDecoder();
  let state: LabState | undefined;
  let terminal: string | undefined;
  let received = 0;
  let heardAt = performance.now();
  let silence = 0;
  let attempt = 0;
  let trouble: Error | undefined;

  async function ask<N extends RequestName>(name: N, request: Request<N>) {
    const answer: Answer<N> = await socket.timeout(READY_MS).emitWithAck(name, request);
    if (!answer.ok) throw new Error(`${name} was refused: ${answer.code}`);
    return answer.data;
  }
  async function enter(): Promise<void> {
    attempt = 0;
    state = await ask('lab:enter', { lab: LAB, step: '02-containers' });
    if (terminal) await ask('terminal:attach', { terminal, after: received });
  }
  function again(): void {
    setTimeout(() => socket.connect(), retryDelay(attempt, Math.random()));
    attempt += 1;
  }
  /** Gone once more in the middle of entering: the next connection enters anew. */
  function noteTrouble(error: Error): void {
    if (socket.connected) trouble = error;
  }

  socket.on('lab:state', (news: LabState) => {
    state = news;
  });
  socket.on('terminal:output', (_terminal: string, offset: number, bytes: Uint8Array) => {
    silence = Math.max(silence, performance.now() - heardAt);
    heardAt = performance.now();
    received = offset + bytes.length;
    take(decoder.decode(bytes, { stream: true }));
    socket.emit('terminal:ack', { terminal, offset: received });
  });
  socket.on('connect', () => void enter().catch(noteTrouble));
  socket.on('connect_error', again);
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') again();
  });

  async function lines(count: number): Promise<void> {
    const goal = tally.lines + count;
    await until('counting', () => {
      if (trouble) throw trouble;
      return tally.lines >= goal;
    });
  }

  await until('a connection', () => state !== undefined);
  await ask('lab:start', { lab: LAB });
  await until('nodes', () => state?.session.status === 'ready');
  if (state?.session.status === 'ready') terminal = state.session.terminals[0]?.terminal;
  if (!terminal) throw new Error('the nodes have no terminal');
  await ask('terminal:attach', { terminal, after: null });
  await ask('terminal:input', { terminal, data: COUNT });
  await lines(LINES_AFTER);

  return {
    async outage(disturb) {
      silence = 0;
      await disturb();
      await lines(LINES_AFTER);
      return silence;
    },
    lost: () => tally.lost,
    doubled: () => tally.doubled,
    async close() {
      await ask('terminal:input', { terminal: terminal ?? '', data: '\x03' });
      await ask('lab:end', { lab: LAB });
      socket.disconnect();
    },
  };
}

/** The living process that a pid file of the site names. */
function processOf({ data }: Pick<Site, 'data'>, name: 'web' | 'reserve' | 'labd' | 'pages'): number {
  const file = join(data, 'run', `${name}.pid`);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

/** Kills a process of the site, web only when the next one stands in reserve; resolves when it has been replaced. */
export async function killAndReplace(site: Pick<Site, 'data'>, name: 'web' | 'labd' | 'pages'): Promise<void> {
  if (name === 'web') await until('a web in reserve', () => processOf(site, 'reserve') > 0);
  const before = processOf(site, name);
  process.kill(before, 'SIGKILL');
  await until(`another ${name}`, () => ![0, before].includes(processOf(site, name)));
}

/** Kills web so many times while a terminal writes without end. */
export async function measureRestarts(
  site: Pick<Site, 'address' | 'data'>,
  times: number,
): Promise<{ outagesMs: number[]; lost: number; doubled: number }> {
  const follower = await followCounting(site);
  try {
    const outagesMs: number[] = [];
    while (outagesMs.length < times) outagesMs.push(await follower.outage(() => killAndReplace(site, 'web')));
    return { outagesMs, lost: follower.lost(), doubled: follower.doubled() };
  } finally {
    // The site goes next: what went wrong above must not be hidden by a page that cannot say goodbye.
    await follower.close().catch(() => undefined);
  }
}
