import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Answer, LabState, Request, RequestName, SessionState } from '../protocol.ts';
import { parser } from '../wire.ts';

/** The lab that the visitors do. */
export const LAB = 'overlay-vxlan';
/** How long anything may take, ms: the machine may be busy. */
const PATIENCE_MS = 45_000;
const LOOK_MS = 20;

/** Resolves with what `find` finds, as soon as that is anything; rejects with the words of `what` when it takes too long. */
export async function until<T>(
  what: () => string,
  find: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (const end = performance.now() + PATIENCE_MS; ; await pause(LOOK_MS)) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
  }
}

/** A learner's page, without the page: it comes back by itself when web was away. */
export interface Visitor {
  ask<N extends RequestName>(name: N, request: Request<N>): Promise<Answer<N>>;
  /** Connects anew and enters the lab: what it is told from then on is what web knows now. */
  comeBack(): Promise<LabState>;
  state(): LabState | undefined;
  session(): SessionState;
  /** Resolves when the nodes are no longer being made, reset or removed. */
  settled(): Promise<SessionState>;
  /** Resolves when the nodes are ready; terminals may have ended. */
  ready(): Promise<Extract<SessionState, { status: 'ready' }>>;
  /** Shows a terminal from as far back as it is kept; hands back what came so far, undefined when there is no such terminal. */
  look(terminal: string): Promise<string | undefined>;
  /** Types a line. */
  type(terminal: string, line: string): Promise<void>;
  /** Resolves when a terminal shows this. */
  sees(terminal: string, text: string): Promise<void>;
  leave(): void;
}

/** A new person, who stands at a step of the lab. */
export async function visit(port: number, step = '02-containers'): Promise<Visitor> {
  const address = `http://127.0.0.1:${port}`;
  const page = await fetch(address, { headers: { accept: 'text/html' } });
  const cookie = (page.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const screens = new Map<string, string>();
  let socket: Socket | undefined;
  let state: LabState | undefined;

  function connect(): Promise<Socket> {
    const next = io(address, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      parser,
      extraHeaders: { cookie },
    });
    next.on('lab:state', (news: LabState) => {
      if (next === socket) state = news;
    });
    next.on('terminal:output', (terminal: string, offset: number, bytes: Uint8Array) => {
      screens.set(terminal, (screens.get(terminal) ?? '') + Buffer.from(bytes).toString('utf8'));
      next.emit('terminal:ack', { terminal, offset: offset + bytes.length });
    });
    return new Promise((resolve, reject) => {
      next.once('connect', () => resolve(next));
      next.once('connect_error', reject);
    });
  }

  const visitor: Visitor = {
    async ask(name, request) {
      if (!socket) throw new Error('nobody is connected');
      return socket.timeout(PATIENCE_MS).emitWithAck(name, request);
    },
    async comeBack() {
      socket?.disconnect();
      socket = await until(
        () => 'a connection',
        () => connect().catch(() => undefined),
      );
      const answer = await visitor.ask('lab:enter', { lab: LAB, step });
      if (!answer.ok) throw new Error(`entering was refused: ${answer.code}`);
      state = answer.data;
      return answer.data;
    },
    state: () => state,
    session: () => state?.session ?? { status: 'none' },
    settled: () =>
      until(
        () => `nodes that are settled; they are ${JSON.stringify(state?.session)}`,
        () => (['creating', 'resetting'].includes(visitor.session().status) ? undefined : visitor.session()),
      ),
    ready: () =>
      until(
        () => `nodes; they are ${JSON.stringify(state?.session)}`,
        () => {
          const session = visitor.session();
          return session.status === 'ready' ? session : undefined;
        },
      ),
    async look(terminal) {
      screens.delete(terminal);
      const answer = await visitor.ask('terminal:attach', { terminal, after: null });
      if (!answer.ok) return undefined;
      screens.set(terminal, (answer.data.screen ?? '') + (screens.get(terminal) ?? ''));
      return screens.get(terminal) ?? '';
    },
    async type(terminal, line) {
      const answer = await visitor.ask('terminal:input', { terminal, data: `${line}\r` });
      if (!answer.ok) throw new Error(`typing was refused: ${answer.code}`);
    },
    async sees(terminal, text) {
      await until(
        () => `${JSON.stringify(text)} on a screen that shows ${JSON.stringify(screens.get(terminal))}`,
        () => screens.get(terminal)?.includes(text),
      );
    },
    leave: () => void socket?.disconnect(),
  };
  await visitor.comeBack();
  return visitor;
}
