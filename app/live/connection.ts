import type { Socket } from 'socket.io-client';
import type { Answer, News, Request, RequestName } from '../../server/protocol.ts';
import { parser } from '../../server/wire.ts';
import { watchWaking } from './waking.ts';

/** How long an answer may take, ms: making nodes is told as news, so every answer is quick unless something hangs. */
const ANSWER_MS = 20_000;
/** Back-off between attempts to reconnect, ms: web is back within 200 ms when it was killed; a network may take minutes. */
const RETRY_FIRST_MS = 75;
const RETRY_FACTOR = 1.5;
const RETRY_MAX_MS = 5_000;
/** An attempt that hangs this long is given up, ms: a server that is just starting may take the connection and say nothing. */
const CONNECT_MS = 4_000;
/** How long a connection that may have died in its sleep has to show that it lives, ms. */
const LIFE_SIGN_MS = 2_000;
/** A terminal that nobody has: to detach from it is answered at once and changes nothing. */
const NO_TERMINAL = '0'.repeat(16);
/** Share of the delay that is drawn by lot, so that a class does not come back in one instant. */
const RETRY_JITTER = 0.3;

/** Whether the server can be reached; `refused` means it said no and will not be asked again by itself. */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'refused';

type Emits = { [N in RequestName]: (payload: Request<N>, ack: (answer: Answer<N>) => void) => void };
type Listeners = { [E in keyof News]: Set<News[E]> };

/** The socket of one page: typed requests with answers, news, and its own idea of when to try again. */
export interface Connection {
  open(): void;
  close(): void;
  /** Tries again at once, also after a refusal. */
  retry(): void;
  /** Asks and waits for the answer; nothing is kept for later while the server cannot be reached. */
  request<N extends RequestName>(name: N, payload: Request<N>): Promise<Answer<N>>;
  /** Says and waits for nothing; what is said while the server cannot be reached is not said later. */
  tell<N extends RequestName>(name: N, payload: Request<N>): void;
  on<E extends keyof News>(event: E, listener: News[E]): () => void;
}

/** The delay before the attempt with this number (0, 1, …); `lot` is a random number in [0, 1). */
export function retryDelay(attempt: number, lot: number): number {
  const delay = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * RETRY_FACTOR ** attempt);
  return Math.round(delay * (1 - RETRY_JITTER * lot));
}

/** Makes a connection; `onState` is told of every change, `open` connects. */
export function createConnection(onState: (state: ConnectionState) => void): Connection {
  let socket: Socket<News, Emits> | null = null;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopWatching = () => {};
  /** Grows with open and close, so that a late import knows that it came too late. */
  let life = 0;

  const listeners: Listeners = {
    'lab:state': new Set(),
    'terminal:output': new Set(),
    'terminal:size': new Set(),
    'terminal:ended': new Set(),
    'terminal:command': new Set(),
    'terminal:prompt': new Set(),
    'watch:state': new Set(),
    'content:changed': new Set(),
    'class:row': new Set(),
    'class:state': new Set(),
    'class:over': new Set(),
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(retry, retryDelay(attempt, Math.random()));
    attempt += 1;
    onState('reconnecting');
  };

  const retry = () => {
    clearTimeout(timer);
    if (socket && !socket.connected) socket.connect();
  };

  /** Asks; `limit` is how long the answer may take, ms. */
  async function request<N extends RequestName>(
    name: N,
    payload: Request<N>,
    limit: number = ANSWER_MS,
  ): Promise<Answer<N>> {
    // socket.io would keep what is emitted now and send it after a reconnect: an old keystroke must not come late.
    if (!socket?.connected) return { ok: false, code: 'unavailable' };
    try {
      // The types of emitWithAck cannot follow a generic event name.
      const asking = socket.timeout(limit) as unknown as {
        emitWithAck(name: N, payload: Request<N>): Promise<Answer<N>>;
      };
      return await asking.emitWithAck(name, payload);
    } catch {
      // No answer in time, or the connection went while waiting; both are told to the asker as one refusal.
      return { ok: false, code: 'unavailable' };
    }
  }

  /** After a sleep or on another network: a dead connection would else be noticed only when pings stay away. */
  const wake = async () => {
    const asked = socket;
    if (!asked?.connected) return retry();
    const answer = await request('terminal:detach', { terminal: NO_TERMINAL }, LIFE_SIGN_MS);
    if (answer.ok || answer.code !== 'unavailable' || asked !== socket || !asked.connected) return;
    attempt = 0;
    onState('reconnecting');
    asked.disconnect().connect();
  };

  const relay = <E extends keyof News>(event: E, ...news: Parameters<News[E]>) => {
    // The union of all listeners cannot be called with one event's news; the set under this key holds only this event's.
    for (const hear of [...listeners[event]]) (hear as (...news: Parameters<News[E]>) => void)(...news);
  };

  const tell = (made: Socket<News, Emits>) => {
    made.on('lab:state', (...news) => relay('lab:state', ...news));
    made.on('terminal:output', (...news) => relay('terminal:output', ...news));
    made.on('terminal:size', (...news) => relay('terminal:size', ...news));
    made.on('terminal:ended', (...news) => relay('terminal:ended', ...news));
    made.on('terminal:command', (...news) => relay('terminal:command', ...news));
    made.on('terminal:prompt', (...news) => relay('terminal:prompt', ...news));
    made.on('watch:state', (...news) => relay('watch:state', ...news));
    made.on('content:changed', (...news) => relay('content:changed', ...news));
    made.on('class:row', (...news) => relay('class:row', ...news));
    made.on('class:state', (...news) => relay('class:state', ...news));
    made.on('class:over', (...news) => relay('class:over', ...news));
  };

  return {
    open() {
      life += 1;
      const mine = life;
      onState('connecting');
      stopWatching();
      stopWatching = watchWaking(() => void wake());
      import('socket.io-client').then(
        ({ io }) => {
          if (mine !== life) return;
          const made: Socket<News, Emits> = io({
            transports: ['websocket'],
            reconnection: false,
            forceNew: true,
            timeout: CONNECT_MS,
            parser,
          });
          socket = made;
          tell(made);
          made.on('connect', () => {
            attempt = 0;
            onState('open');
          });
          // An inactive socket was refused by the server itself; anything else is weather.
          made.on('connect_error', () => (made.active ? later() : onState('refused')));
          made.on('disconnect', (reason) => {
            // Also when the server hung up: it may only be stopping, and if it meant it, it refuses the next attempt.
            if (reason !== 'io client disconnect') later();
          });
        },
        () => {
          // The code itself could not be fetched: the same weather, another attempt at the import.
          if (mine !== life) return;
          onState('reconnecting');
          timer = setTimeout(() => mine === life && this.open(), retryDelay(attempt++, Math.random()));
        },
      );
    },
    close() {
      life += 1;
      clearTimeout(timer);
      stopWatching();
      socket?.disconnect();
      socket = null;
    },
    retry,
    request: (name, payload) => request(name, payload),
    tell(name, payload) {
      // The types of emit cannot follow a generic event name either.
      if (socket?.connected) (socket as unknown as Socket).emit(name, payload);
    },
    on(event, listener) {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
  };
}
