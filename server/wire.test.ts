import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { outputFrame, outputHead, readFrame } from './ptyd/contract.ts';
import { type Packet, parser } from './wire.ts';

const NAME = '0123456789abcdef0123456789abcdef';
const http = createServer();
const server = new Server(http, { transports: ['websocket'], parser });
/** What the server heard, as event and arguments. */
const heard: unknown[][] = [];
let port = 0;
let client: Socket;

beforeAll(async () => {
  server.on('connection', (socket) => {
    socket.onAny((...event: unknown[]) => heard.push(event.filter((each) => typeof each !== 'function')));
    socket.on('terminal:input', (_request, reply) => reply?.({ ok: true, data: null }));
    socket.on('say', (_request, reply) => reply({ ok: false, code: 'too-fast' }));
    socket.on('show', (bytes: number[]) => socket.emit('terminal:output', NAME, 2 ** 40, Buffer.from(bytes)));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  port = typeof address === 'object' && address ? address.port : 0;
  client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], parser, reconnection: false });
  await new Promise<void>((resolve) => client.once('connect', resolve));
});

afterAll(async () => {
  client.disconnect();
  await server.close();
});

function encode(packet: Packet): string | Uint8Array {
  return new parser.Encoder().encode(packet)[0];
}

function decode(message: string | Uint8Array): Packet {
  const decoder = new parser.Decoder();
  let packet: Packet | undefined;
  decoder.on('decoded', (next) => {
    packet = next;
  });
  decoder.add(message);
  if (!packet) throw new Error('nothing decoded');
  return packet;
}

/** A connection that speaks engine.io by hand; resolves to what became of it after these messages. */
async function speak(...messages: (string | Uint8Array)[]): Promise<'closed' | 'open'> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const next = () => new Promise<void>((resolve) => socket.once('message', () => resolve()));
  await next();
  for (const message of messages) {
    socket.send(message);
    // What comes before the door's answer would be refused for that alone.
    if (message === CONNECT) await next();
  }
  const outcome = await Promise.race([
    new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed'))),
    // An answer shows that everything before it was taken.
    new Promise<'open'>((resolve) => {
      socket.on('message', (data) => String(data).includes('"id":77') && resolve('open'));
      socket.send('4{"type":2,"nsp":"/","id":77,"data":["say",1]}');
    }),
  ]);
  socket.terminate();
  return outcome;
}

const CONNECT = '4{"type":0,"nsp":"/"}';

describe('the parser, between a real server and a real client', () => {
  it('carries requests, answers and news', async () => {
    expect(await client.emitWithAck('say', { lab: 'a', text: '你好', list: [1, null] })).toEqual({
      ok: false,
      code: 'too-fast',
    });
    expect(heard.at(-1)).toEqual(['say', { lab: 'a', text: '你好', list: [1, null] }]);
    const output = new Promise<unknown[]>((resolve) => client.once('terminal:output', (...news) => resolve(news)));
    client.emit('show', [0, 255, 0xe4, 0xbd]);
    const [name, offset, bytes] = await output;
    expect([name, offset, [...(bytes as Uint8Array)]]).toEqual([NAME, 2 ** 40, [0, 255, 0xe4, 0xbd]]);
  });

  it('carries typed text and acknowledgements as they are', async () => {
    for (const data of ['a', '\x03', '你好👋', '\ufeffBOM', '', 'x'.repeat(32_768)]) {
      expect(await client.emitWithAck('terminal:input', { terminal: NAME, data })).toEqual({ ok: true, data: null });
      expect(heard.at(-1)).toEqual(['terminal:input', { terminal: NAME, data }]);
    }
    client.emit('terminal:ack', { terminal: NAME, offset: 2 ** 45 + 1 });
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(['terminal:ack', { terminal: NAME, offset: 2 ** 45 + 1 }]));
  });

  it.each([
    ['an unknown frame', CONNECT, Uint8Array.of(9, 0, 0, 0)],
    ['an empty frame', CONNECT, new Uint8Array(0)],
    ['a name that ends after the frame', CONNECT, Uint8Array.of(2, 200, 97, 98)],
    ['a cut acknowledgement', CONNECT, Uint8Array.of(3, 1, 97, 0, 0, 0)],
    ['a text that is no JSON', CONNECT, '4{"type":2'],
    ['JSON that is no packet', CONNECT, '4[1,2,3]'],
    ['null', CONNECT, '4null'],
    ['an event without a name', CONNECT, '4{"type":2,"nsp":"/","data":[1]}'],
    ['a reserved event', CONNECT, '4{"type":2,"nsp":"/","data":["disconnect"]}'],
    ['an answer to no question', CONNECT, '4{"type":3,"nsp":"/","data":[1]}'],
    ['an unknown type', CONNECT, '4{"type":5,"nsp":"/","data":["a"]}'],
    ['a fractional id', CONNECT, '4{"type":2,"nsp":"/","id":0.5,"data":["say"]}'],
    ['brackets without end', CONNECT, `4${'['.repeat(100_000)}`],
    ['a frame before connecting', Uint8Array.of(3, 1, 97, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['an event before connecting', '4{"type":2,"nsp":"/","data":["say",1]}'],
  ])('closes the connection at %s', async (_what, ...messages) => {
    expect(await speak(...messages)).toBe('closed');
    expect(await client.emitWithAck('say', 1)).toEqual({ ok: false, code: 'too-fast' });
  });

  it.each([
    ['a prototype', '4{"type":2,"nsp":"/","data":["terminal:ack",{"__proto__":{"terminal":1}}]}'],
    ['a letter that is none', Uint8Array.of(2, 1, 97, 0, 0, 0, 1, 0xff, 0xc3)],
    ['an answer nobody waits for', Uint8Array.of(4, 0, 0, 0, 0, 9)],
    ['output from the wrong side', Uint8Array.of(1, 1, 97, 0, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['an event called error', '4{"type":2,"nsp":"/","data":["error"]}'],
  ])('goes on after %s', async (_what, message) => {
    expect(await speak(CONNECT, message)).toBe('open');
    expect(({} as Record<string, unknown>).terminal).toBeUndefined();
  });
});

describe('a packet as one message', () => {
  it('is one small frame where bytes travel, and text elsewhere', () => {
    const output = encode({ type: 2, nsp: '/', data: ['terminal:output', NAME, 1, new Uint8Array(100)] });
    expect(output.length).toBe(2 + 32 + 8 + 100);
    const key = encode({ type: 2, nsp: '/', id: 5, data: ['terminal:input', { terminal: NAME, data: 'a' }] });
    expect(key.length).toBe(2 + 32 + 4 + 1);
    expect(encode({ type: 3, nsp: '/', id: 5, data: [{ ok: true, data: null }] })).toHaveLength(6);
    expect(typeof encode({ type: 3, nsp: '/', id: 5, data: [{ ok: false, code: 'busy' }] })).toBe('string');
  });

  it.each([
    { terminal: 'x'.repeat(300), data: 'a' },
    { terminal: '终端', data: 'a' },
    { terminal: 7, data: 'a' },
    { terminal: NAME, data: 7 },
    { data: 'a' },
    null,
    'text',
  ])('arrives as it was meant, even where it makes no sense: %j', (request) => {
    const packet = { type: 2, nsp: '/', id: 1, data: ['terminal:input', request] };
    expect(decode(encode(packet))).toEqual(packet);
    const ack = { type: 2, nsp: '/', data: ['terminal:ack', request] };
    expect(decode(encode(ack))).toEqual(ack);
  });
});

describe('output that ptyd has framed', () => {
  const frame = outputFrame(outputHead(7, NAME), 2 ** 40, Buffer.from('hello'));
  const read = readFrame(frame);
  if (read?.kind !== 'output') throw new Error('no output');
  const { bytes } = read;
  const output = (name: string, offset: number, piece: Uint8Array) =>
    encode({ type: 2, nsp: '/', data: ['terminal:output', name, offset, piece] }) as Uint8Array;

  it('is sent as it stands', () => {
    const sent = output(NAME, 2 ** 40, bytes);
    expect(sent.buffer).toBe(frame.buffer);
    expect(decode(sent).data).toEqual(['terminal:output', NAME, 2 ** 40, new Uint8Array(bytes)]);
  });

  it('is framed anew when it is a part of that, or somebody else’s', () => {
    const cases: [string, number, Uint8Array][] = [
      [NAME, 2 ** 40 + 1, bytes.subarray(1)],
      [NAME, 1, bytes],
      [NAME.replace('0', '1'), 2 ** 40, bytes],
      [NAME.slice(1), 2 ** 40, bytes],
      [NAME, 2 ** 40, Buffer.from('other')],
    ];
    for (const [name, offset, piece] of cases) {
      const sent = output(name, offset, piece);
      expect(sent.buffer).not.toBe(frame.buffer);
      expect(decode(sent).data).toEqual(['terminal:output', name, offset, new Uint8Array(piece)]);
    }
  });

  it('is understood without a name, too, as a ptyd from before a deployment sends it', () => {
    const old = Buffer.alloc(18);
    old.writeUInt8(1, 0);
    old.writeUInt32BE(7, 1);
    old.writeDoubleBE(2 ** 40, 5);
    old.write('hello', 13);
    expect(readFrame(old)).toEqual({ kind: 'output', channel: 7, offset: 2 ** 40, bytes: Buffer.from('hello') });
  });
});
