import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectSocket, type NetConnectOpts } from 'node:net';
import { dirname } from 'node:path';
import { type BirpcReturn, createBirpc } from 'birpc';
import WebSocket, { type RawData, WebSocketServer } from 'ws';
import type { z } from 'zod';

/**
 * A seam between two of the three processes: a Unix socket that carries typed calls both ways (text) and frames
 * (binary). Calls that arrive at the serving side are parsed with a schema each; there are no others.
 */

/** The longest call is an exec of ten minutes; give it a little more. */
const CALL_TIMEOUT_MS = 660_000;
/** A snapshot of a node full of routes is the largest message; contracts bound it at 4 MiB per namespace. */
const MESSAGE_MAX_BYTES = 64 * 1024 * 1024;
/** How long a call waits for a process that is just being restarted. */
const RECONNECT_WAIT_MS = 5_000;
/** Pauses between attempts to reach the other process. */
const RECONNECT_MIN_MS = 25;
const RECONNECT_MAX_MS = 1_000;

type Functions = object;
type Schemas<T extends Functions> = { [K in keyof T]: z.ZodType };

/** What one connection offers to the code on this side of it. */
export interface Connection<Remote extends Functions> {
  /** Calls the other side; on the serving side these are news, which nobody answers and which never reject. */
  remote: Remote;
  /** Sends one binary frame; it is dropped when the connection has closed. */
  send(frame: Uint8Array): void;
}

/** What this side does for one connection. */
export interface Service<Local extends Functions> {
  functions: Local;
  frame?(bytes: Buffer): void;
  closed?(): void;
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function serialize(message: unknown): string {
  return JSON.stringify(message, (_key, value) => (value instanceof Error ? { message: value.message } : value));
}

/** A message; what is none reads as an answer to a call that nobody made. */
function deserialize(text: string): { e?: { message?: unknown } | Error } {
  try {
    const message = JSON.parse(text);
    if (message.e) message.e = new Error(String(message.e.message ?? 'the other process failed'));
    return message;
  } catch {
    return {};
  }
}

function rpcOver<Remote extends Functions, Local extends Functions>(
  socket: WebSocket,
  local: Local,
  schemas?: Schemas<Local>,
): BirpcReturn<Remote, Local, false> {
  return createBirpc<Remote, Local, false>(local, {
    proxify: false,
    timeout: CALL_TIMEOUT_MS,
    bind: 'functions',
    post: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    on: (receive) => {
      socket.on('message', (data, binary) => {
        if (!binary) receive(bytesOf(data).toString('utf8'));
      });
    },
    serialize,
    deserialize,
    // Without a schema the functions are news, whose sender is the more privileged side.
    resolver(name, resolved) {
      if (!Object.hasOwn(local, name)) return undefined;
      const schema = schemas?.[name as keyof Local];
      if (!schemas) return resolved;
      if (!schema) return undefined;
      return (...args) => resolved(...(schema.parse(args) as unknown[]));
    },
    // Only what goes wrong with an answer, which has its method here: a call that failed must reject (birpc's `_call`).
    onGeneralError: (_error, method) => method !== undefined,
  });
}

function remoteOf<Remote extends Functions>(call: (name: string, args: unknown[]) => Promise<unknown>): Remote {
  // The Proxy answers every name with a function; which names exist is the contract's business.
  return new Proxy({} as Remote, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => call(name, args) : undefined,
  });
}

/** Whether somebody listens at a socket, or a port. */
export function isAnswered(where: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(where);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Listens on a Unix socket that only this user can open. Rejects when another process already answers there. */
export async function serveSeam<Remote extends Functions, Local extends Functions>(options: {
  path: string;
  schemas: Schemas<Local>;
  accept(connection: Connection<Remote>): Service<Local>;
}): Promise<{ close(): Promise<void> }> {
  if (await isAnswered({ path: options.path })) throw new Error(`another process already serves ${options.path}`);
  mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
  rmSync(options.path, { force: true });
  const http = createServer((_request, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, maxPayload: MESSAGE_MAX_BYTES });
  sockets.on('connection', (socket) => {
    const rpc: { current?: BirpcReturn<Remote, Local, false> } = {};
    const service = options.accept({
      remote: remoteOf<Remote>(async (name, args) => {
        // Whoever is gone has missed it: a rejection that nobody awaits would end this process.
        if (socket.readyState !== WebSocket.OPEN) return;
        await rpc.current?.$callRaw({ method: name, args, event: true, optional: true });
      }),
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame, { binary: true });
      },
    });
    rpc.current = rpcOver<Remote, Local>(socket, service.functions, options.schemas);
    socket.on('message', (data, binary) => {
      if (binary) service.frame?.(bytesOf(data));
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      rpc.current?.$close();
      service.closed?.();
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.path, resolve);
  });
  chmodSync(options.path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        sockets.close();
        http.close(() => resolve());
      }),
  };
}

/** A connection that comes back by itself. */
export interface Client<Remote extends Functions> extends Connection<Remote> {
  connected(): boolean;
  close(): void;
}

/**
 * Connects to a serving process and stays connected: after a break it tries again, and calls made meanwhile wait up to
 * five seconds before they reject with «unavailable».
 */
export function connectSeam<Remote extends Functions, Local extends Functions>(options: {
  path: string;
  functions: Local;
  frame?(bytes: Buffer): void;
  /** Called at each connection, the first and every later one. */
  opened?(): void;
  closed?(): void;
}): Client<Remote> {
  let socket: WebSocket | undefined;
  let rpc: BirpcReturn<Remote, Local, false> | undefined;
  let stopped = false;
  let pause = RECONNECT_MIN_MS;
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Set<() => void>();

  function open(): void {
    const next = new WebSocket(`ws+unix:${options.path}:/`, {
      perMessageDeflate: false,
      maxPayload: MESSAGE_MAX_BYTES,
    });
    socket = next;
    next.on('open', () => {
      pause = RECONNECT_MIN_MS;
      rpc = rpcOver<Remote, Local>(next, options.functions);
      for (const wake of waiting) wake();
      waiting.clear();
      options.opened?.();
    });
    next.on('message', (data, binary) => {
      if (binary) options.frame?.(bytesOf(data));
    });
    next.on('error', () => next.terminate());
    next.on('close', () => {
      const had = rpc;
      rpc = undefined;
      had?.$close(new Error('unavailable'));
      if (had) options.closed?.();
      if (stopped) return;
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, RECONNECT_MAX_MS);
    });
  }

  async function connection(): Promise<BirpcReturn<Remote, Local, false>> {
    if (!rpc && !stopped) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(limit);
          resolve();
        };
        const limit = setTimeout(() => {
          waiting.delete(wake);
          resolve();
        }, RECONNECT_WAIT_MS);
        waiting.add(wake);
      });
    }
    if (!rpc) throw new Error('unavailable');
    return rpc;
  }

  open();
  return {
    remote: remoteOf<Remote>(async (name, args) => (await connection()).$callRaw({ method: name, args })),
    send: (frame) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(frame, { binary: true });
    },
    connected: () => rpc !== undefined,
    close: () => {
      stopped = true;
      clearTimeout(timer);
      for (const wake of waiting) wake();
      waiting.clear();
      socket?.terminate();
    },
  };
}
