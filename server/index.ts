import { once } from 'node:events';
import { pino } from 'pino';
import { ContentMistake } from '../content/mistake.ts';
import { type Env, readEnv, socketPath } from './env.ts';
import { createForward } from './forward.ts';
import { goFirst } from './priority.ts';
import { StoreProblem } from './store/trouble.ts';
import { prepareWeb, type Web } from './web.ts';

/**
 * How long web may take to say goodbye before it is simply gone: enough for a page that is being answered, not for a laptop
 * that sleeps, while another web waits for the port. Shells are ptyd's and stay.
 */
const GOODBYE_MS = 250;

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
// It starts no programs that would inherit this.
goFirst((err) => log.warn({ err }, 'web runs at the priority of everything else'));

let web: Web | undefined;
let leaving = false;
const stop = () => {
  // Ctrl-C comes twice: from the terminal to the whole group, and from start.js.
  if (leaving) return;
  leaving = true;
  // In reserve there is nobody to say goodbye to.
  if (!web) process.exit(0);
  setTimeout(() => process.exit(0), GOODBYE_MS).unref();
  web
    .close()
    .catch((error) => log.error({ err: error }, 'closing'))
    .finally(() => process.exit(0));
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// start.js is gone, and with it whoever would start this process again.
process.on('disconnect', stop);

/** What to do about a port that somebody else has. */
function takenPort({ port }: { port?: number }): string {
  const name = port === env.sshPort ? 'NETLOOM_SSH_PORT' : 'PORT';
  const taken = port ?? env.port;
  return `端口 ${taken} 已被占用：换一个端口再启动，例如 ${name}=${taken + 1} npm start`;
}

/** Waits in reserve until start.js says that this web is wanted; one with a unit of its own always is. */
async function turn(): Promise<void> {
  if (!process.send) return;
  process.send({ prepared: true });
  await once(process, 'message');
}

try {
  const forward = createForward(process.argv[2] ?? socketPath(env.data, 'pages'));
  const prepared = await prepareWeb(env, log, async (http) => {
    http.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith('/socket.io/')) return;
      // What nobody takes would hold its connection for ever.
      if (env.dev && request.url?.startsWith('/_next/')) forward.upgrade(request, socket, head);
      else socket.destroy();
    });
    return forward.pages;
  });
  await turn();
  web = await prepared.open();
  // By itself it has nobody who would say where the first account is made: `lab class invite` does.
  process.send?.({ setup: web.setup });
  process.send?.({ port: web.port });
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code;
  const message =
    error instanceof ContentMistake
      ? `实验内容有误，请改正后再启动：\n${error}`
      : error instanceof StoreProblem
        ? error.message
        : code === 'EADDRINUSE'
          ? takenPort(error as { port?: number })
          : undefined;
  if (message) console.error(message);
  else log.fatal({ err: error }, 'web could not start');
  process.exit(1);
}
