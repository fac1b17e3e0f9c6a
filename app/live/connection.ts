import type { Socket } from 'socket.io-client';
import type { Answer, News, Request, RequestName } from '../../server/protocol.ts';

/** How long an answer may take, ms: making nodes is told as news, so every answer is quick unless something hangs. */
const ANSWER_MS = 20_000;
/** Back-off between attempts to reconnect, ms: soon enough that a restart of web goes unnoticed, late enough for a class. */
const RETRY_FIRST_MS = 250;
const RETRY_FACTOR = 1.5;
const RETRY_MAX_MS = 5_000;
/** An attempt that hangs this long is given up, ms: a server that is just starting may take the connection and say nothing. */
const CONNECT_MS = 4_000;
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
  /** Grows with open and close, so that a late import knows that it came too late. */
  let life = 0;

  const listeners: Listeners = {
    'lab:state': new Set(),
    'terminal:output': new Set(),
    'terminal:ended': new Set(),
    'terminal:command': new Set(),
    'terminal:prompt': new Set(),
    'content:changed': new Set(),
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

  const relay = <E extends keyof News>(event: E, ...news: Parameters<News[E]>) => {
    // The union of all listeners cannot be called with one event's news; the set under this key holds only this event's.
    for (const hear of [...listeners[event]]) (hear as (...news: Parameters<News[E]>) => void)(...news);
  };

  const tell = (made: Socket<News, Emits>) => {
    made.on('lab:state', (...news) => relay('lab:state', ...news));
    made.on('terminal:output', (terminal, offset, bytes) =>
      // The browser's socket.io hands attachments over as ArrayBuffer whatever was sent.
      relay('terminal:output', terminal, offset, bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)),
    );
    made.on('terminal:ended', (...news) => relay('terminal:ended', ...news));
    made.on('terminal:command', (...news) => relay('terminal:command', ...news));
    made.on('terminal:prompt', (...news) => relay('terminal:prompt', ...news));
    made.on('content:changed', (...news) => relay('content:changed', ...news));
  };

  return {
    open() {
      life += 1;
      const mine = life;
      onState('connecting');
      window.addEventListener('online', retry);
      import('socket.io-client').then(
        ({ io }) => {
          if (mine !== life) return;
          const made: Socket<News, Emits> = io({
            transports: ['websocket'],
            reconnection: false,
            forceNew: true,
            timeout: CONNECT_MS,
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
      window.removeEventListener('online', retry);
      socket?.disconnect();
      socket = null;
    },
    retry,
    async request<N extends RequestName>(name: N, payload: Request<N>): Promise<Answer<N>> {
      // socket.io would keep what is emitted now and send it after a reconnect: an old keystroke must not come late.
      if (!socket?.connected) return { ok: false, code: 'unavailable' };
      try {
        // The types of emitWithAck cannot follow a generic event name.
        const asking = socket.timeout(ANSWER_MS) as unknown as {
          emitWithAck(name: N, payload: Request<N>): Promise<Answer<N>>;
        };
        return await asking.emitWithAck(name, payload);
      } catch {
        // No answer in time, or the connection went while waiting; both are told to the asker as one refusal.
        return { ok: false, code: 'unavailable' };
      }
    },
    on(event, listener) {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
  };
}
