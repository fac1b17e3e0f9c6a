import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { request as ask, createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createForward } from './forward.ts';

const PAGE = '<html><head><script src="/_next/static/chunks/1.js" async=""></script></head><body>课文</body></html>';

let directory: string;
let socket: string;
let web: Server;
let port: number;
const behind: Server[] = [];

/** Lets pages answer as `answer` does. */
async function openPages(answer: RequestListener): Promise<Server> {
  const pages = createServer(answer).listen(socket);
  behind.push(pages);
  await once(pages, 'listening');
  chmodSync(socket, 0o600);
  return pages;
}

/** Asks web for a page; `body` is sent as it is. */
async function get(options: { path?: string; method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { path = '/', method = 'GET', headers = {}, body } = options;
  const asked = ask({ port, host: '127.0.0.1', path, method, headers });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netloom-forward-'));
  socket = join(directory, 'pages.sock');
  const forward = createForward(socket);
  web = createServer((request, response) => {
    request.headers['x-nonce'] = 'of this page';
    response.setHeader('X-Frame-Options', 'DENY');
    response.setHeader('Cache-Control', 'from web');
    response.setHeader('Set-Cookie', 'guest=1');
    void forward.pages(request, response);
  });
  web.on('upgrade', forward.upgrade);
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  port = (web.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const server of [web, ...behind.splice(0)]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

it('passes a request on as it came, with what web has added, and merges the answer with what web has said', async () => {
  let seen: IncomingMessage | undefined;
  await openPages((request, response) => {
    seen = request;
    response.setHeader('Set-Cookie', 'page=1');
    response.writeHead(404, { 'Cache-Control': 'from the page', Vary: 'rsc' });
    response.end('no such page');
  });
  const answer = await get({
    path: '/labs/x?y=%E7%BD%91',
    headers: { host: 'lab.example.edu', te: 'trailers', 'keep-alive': 'timeout=9', 'x-forwarded-for': '8.8.8.8' },
  });
  expect([seen?.method, seen?.url]).toEqual(['GET', '/labs/x?y=%E7%BD%91']);
  expect(seen?.headers).toMatchObject({
    host: 'lab.example.edu',
    'x-nonce': 'of this page',
    'x-forwarded-for': '127.0.0.1',
  });
  expect(seen?.headers).not.toHaveProperty('te');
  expect(seen?.headers).not.toHaveProperty('keep-alive');
  expect(answer).toMatchObject({ status: 404, body: 'no such page' });
  expect(answer.headers).toMatchObject({
    'x-frame-options': 'DENY',
    'cache-control': 'from the page',
    vary: 'rsc',
    'set-cookie': ['guest=1', 'page=1'],
  });
});

it('answers with a page that comes again by itself while there are no pages, and goes on when there are', async () => {
  const absent = await get({ headers: { accept: 'text/html' } });
  expect(absent.status).toBe(503);
  expect(absent.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
  expect(absent.body).toContain('http-equiv="refresh"');
  expect((await get()).body).not.toContain('<html');
  await openPages((_request, response) => response.end('a page'));
  expect(await get()).toMatchObject({ status: 200, body: 'a page' });
});

it('outlives pages that die before, in the middle of and between answers', async () => {
  const pages = await openPages((request, response) => {
    if (request.url === '/before') request.socket.destroy();
    else if (request.url === '/middle') response.write('half', () => request.socket.destroy());
    else response.end('a page');
  });
  expect(await get()).toMatchObject({ status: 200 });
  expect(await get({ path: '/before' })).toMatchObject({ status: 503 });
  await expect(get({ path: '/middle' })).rejects.toThrow();
  expect(await get()).toMatchObject({ status: 200 });
  pages.closeAllConnections();
  pages.close();
  await once(pages, 'close');
  expect(await get()).toMatchObject({ status: 503 });
});

it('lets the pages know that the browser went away', async () => {
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await openPages((_request, response) => {
    response.once('close', left.resolve);
    asked.resolve();
  });
  const browser = connect(port, '127.0.0.1');
  browser.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await asked.promise;
  browser.destroy();
  await left.promise;
});

it('passes on a small body of a POST, and neither a large one nor other methods', async () => {
  const urls: unknown[] = [];
  await openPages(async (request, response) => {
    urls.push(request.url);
    response.end(await text(request));
  });
  expect(await get({ path: '/small', method: 'POST', body: 'small' })).toMatchObject({ status: 200, body: 'small' });
  const large = 'x'.repeat(300_000);
  expect(await get({ path: '/said', method: 'POST', headers: { 'content-length': '300000' } })).toMatchObject({
    status: 413,
  });
  const headers = { 'transfer-encoding': 'chunked' };
  await expect(get({ path: '/unsaid', method: 'POST', headers, body: large })).rejects.toThrow();
  expect(await get({ path: '/put', method: 'PUT', body: 'x' })).toMatchObject({ status: 405 });
  expect(urls).not.toContain('/said');
  expect(urls).not.toContain('/put');
});

it('joins connections for hot reload, and ends both when one ends', async () => {
  const pages = await openPages(() => undefined);
  pages.on('upgrade', (request, far) => {
    far.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`);
    far.on('data', (chunk) => far.end(`echo ${chunk}`));
  });
  const headers = { connection: 'Upgrade', upgrade: 'websocket' };
  const asked = ask({ port, host: '127.0.0.1', path: '/_next/hmr', headers }).end();
  const [answer, near] = await once(asked, 'upgrade');
  expect(answer.headers.upgrade).toBe('websocket');
  near.write('hello');
  expect(await text(near)).toBe('echo hello');
  pages.closeAllConnections();
  pages.close();
  await once(pages, 'close');
  const again = ask({ port, host: '127.0.0.1', path: '/_next/hmr', headers }).end();
  await expect(once(again, 'upgrade')).rejects.toThrow();
});

it('holds the scripts of a page where web says so, and compresses it in their place', async () => {
  const asked: (string | undefined)[] = [];
  await openPages((request, response) => {
    asked.push(request.headers['accept-encoding'] as string | undefined);
    const type = request.url === '/text' ? 'text/plain' : 'text/html; charset=utf-8';
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(PAGE) });
    response.end(PAGE);
  });
  const plain = await get({ headers: { 'x-hold': 'abc' } });
  expect(plain.body).toContain('<script type="text/plain" data-held="" src="/_next/static/chunks/1.js" async="">');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['content-length']).toBeUndefined();
  const asking = ask({ port, host: '127.0.0.1', headers: { 'x-hold': 'abc', 'accept-encoding': 'gzip, br' } });
  asking.end();
  const [zipped] = (await once(asking, 'response')) as [IncomingMessage];
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(await text(zipped.pipe(createGunzip()))).toBe(plain.body);
  expect(asked).toEqual(['identity', 'identity']);
  expect((await get({ path: '/text', headers: { 'x-hold': 'abc' } })).body).toBe(PAGE);
  expect((await get()).body).toBe(PAGE);
});
