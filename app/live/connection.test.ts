import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parser } from '../../server/wire.ts';
import { type Connection, type ConnectionState, createConnection, retryDelay } from './connection.ts';

const TERMINAL = 'a'.repeat(16);

/** A browser's window as far as the connection sees it; being an event target, it can come back online. */
function stubBrowser(port: number): { window: EventTarget } {
  const window = new EventTarget();
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  vi.stubGlobal('location', { protocol: 'http:', host: `127.0.0.1:${port}`, hostname: '127.0.0.1', port });
  return { window };
}

describe('a connection', () => {
  const states: ConnectionState[] = [];
  /** What the server heard, as `event`, and whether it answers. */
  const heard: string[] = [];
  let mute = false;
  let io: Server;
  let connection: Connection;
  let window: EventTarget;

  beforeEach(async () => {
    states.length = 0;
    heard.length = 0;
    mute = false;
    const http = createServer();
    io = new Server(http, { transports: ['websocket'], parser });
    io.on('connection', (socket) => {
      socket.onAny((event: string, _payload: unknown, answer?: (answer: unknown) => void) => {
        heard.push(event);
        if (!mute) answer?.({ ok: true, data: null });
      });
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    ({ window } = stubBrowser((http.address() as AddressInfo).port));
    connection = createConnection((state) => states.push(state));
    connection.open();
    await vi.waitFor(() => expect(states.at(-1)).toBe('open'));
  });
  afterEach(async () => {
    connection.close();
    await io.close();
    vi.unstubAllGlobals();
  });

  it('asks for an answer, and tells without one', async () => {
    connection.tell('terminal:ack', { terminal: TERMINAL, offset: 1 });
    expect(await connection.request('terminal:input', { terminal: TERMINAL, data: 'x' })).toEqual({
      ok: true,
      data: null,
    });
    expect(heard).toEqual(['terminal:ack', 'terminal:input']);
  });

  it('hands terminal bytes over as they were sent', async () => {
    const output = vi.fn();
    connection.on('terminal:output', output);
    io.emit('terminal:output', TERMINAL, 7, Uint8Array.of(0xe7, 0xbd));
    await vi.waitFor(() => expect(output).toHaveBeenCalled());
    const [terminal, offset, bytes] = output.mock.calls[0] ?? [];
    expect([terminal, offset, [...bytes]]).toEqual([TERMINAL, 7, [0xe7, 0xbd]]);
  });

  it('comes back at once when the server was away, and never says later what was typed meanwhile', async () => {
    io.disconnectSockets(true);
    await vi.waitFor(() => expect(states.at(-1)).toBe('reconnecting'));
    connection.tell('terminal:ack', { terminal: TERMINAL, offset: 1 });
    expect(await connection.request('terminal:input', { terminal: TERMINAL, data: 'late' })).toEqual({
      ok: false,
      code: 'unavailable',
    });
    await vi.waitFor(() => expect(states.at(-1)).toBe('open'));
    await connection.request('terminal:detach', { terminal: TERMINAL });
    expect(heard).toEqual(['terminal:detach']);
  });

  it('connects anew when it gives no sign of life after the network came back', async () => {
    const first = new Set(io.sockets.sockets.keys());
    mute = true;
    window.dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(states).toContain('reconnecting'), 5_000);
    await vi.waitFor(() => expect([...io.sockets.sockets.keys()].some((id) => !first.has(id))).toBe(true));
    await vi.waitFor(() => expect(states.at(-1)).toBe('open'));
  });

  it('stays when it lives', async () => {
    window.dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(heard).toEqual(['terminal:detach']));
    await connection.request('terminal:input', { terminal: TERMINAL, data: 'x' });
    expect(states).toEqual(['connecting', 'open']);
  });
});

describe('retryDelay', () => {
  it('grows from less than a tenth of a second to five seconds', () => {
    expect([0, 1, 2, 3].map((attempt) => retryDelay(attempt, 0))).toEqual([75, 113, 169, 253]);
    expect(retryDelay(50, 0)).toBe(5_000);
  });

  it('draws lots downwards only, so that a class does not return in one instant', () => {
    expect(retryDelay(50, 0.999)).toBeGreaterThan(3_400);
    expect(retryDelay(0, 0.5)).toBeLessThan(75);
  });
});
