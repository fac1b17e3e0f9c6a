import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import next from 'next';
import { readEnv, socketPath } from './env.ts';

/**
 * The process that renders pages: Next and nothing else, behind web, on a Unix socket that the command line may name. It
 * is apart because its heap is large and its turns are long, and no keystroke should wait for either.
 */

const env = readEnv(process.env);
const path = process.argv[2] ?? socketPath(env.data, 'pages');

// It holds nothing: what it was answering, web's reader asks for again.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
// start.js is gone, and with it whoever would start this process again.
process.on('disconnect', () => process.exit(0));

// Next's bundle reads the labs itself (app/library.ts).
process.env.NETLOOM_CONTENT = env.content;
// A server of Next's own that nobody reaches: it would take over upgrades only after the first page, too late for a page
// that comes back after a restart.
const app = next({ dev: env.dev, dir: env.root, hostname: env.host, port: env.port, httpServer: createServer() });
await app.prepare();
const render = app.getRequestHandler();
// getUpgradeHandler() leads past the router, where hot reload is answered; this property, which Next's typings keep to
// themselves, does not (next/dist/server/next.js, NextCustomServer).
const { upgradeHandler: upgrade } = app as unknown as { upgradeHandler: ReturnType<typeof app.getUpgradeHandler> };

const http = createServer((request, response) => {
  render(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
http.on('upgrade', (request, socket, head) => {
  upgrade(request, socket, head).catch(() => socket.destroy());
});
// web keeps its connections, and would find them closed just when it wants one.
http.keepAliveTimeout = 0;
// Next loads its pages, which takes a while, in the turn after it says that it is prepared (preloadEntriesOnStart).
await setImmediate();
mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
rmSync(path, { force: true });
await new Promise<void>((resolve, reject) => {
  http.once('error', reject);
  http.listen(path, resolve);
});
chmodSync(path, 0o600);
process.send?.({ listening: true });
