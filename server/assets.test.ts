import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAssets } from './assets.ts';

let directory: string;
let server: Server;
let port: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netloom-assets-'));
  mkdirSync(join(directory, 'static/chunks'), { recursive: true });
  writeFileSync(join(directory, 'secret.js'), 'secret');
  writeFileSync(join(directory, 'static/chunks/a.js'), 'plain');
  writeFileSync(join(directory, 'static/chunks/a.js.br'), 'brotli');
  writeFileSync(join(directory, 'static/chunks/a.js.gz'), 'gzip');
  writeFileSync(join(directory, 'static/chunks/b.css'), 'b {}');
  const assets = createAssets(join(directory, 'static'));
  server = createServer((asked, response) => {
    if (!assets.serve(asked, response)) response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** fetch() would ask for compression by itself. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>((done, failed) => {
    const asked = request({ port, path, headers, method }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body }));
    });
    asked.on('error', failed);
    asked.end();
  });
}

it('sends the best of what the browser can read, to be kept for ever', async () => {
  const best = await get('/_next/static/chunks/a.js', { 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(best).toMatchObject({ status: 200, body: 'brotli' });
  expect(best.headers).toMatchObject({
    'content-encoding': 'br',
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
    'content-length': '6',
  });
  expect((await get('/_next/static/chunks/a.js', { 'accept-encoding': 'gzip, br;q=0' })).body).toBe('gzip');
  const plain = await get('/_next/static/chunks/a.js?x=1');
  expect(plain.body).toBe('plain');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const style = await get('/_next/static/chunks/b.css', { 'accept-encoding': 'br' });
  expect(style).toMatchObject({ body: 'b {}' });
  expect(style.headers['content-type']).toBe('text/css; charset=utf-8');
});

it('answers HEAD without a body, and leaves everything else to others', async () => {
  const head = await get('/_next/static/chunks/a.js', {}, 'HEAD');
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers['content-length']).toBe('5');
  for (const path of ['/_next/static/chunks/none.js', '/_next/static/chunks', '/_next/static/chunks/a.js.br', '/']) {
    expect((await get(path)).status, path).toBe(404);
  }
  expect((await get('/_next/static/chunks/a.js', {}, 'POST')).status).toBe(404);
});

it('is not led out of its directory', async () => {
  // A client of its own: others tidy such paths up before they send them.
  for (const path of ['/_next/static/../secret.js', '/_next/static/%2e%2e/secret.js', '/_next/static//../secret.js']) {
    const said = await new Promise<string>((done) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(`GET ${path} HTTP/1.0\r\n\r\n`));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('end', () => done(text));
    });
    expect(said, path).toMatch(/^HTTP\/1\.1 404/);
  }
});

it('knows nothing where nothing was built', () => {
  const assets = createAssets(join(directory, 'nowhere'));
  expect(assets.serve({ url: '/_next/static/a.js', method: 'GET' } as never, {} as never)).toBe(false);
});
