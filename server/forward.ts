import { Agent, request as ask, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { createHold, HOLD_HEADER } from './hold.ts';

/** What a page may be sent: nothing, but for the small reports of development's error display. */
const BODY_MAX_BYTES = 256 * 1_024;
const METHODS = ['GET', 'HEAD', 'POST'];

/** Headers of one connection, not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** How soon a reader, and the page that a browser is shown, asks again, s. */
const AGAIN_S = 1;
const ABSENT_PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${AGAIN_S}">
<title>马上就好 · 织网</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center; font: 16px/1.75 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.25rem; }
p { margin: .5rem 0 0; opacity: .7; }
</style>
</head>
<body><main><h1>马上就好</h1><p>页面正在准备，会自动重新打开；节点和终端不受影响。</p></main></body>
</html>
`;

/** The way to the process that renders pages. */
export interface Forward {
  /** Has a request answered there; resolves when the browser has the answer, or is gone. */
  pages(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Joins the browser's connection with one to there: hot reload. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** What may go on of a message's headers. */
function endToEnd<T>(headers: NodeJS.Dict<T>): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

/** Says that there is no page now, unless some of it was sent already. */
function answerAbsent(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isPage = (request.headers.accept ?? '').includes('text/html');
  response.writeHead(503, {
    'Content-Type': isPage ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'Retry-After': AGAIN_S,
  });
  response.end(isPage ? ABSENT_PAGE : 'pages are being started');
}

/** The status for what no page is for. */
function refusalOf({ method = '', headers }: IncomingMessage): number | undefined {
  if (!METHODS.includes(method)) return 405;
  return Number(headers['content-length'] ?? 0) > BODY_MAX_BYTES ? 413 : undefined;
}

/** Takes the pages' answer over: what is set on the response already stays, unless they say otherwise. */
function takeHead(answer: IncomingMessage, response: ServerResponse): void {
  for (const [name, values] of Object.entries(endToEnd(answer.headersDistinct))) {
    if (name === 'set-cookie') response.appendHeader(name, values);
    else response.setHeader(name, values);
  }
}

/** Passes an answer on as it is. */
async function passOn(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  takeHead(answer, response);
  response.writeHead(answer.statusCode ?? 502);
  await pipeline(answer, response);
}

/** Passes a page on with its scripts held, and compresses it in the pages' place. */
async function passHeld(answer: IncomingMessage, response: ServerResponse, nonce: string, zip: boolean): Promise<void> {
  takeHead(answer, response);
  response.removeHeader('Content-Length');
  if (zip) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(answer.statusCode ?? 502);
  // Each piece goes out at once: in the first one the browser finds what to ask for.
  const packed = zip ? [createGzip({ flush: constants.Z_SYNC_FLUSH })] : [];
  await pipeline([answer, createHold(nonce), ...packed, response]);
}

/** Sends a request's body on; one that grows too large ends the browser's connection, and with it everything else. */
function sendBody(request: IncomingMessage, asked: ClientRequest): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) request.destroy();
  });
  request.pipe(asked);
}

/** Makes the way to the pages that answer on the Unix socket `path`. */
export function createForward(path: string): Forward {
  const agent = new Agent({ keepAlive: true });

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const { method, url } = request;
    const refused = refusalOf(request);
    if (refused) {
      // A body may still be under way: the connection ends with the answer.
      response.writeHead(refused, { Connection: 'close' }).end();
      return;
    }
    // A Unix socket has no address that Next could take.
    const headers: Record<string, string | string[]> = {
      ...endToEnd(request.headers),
      'x-forwarded-for': request.socket.remoteAddress ?? '',
    };
    const hold = String(request.headers[HOLD_HEADER] ?? '');
    if (hold) headers['accept-encoding'] = 'identity';
    const asked = ask({ agent, socketPath: path, method, path: url, headers });
    response.once('close', () => {
      // The reader went away.
      if (!response.writableFinished) asked.destroy();
    });
    asked.on('response', (answer) => {
      // Either side may go away in the middle of a page.
      const isPage = answer.headers['content-type']?.startsWith('text/html');
      const zip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      const passed = hold && isPage ? passHeld(answer, response, hold, zip) : passOn(answer, response);
      passed.catch(() => response.destroy());
    });
    asked.on('error', () => {
      if (!response.destroyed) answerAbsent(request, response);
    });
    if (method === 'POST') sendBody(request, asked);
    else asked.end();
  }

  return {
    pages(request, response) {
      return new Promise((done) => {
        if (response.destroyed) return done();
        response.once('close', done);
        // What it throws rejects the promise.
        forward(request, response);
      });
    },
    upgrade(request, socket, head) {
      const joined = connect(path);
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      }
      joined.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
      joined.write(head);
      // pipeline() has ended both when either fails; the browser tries again by itself.
      pipeline(socket, joined).catch(() => socket.destroy());
      pipeline(joined, socket).catch(() => joined.destroy());
    },
  };
}
