import { writeFileSync } from 'node:fs';
import { io } from 'socket.io-client';
import WebSocket from 'ws';
import { parser } from '../../server/wire.ts';
import { createScreen, type Screen } from './screen.ts';

/** What the node's bash prints at the end of its prompt (OSC 133;B). */
export const PROMPT = ']133;B';
/** ms. A shell is there within half a second; a busy machine takes longer. */
const OPEN_MS = 20_000;
/** The lab whose nodes and pages are used. */
export const LAB = 'overlay-vxlan';
const SIZE = { cols: 80, rows: 24 };
/** netloom's browser says what it has parsed each time this much more is (app's stream.ts), bytes. */
const NETLOOM_ACK = 64 * 1024;
/** wetty's browser, the same (src/client/wetty/flowcontrol.ts). */
const WETTY_ACK = 256 * 1024;
/** ttyd's browser (html/src/components/terminal/xterm/index.ts): pause and resume by pieces not parsed. */
const TTYD = { limit: 100_000, highWater: 10, lowWater: 4 };

/** Where a terminal is opened: on which learner's node. */
export interface Place {
  learner: number;
  node: string;
}

/** How a server's terminals are opened; can be sent to another thread. */
export type Access =
  | { kind: 'netloom'; url: string; cookies: string[] }
  /** These run what the file `target` names, at the moment a terminal is opened. */
  | { kind: 'wetty' | 'ttyd' | 'floor'; url: string; target: string };

/** A terminal as its viewer has it. */
export interface Terminal {
  screen: Screen;
  type(text: string): void;
  /** Ends the shell, too. */
  close(): Promise<void>;
}

/** Opens a terminal as the server's own browser code would, and waits for its prompt. */
export async function openTerminal(access: Access, place: Place, bytesPerSecond: number): Promise<Terminal> {
  const screen = createScreen(bytesPerSecond);
  const prompt = screen.sees(PROMPT, OPEN_MS);
  if (access.kind !== 'netloom') writeFileSync(access.target, `${place.learner}.${place.node}\n`);
  const opened = await openers[access.kind](access as never, place, screen);
  await prompt;
  return {
    screen,
    type: opened.type,
    async close() {
      screen.close();
      await opened.close();
    },
  };
}

/** A terminal whose output goes to a screen that somebody else has. */
export type Opened = Omit<Terminal, 'screen'>;

/** A terminal of the learner who types, per server: opened when it is first wanted, and kept. */
export interface Typists {
  of(contender: { access: Access }): Promise<Terminal>;
  close(): Promise<void>;
}

/** Makes the typists; their screens parse at once. */
export function createTypists(): Typists {
  const terminals = new Map<Access, Promise<Terminal>>();
  return {
    of({ access }) {
      const place = { learner: 0, node: 'node-1' };
      const terminal = terminals.get(access) ?? openTerminal(access, place, Number.POSITIVE_INFINITY);
      terminals.set(access, terminal);
      return terminal;
    },
    async close() {
      await Promise.allSettled([...terminals.values()].map(async (terminal) => (await terminal).close()));
      terminals.clear();
    },
  };
}

/** Asks netloom something; throws when it refuses. */
export async function ask<T>(socket: ReturnType<typeof io>, name: string, payload: object): Promise<T> {
  const answer = await socket.timeout(OPEN_MS).emitWithAck(name, payload);
  if (!answer.ok) throw new Error(`${name}: ${answer.code}`);
  return answer.data;
}

/** Resolves when a socket.io client is connected; rejects when it is refused. */
export function connected(socket: ReturnType<typeof io>): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
}

/** A browser window's socket; whether it connects anew, as the page's does, is up to who can go on then. */
export function netloomSocket(url: string, cookie: string, reconnection = false): ReturnType<typeof io> {
  return io(url, {
    transports: ['websocket'],
    reconnection,
    forceNew: true,
    parser,
    extraHeaders: { cookie, origin: url },
  });
}

/**
 * Confirms what a window's terminals put out as it comes, and keeps the end of it, by terminal and this many characters;
 * `heard` is told each time.
 */
export function followOutput(
  socket: ReturnType<typeof io>,
  characters: number,
  heard: () => void = () => {},
): Map<string, string> {
  const tails = new Map<string, string>();
  socket.on('terminal:output', (terminal: string, offset: number, bytes: Uint8Array) => {
    const tail = (tails.get(terminal) ?? '') + Buffer.from(bytes).toString('utf8');
    tails.set(terminal, tail.slice(-characters));
    socket.emit('terminal:ack', { terminal, offset: offset + bytes.length });
    heard();
  });
  return tails;
}

/** Opens a terminal in a window of netloom's, attached to a screen. */
export async function openNetloom(
  socket: ReturnType<typeof io>,
  node: string,
  screen: Screen,
): Promise<Opened & { terminal: string }> {
  const { terminal } = await ask<{ terminal: string }>(socket, 'terminal:open', { lab: LAB, node });
  let next: number | undefined;
  let parsed = 0;
  let acked = 0;
  const early: { offset: number; bytes: Uint8Array }[] = [];
  function accept(offset: number, bytes: Uint8Array): void {
    if (offset !== next) throw new Error(`${offset} came where ${next} was due`);
    next += bytes.length;
    screen.take(bytes, () => {
      parsed += bytes.length;
      if (parsed - acked < NETLOOM_ACK) return;
      acked = parsed;
      socket.emit('terminal:ack', { terminal, offset: parsed });
    });
  }
  socket.on('terminal:output', (which: string, offset: number, bytes: Uint8Array) => {
    if (which !== terminal) return;
    if (next === undefined) early.push({ offset, bytes });
    else accept(offset, bytes);
  });
  const attached = await ask<{ from: number }>(socket, 'terminal:attach', { terminal, after: null });
  next = attached.from;
  parsed = acked = next;
  for (const { offset, bytes } of early) accept(offset, bytes);
  return {
    terminal,
    type: (text) => socket.emit('terminal:input', { terminal, data: text }, () => undefined),
    async close() {
      // A web that was killed meanwhile has taken the connection along, but not the shell: its nodes' end is its end.
      if (socket.connected) await ask(socket, 'terminal:close', { lab: LAB, terminal });
    },
  };
}

type Simple = Extract<Access, { target: string }>;
const openers = {
  async netloom(access: Extract<Access, { kind: 'netloom' }>, place: Place, screen: Screen): Promise<Opened> {
    const cookie = access.cookies[place.learner];
    if (!cookie) throw new Error(`no learner ${place.learner}`);
    const socket = netloomSocket(access.url, cookie);
    await connected(socket);
    await ask(socket, 'lab:enter', { lab: LAB });
    const opened = await openNetloom(socket, place.node, screen);
    return {
      type: opened.type,
      async close() {
        await opened.close();
        socket.disconnect();
      },
    };
  },

  async wetty(access: Simple, _place: Place, screen: Screen): Promise<Opened> {
    const socket = io(access.url, { path: '/wetty/socket.io', forceNew: true, reconnection: false });
    let counter = 0;
    socket.on('data', (data: string) => {
      counter += data.length;
      if (counter < WETTY_ACK) return screen.take(data);
      counter -= WETTY_ACK;
      screen.take(data, () => socket.emit('commit', WETTY_ACK));
    });
    socket.on('login', () => socket.emit('resize', SIZE));
    await connected(socket);
    // It begins by polling and changes to a websocket, as in its browser.
    const { engine } = socket.io;
    if (engine.transport.name !== 'websocket') await new Promise<void>((done) => engine.once('upgrade', () => done()));
    return { type: (text) => socket.emit('input', text), close: async () => void socket.disconnect() };
  },

  async ttyd(access: Simple, _place: Place, screen: Screen): Promise<Opened> {
    const socket = new WebSocket(`${access.url.replace('http', 'ws')}/ws`, ['tty'], { perMessageDeflate: false });
    let written = 0;
    let pending = 0;
    socket.on('message', (data: Buffer) => {
      if (data[0] !== 0x30) return;
      const piece = data.subarray(1);
      written += piece.length;
      if (written <= TTYD.limit) return screen.take(piece);
      written = 0;
      pending += 1;
      if (pending > TTYD.highWater) socket.send(Buffer.from('2'));
      screen.take(piece, () => {
        pending = Math.max(pending - 1, 0);
        if (pending < TTYD.lowWater && socket.readyState === WebSocket.OPEN) socket.send(Buffer.from('3'));
      });
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    socket.send(Buffer.from(JSON.stringify({ AuthToken: '', columns: SIZE.cols, rows: SIZE.rows })));
    return { type: (text) => socket.send(Buffer.from(`0${text}`)), close: async () => socket.terminate() };
  },

  async floor(access: Simple, _place: Place, screen: Screen): Promise<Opened> {
    const socket = io(access.url, { transports: ['websocket'], forceNew: true, reconnection: false });
    socket.on('data', (bytes: Buffer) => screen.take(bytes));
    await connected(socket);
    return { type: (text) => socket.emit('input', text), close: async () => void socket.disconnect() };
  },
};
