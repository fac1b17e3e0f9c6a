import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createClassroom } from './classroom.ts';
import { openCurriculum } from './curriculum.ts';
import { type Env, socketPath } from './env.ts';
import { createHttp } from './http.ts';
import type { Labd, LabdNews } from './labd/contract.ts';
import type { News } from './protocol.ts';
import type { AttachNews } from './ptyd/contract.ts';
import { connectSeam } from './seam.ts';
import { createSessions } from './sessions.ts';
import { type Door, openDoor } from './socket.ts';
import { openStore } from './store/store.ts';
import { connectTerminals } from './terminals.ts';

/** How often idle sessions are looked for. */
const SWEEP_MS = 30_000;

/** Answers the requests for pages. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Puts web together and listens. `pages` is made when the HTTP server exists, because Next wants it for hot reload.
 * Rejects when the port is taken or the content is wrong.
 */
export async function startWeb(
  env: Env,
  log: Logger,
  pages: (http: Server) => Promise<Pages>,
): Promise<{ port: number; close(): Promise<void> }> {
  const fault = (error: unknown, what: string) => log.error({ err: error }, what);
  // The door opens last, but those who speak through it are made before.
  const door: { open?: Door } = {};
  const curriculum = await openCurriculum({
    directory: env.content,
    tellMistakes: env.dev,
    fault,
    changed(lab, mistake) {
      const words = `内容有误，继续使用上一个正确的版本：\n${mistake}`;
      if (!mistake) log.info({ lab }, 'content changed');
      // An author reads the terminal; an operator's log is read by programs.
      else if (env.dev) console.error(words);
      else log.warn(words);
      sessions.contentChanged(lab);
      if (!mistake) door.open?.tellAll('content:changed', lab);
    },
  });
  const store = await openStore(join(env.data, 'store', 'netloom.db'));
  const classroom = createClassroom(store.people, Date.now);

  const labd = connectSeam<Labd, LabdNews>({
    path: socketPath(env.data, 'labd'),
    functions: { progress: (session, stage, node) => sessions.progress(session, stage, node) },
  });
  const tell = <N extends keyof News>(terminal: string, name: N, ...news: Parameters<News[N]>) => {
    const owned = sessions.byTerminal(terminal);
    if (owned) door.open?.tell(owned, name, ...news);
  };
  const ended = (terminal: string, code: number | null) => {
    tell(terminal, 'terminal:ended', terminal, code);
    sessions.byTerminal(terminal)?.session.terminalEnded(terminal);
  };
  const news: AttachNews = {
    ended,
    mark(terminal, kind, code, offset) {
      if (kind === 'D') {
        tell(terminal, 'terminal:command', terminal, code, offset);
        const owned = sessions.byTerminal(terminal);
        if (owned) sessions.hint(owned);
      } else if (kind === 'B') tell(terminal, 'terminal:prompt', terminal, true);
      else if (kind === 'C') tell(terminal, 'terminal:prompt', terminal, false);
    },
  };
  /** A ptyd that was started anew has lost its shells, and cannot say so. */
  async function endLost(): Promise<void> {
    // Before the question: one that is opened meanwhile is not in the answer.
    const open = sessions.terminals();
    if (open.length === 0) return;
    const alive = await terminals.list();
    for (const terminal of open) if (!alive.includes(terminal)) ended(terminal, null);
  }
  const terminals = connectTerminals(socketPath(env.data, 'attach'), news, () => {
    endLost().catch((error) => fault(error, 'comparing terminals'));
  });
  const sessions = createSessions({
    store,
    labd: labd.remote,
    source: curriculum.source,
    sessionsMax: env.sessionsMax,
    idleMs: env.idleMs,
    now: Date.now,
    changed: (owned, state) => door.open?.tellLab(owned, state),
    fault,
  });
  await sessions.adopt(
    await terminals.list().catch((error) => {
      fault(error, 'ptyd does not answer');
      return [];
    }),
  );

  const http = createServer();
  const front = createHttp({
    classroom,
    origins: env.origins,
    dev: env.dev,
    taught: (lab, step) => {
      const steps = curriculum.source(lab)?.lab().steps;
      return steps !== undefined && (step === undefined || steps.some((each) => each.id === step));
    },
    ready: async () => ({
      store: await store.ping().then(
        () => true,
        () => false,
      ),
      labd: labd.connected(),
      ptyd: await terminals.list().then(
        () => true,
        () => false,
      ),
    }),
  });
  const render = await pages(http);
  http.on('request', (request, response) => {
    front
      .handle(request, response)
      .then((done) => (done ? undefined : render(request, response)))
      .catch((error) => {
        fault(error, 'answering a request');
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  door.open = openDoor({ http, classroom, sessions, terminals, allowed: front.allowed, fault });
  const sweep = setInterval(() => {
    sessions.sweep((owned) => door.open?.isWatched(owned) ?? false).catch((error) => fault(error, 'sweep'));
  }, SWEEP_MS);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(env.port, env.host, resolve);
  });
  const address = http.address();
  return {
    port: typeof address === 'object' && address ? address.port : env.port,
    async close() {
      clearInterval(sweep);
      curriculum.close();
      await door.open?.close();
      http.closeAllConnections();
      sessions.close();
      terminals.close();
      labd.close();
      await store.close();
    },
  };
}
