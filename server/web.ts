import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Assets, createAssets } from './assets.ts';
import { createAuthority } from './authority.ts';
import { createClassroom } from './classroom.ts';
import { type Curriculum, openCurriculum } from './curriculum.ts';
import { type Env, recordingsPath, socketPath, storePath } from './env.ts';
import { createFiles } from './files.ts';
import { createFollowing } from './following.ts';
import { createGuides } from './guides.ts';
import { createHistory } from './history.ts';
import { createHttp } from './http.ts';
import type { Labd, LabdNews } from './labd/contract.ts';
import { createMetrics } from './metrics.ts';
import { createPeople } from './people.ts';
import { createPreparing } from './preparing.ts';
import type { News } from './protocol.ts';
import type { AttachNews } from './ptyd/contract.ts';
import { createRecordDesk } from './record-desk.ts';
import { createRecordings } from './recordings.ts';
import { createScreens } from './screen.ts';
import { connectSeam } from './seam.ts';
import { createSessions, type Owned } from './sessions.ts';
import { type Door, openDoor } from './socket.ts';
import type { openSsh } from './ssh.ts';
import { examineStore } from './store/examination.ts';
import { openStore } from './store/store.ts';
import { connectTerminals } from './terminals.ts';

/** How often idle sessions are looked for. */
const SWEEP_MS = 30_000;
/** What ptyd takes as a marker's text. */
const LABEL_MAX_CHARS = 200;

/** Answers the requests for pages. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A web that listens. */
export interface Web {
  port: number;
  /** Where the first account is made; null when there is one. */
  setup: string | null;
  close(): Promise<void>;
}

/**
 * Does everything that takes long and touches nothing another web may be using: it may stand in reserve like this.
 * `open` does the rest, quickly: takes over what is there and listens; it rejects when the port is taken. `pages` is
 * made when the HTTP server exists, because hot reload wants that too. Rejects when the content is wrong.
 */
export async function prepareWeb(
  env: Env,
  log: Logger,
  pages: (http: Server) => Promise<Pages>,
): Promise<{ open(): Promise<Web> }> {
  const fault = (error: unknown, what: string) => log.error({ err: error }, what);
  // Only read: another web may be using it. What a damaged file costs a learner is told before anything is served.
  examineStore(storePath(env.data));
  const curriculum = await openCurriculum({ directory: env.content, tellMistakes: env.dev, fault });
  // In development they change under way, and Next answers for them itself.
  const assets = createAssets(env.dev ? '' : join(env.root, env.site, 'static'));
  const http = createServer();
  const render = await pages(http);
  // Only where it is wanted: the library takes a while.
  const ssh = env.sshPort > 0 ? (await import('./ssh.ts')).openSsh : undefined;
  return { open: () => openWeb({ env, log, fault, curriculum, assets, http, render, ssh }) };
}

async function openWeb(parts: {
  env: Env;
  log: Logger;
  fault(error: unknown, what: string): void;
  curriculum: Curriculum;
  assets: Assets;
  http: Server;
  render: Pages;
  ssh: typeof openSsh | undefined;
}): Promise<Web> {
  const { env, log, fault, curriculum, assets, http, render } = parts;
  // The door opens last, but those who speak through it are made before.
  const door: { open?: Door } = {};
  curriculum.follow((lab, mistake) => {
    const words = `内容有误，继续使用上一个正确的版本：\n${mistake}`;
    if (!mistake) log.info({ lab }, 'content changed');
    // An author reads the terminal; an operator's log is read by programs.
    else if (env.dev) console.error(words);
    else log.warn(words);
    sessions.contentChanged(lab);
    preparing.tell();
    if (!mistake) door.open?.tellAll('content:changed', lab);
  });
  const store = await openStore(storePath(env.data));
  const classroom = createClassroom(store, Date.now);
  const guides = createGuides(store);

  const labd = connectSeam<Labd, LabdNews>({
    path: socketPath(env.data, 'labd'),
    functions: {
      progress: (session, stage, node) => sessions.progress(session, stage, node),
      changed: (session) => sessions.networkChanged(session),
      alarmed: (session, alarms) => sessions.alarmed(session, alarms),
      died: (session, nodes) => sessions.died(session, nodes),
    },
    // One that was started anew follows nobody, makes nothing ahead, and could not say what died meanwhile.
    opened() {
      following.tell();
      preparing.tell();
      sessions.lookAfter().catch((error) => fault(error, 'looking after the nodes'));
    },
  });
  /** Changes are heard of the sessions that somebody looks at. */
  const following = createFollowing({
    labd: labd.remote,
    sessions: () => sessions.running().filter((owned) => door.open?.isWatched(owned)),
    fault,
  });
  const preparing = createPreparing({ labd: labd.remote, labs: curriculum.labs, count: env.pool, fault });
  const history = createHistory({ store, now: Date.now, fault });
  const tell = <N extends keyof News>(terminal: string, name: N, ...news: Parameters<News[N]>) => {
    const owned = sessions.byTerminal(terminal);
    if (owned) door.open?.tellTerminal(owned, name, ...news);
    return owned;
  };
  const ended = (terminal: string, code: number | null) => {
    tell(terminal, 'terminal:ended', terminal, code)?.session.terminalEnded(terminal);
    history.ended(terminal, code);
  };
  const marked: AttachNews['mark'] = (terminal, mark, offset) => {
    const owned = sessions.byTerminal(terminal);
    if (!owned) return;
    history.mark(owned, terminal, mark);
    if (mark.kind === 'D') {
      tell(terminal, 'terminal:command', terminal, mark.code, offset);
      sessions.hint(owned);
    } else if (mark.kind === 'B') tell(terminal, 'terminal:prompt', terminal, true);
    else if (mark.kind === 'C') {
      tell(terminal, 'terminal:prompt', terminal, false);
      sessions.touch(owned);
    }
  };
  /** A ptyd that was started anew has lost its shells, and cannot say so. */
  async function endLost(): Promise<void> {
    // Before the question: one that is opened meanwhile is not in the answer.
    const open = sessions.terminals();
    if (open.length === 0) return;
    const alive = await terminals.list();
    for (const terminal of open) if (!alive.includes(terminal)) ended(terminal, null);
  }
  const terminals = connectTerminals({
    path: socketPath(env.data, 'attach'),
    screens: createScreens(fault),
    mark: marked,
    ended,
    returned: () => void endLost().catch((error) => fault(error, 'comparing terminals')),
  });
  /** Where a checkpoint was passed can be found in what its session's terminals recorded. */
  function labelAll(owned: Owned, text: string): void {
    for (const terminal of owned.session.terminals()) {
      terminals.label(terminal, text).catch((error) => fault(error, 'labelling a recording'));
    }
  }
  const ready = async () => ({
    store: await store.ping().then(
      () => true,
      () => false,
    ),
    labd: labd.connected(),
    ptyd: await terminals.list().then(
      () => true,
      () => false,
    ),
  });
  const metrics = createMetrics({
    token: env.metricsToken,
    sessions: () => sessions.count(),
    terminals: () => sessions.terminals().length,
    ready,
  });
  const sessions = createSessions({
    store,
    labd: labd.remote,
    source: curriculum.source,
    sessionsMax: env.sessionsMax,
    idleMs: env.idleMs,
    now: Date.now,
    changed: (owned, part) => {
      metrics.sessionChanged(owned.session.id, part.session);
      door.open?.tellLab(owned, part);
      following.tellChanged();
    },
    passed: (owned, title) => labelAll(owned, `检查点通过：${title}`.slice(0, LABEL_MAX_CHARS)),
    isHere: (owned) => Boolean(door.open?.isWatched(owned)),
    judged: (status) => metrics.judged(status),
    records: async (person) => env.recordingBytes > 0 && (await store.recordings.allowed(person)),
    fault,
  });
  await sessions.adopt(
    await terminals.list().catch((error) => {
      fault(error, 'ptyd does not answer');
      return [];
    }),
  );

  const authority = createAuthority(store);
  const { labs } = curriculum;
  const recordings = createRecordings({
    directory: recordingsPath(env.data),
    store,
    isOpen: (terminal) => sessions.byTerminal(terminal) !== undefined,
  });
  const people = createPeople({
    store,
    sessions,
    dismiss: (whose) => door.open?.dismiss(whose),
    erase: recordings.erase,
    now: Date.now,
  });
  const offered = env.setup !== '' && (await people.accounts.offerFirst(env.setup));

  const front = createHttp({
    assets,
    classroom,
    sessions,
    guides,
    people,
    files: createFiles(labd.remote),
    fault,
    origins: env.origins,
    dev: env.dev,
    taught: (lab, step) => {
      const steps = curriculum.source(lab)?.lab().steps;
      return steps !== undefined && (step === undefined || steps.some((each) => each.id === step));
    },
    ready,
    records: { authority, store, recordings, labs, now: Date.now },
    metrics,
  });
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
  const ssh = await parts.ssh?.({
    host: env.host,
    port: env.sshPort,
    key: join(env.data, 'ssh', 'host_key'),
    sessions,
    guides,
    terminals,
    now: Date.now,
    fault,
  });
  door.open = openDoor({
    http,
    store,
    classroom,
    authority,
    records: createRecordDesk({ store, labs, recordings, now: Date.now }),
    refused: metrics.refused,
    sessions,
    guides,
    source: curriculum.source,
    terminals,
    history,
    people: people.desk,
    ssh,
    idleMs: env.idleMs,
    allowed: front.allowed,
    looked: () => {
      following.tellChanged();
      sessions.admit();
    },
    fault,
  });
  function backUp(): void {
    store
      .backUp(Date.now())
      .then((file) => file && log.info({ file }, 'the store was backed up'))
      .catch((error) => fault(error, 'backing up the store'));
  }
  const sweep = setInterval(() => {
    const watched = (owned: Owned) => Boolean(door.open?.isWatched(owned));
    // What is typed by ssh passes no socket.
    const used = (owned: Owned) => Boolean(ssh?.isUsed(owned));
    sessions.sweep({ watched, used }).catch((error) => fault(error, 'sweep'));
    backUp();
  }, SWEEP_MS);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(env.port, env.host, resolve);
  });
  const address = http.address();
  return {
    setup: offered ? `/setup/${env.setup}` : null,
    port: typeof address === 'object' && address ? address.port : env.port,
    async close() {
      clearInterval(sweep);
      metrics.close();
      curriculum.close();
      await door.open?.close();
      await ssh?.close();
      http.closeAllConnections();
      sessions.close();
      terminals.close();
      labd.close();
      await store.close();
    },
  };
}
