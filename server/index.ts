import { createServer } from 'node:http';
import next from 'next';
import { pino } from 'pino';
import { ContentMistake } from '../content/mistake.ts';
import { type Env, readEnv } from './env.ts';
import { startWeb } from './web.ts';

/** How long web may take to say goodbye before it is simply gone; shells are ptyd's and stay. */
const GOODBYE_MS = 2_000;

/** The settings, or the end: start.js has read them before, but this can also be started by a unit of its own. */
function settings(): Env {
  try {
    return readEnv(process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

const env = settings();
const log = pino({ name: 'web', level: env.log }, pino.destination(2));

try {
  process.env.NETLOOM_CONTENT = env.content;
  const web = await startWeb(env, log, async (http) => {
    // A server of Next's own that nobody reaches: it would take over upgrades only after the first page, too late for
    // a page that comes back after a restart.
    const app = next({ dev: env.dev, dir: env.root, hostname: env.host, port: env.port, httpServer: createServer() });
    await app.prepare();
    // getUpgradeHandler() leads past the router, where hot reload is answered; this property, which Next's typings keep
    // to themselves, does not (next/dist/server/next.js, NextCustomServer).
    const { upgradeHandler: upgrade } = app as unknown as { upgradeHandler: ReturnType<typeof app.getUpgradeHandler> };
    http.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith('/socket.io/')) return;
      // What nobody takes would hold its connection for ever.
      if (request.url?.startsWith('/_next/')) upgrade(request, socket, head).catch(() => socket.destroy());
      else socket.destroy();
    });
    const render = app.getRequestHandler();
    return async (request, response) => render(request, response);
  });
  process.send?.({ ready: true, port: web.port });
  let leaving = false;
  const stop = () => {
    // Ctrl-C comes twice: from the terminal to the whole group, and from start.js.
    if (leaving) return;
    leaving = true;
    setTimeout(() => process.exit(0), GOODBYE_MS).unref();
    void web.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code;
  const message =
    error instanceof ContentMistake
      ? `实验内容有误，请改正后再启动：\n${error}`
      : code === 'EADDRINUSE'
        ? `端口 ${env.port} 已被占用：换一个端口再启动，例如 PORT=${env.port + 1} npm start`
        : undefined;
  if (message) console.error(message);
  else log.fatal({ err: error }, 'web could not start');
  process.exit(1);
}
