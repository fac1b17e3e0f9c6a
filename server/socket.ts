import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import { answerRequest, Refusal } from './answer.ts';
import type { Classroom } from './classroom.ts';
import { tokenOf } from './cookie.ts';
import type { Answer, Answers, LabState, News, Request, RequestName } from './protocol.ts';
import { requests } from './protocol.ts';
import type { Owned, Sessions } from './sessions.ts';
import type { Terminals, View } from './terminals.ts';

/** A paste arrives in pieces of 32,768 UTF-16 units: at most four bytes each in the worst case, and the envelope. */
const MESSAGE_MAX_BYTES = 160 * 1024;
/** Requests of one socket within ten seconds: fast typing and acknowledgements of a flood stay far below. */
const REQUESTS_PER_WINDOW = 2_000;
const REQUEST_WINDOW_S = 10;
/** Terminals one socket looks at: two screens' worth of all nodes; each keeps a terminal's replay in memory. */
const VIEWS_PER_SOCKET = 48;
/** Browsers and windows of one person at a time. */
const SOCKETS_PER_PERSON = 20;
/** Costly requests of one person within a minute, by name. */
const PER_MINUTE: Partial<Record<RequestName, number>> = {
  'lab:start': 10,
  'lab:reset': 20,
  'checkpoint:check': 60,
  'question:answer': 20,
  'terminal:open': 30,
  // Each may bring a replay of 256 KiB.
  'terminal:attach': 300,
  'me:code': 10,
};

interface Seat {
  person: string;
  /** The terminals this socket looks at. */
  views: Map<string, View>;
}

type Client = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>;
type Handlers = { [N in RequestName]: (request: Request<N>, client: Client) => Promise<Answers[N]> };

/** The door: who may connect, which event calls which method, who is told what. Authority is decided here, once. */
export interface Door {
  tellLab(owned: Owned, state: LabState): void;
  tell<N extends keyof News>(owned: Owned, name: N, ...news: Parameters<News[N]>): void;
  tellAll<N extends keyof News>(name: N, ...news: Parameters<News[N]>): void;
  /** Whether any browser looks at the session now. */
  isWatched(owned: Owned): boolean;
  close(): Promise<void>;
}

function roomOf(owned: Owned): string {
  return `${owned.person}/${owned.lab}`;
}

/** Opens the door on an HTTP server. `allowed` decides on the Origin of a handshake (security.md, point 10). */
export function openDoor(options: {
  http: HttpServer;
  classroom: Classroom;
  sessions: Sessions;
  terminals: Terminals;
  allowed(request: IncomingMessage): boolean;
  fault(error: unknown, what: string): void;
}): Door {
  const { classroom, sessions, terminals, fault } = options;
  const io = new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>(options.http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    maxHttpBufferSize: MESSAGE_MAX_BYTES,
    pingInterval: 10_000,
    pingTimeout: 10_000,
    // Next's hot reload has its own upgrade on the same server.
    destroyUpgrade: false,
    allowRequest: (request, decide) => decide(null, options.allowed(request)),
  });
  const flood = new RateLimiterMemory({ points: REQUESTS_PER_WINDOW, duration: REQUEST_WINDOW_S });
  const costly = new Map(
    Object.entries(PER_MINUTE).map(([name, points]) => [name, new RateLimiterMemory({ points, duration: 60 })]),
  );

  async function within(limiter: RateLimiterMemory | undefined, key: string): Promise<void> {
    // The library rejects with its own result object when the budget is spent.
    await limiter?.consume(key).catch(() => {
      throw new Refusal('too-fast');
    });
  }

  /** The session behind a terminal, if it is this person's. */
  function owning(client: Client, terminal: string): Owned {
    const owned = sessions.byTerminal(terminal);
    if (!owned) throw new Refusal('not-found');
    if (owned.person !== client.data.person) throw new Refusal('not-yours');
    return owned;
  }

  function viewing(client: Client, terminal: string): View {
    const view = client.data.views.get(terminal);
    if (!view) throw new Refusal('not-yours');
    return view;
  }

  async function mine(client: Client, lab: string): Promise<Owned> {
    return sessions.of(client.data.person, lab);
  }

  /** What can be refused is refused at once; the rest of a long job is told as news. */
  async function background(job: Promise<void>, what: string): Promise<null> {
    await Promise.race([job, new Promise((resolve) => setImmediate(resolve))]);
    job.catch((error) => {
      if (!(error instanceof Refusal)) fault(error, what);
    });
    return null;
  }

  const handlers: Handlers = {
    async 'lab:enter'({ lab, step }, client) {
      const owned = await mine(client, lab);
      if (step) owned.session.standAt(step);
      await client.join(roomOf(owned));
      const state = owned.session.state();
      if (state.session.status === 'ready') sessions.hint(owned);
      return state;
    },
    async 'lab:start'({ lab }, client) {
      return background(sessions.start(await mine(client, lab)), 'lab:start');
    },
    async 'lab:reset'({ lab, node }, client) {
      return background((await mine(client, lab)).session.reset(node), 'lab:reset');
    },
    async 'lab:end'({ lab }, client) {
      await sessions.end(await mine(client, lab), 'ended');
      return null;
    },
    async 'checkpoint:check'({ lab, checkpoint }, client) {
      await (await mine(client, lab)).session.judge(true, checkpoint);
      return null;
    },
    async 'question:answer'({ lab, checkpoint, answers }, client) {
      return (await mine(client, lab)).session.answer(checkpoint, answers);
    },
    async 'terminal:open'({ lab, node }, client) {
      return { terminal: await (await mine(client, lab)).session.openTerminal(node) };
    },
    async 'terminal:close'({ lab, terminal }, client) {
      const owned = owning(client, terminal);
      if (owned.lab !== lab) throw new Refusal('not-found');
      await owned.session.closeTerminal(terminal);
      return null;
    },
    async 'terminal:attach'({ terminal, after }, client) {
      owning(client, terminal);
      const { views } = client.data;
      if (views.size >= VIEWS_PER_SOCKET && !views.has(terminal)) throw new Refusal('too-many');
      const { attached, view } = await terminals.attach(terminal, after, {
        output: (offset, bytes) => client.emit('terminal:output', terminal, offset, bytes),
      });
      // Only now: two requests at once must not leave a view that nobody closes.
      views.get(terminal)?.close();
      views.set(terminal, view);
      if (!client.connected) view.close();
      return attached;
    },
    async 'terminal:detach'({ terminal }, client) {
      client.data.views.get(terminal)?.close();
      client.data.views.delete(terminal);
      return null;
    },
    async 'terminal:input'({ terminal, data }, client) {
      owning(client, terminal);
      viewing(client, terminal).write(data);
      return null;
    },
    async 'terminal:resize'({ terminal, cols, rows }, client) {
      owning(client, terminal);
      await terminals.resize(terminal, { cols, rows });
      return null;
    },
    async 'terminal:ack'({ terminal, offset }, client) {
      viewing(client, terminal).ack(offset);
      return null;
    },
    async 'me:code'(_request, client) {
      return classroom.transferCode(client.data.person);
    },
  };

  function listen<N extends RequestName>(client: Client, name: N): void {
    client.on(name as string, async (payload: unknown, reply: unknown) => {
      const answer: Answer<N> = await answerRequest(
        name,
        payload,
        async (request) => {
          await within(flood, client.id);
          await within(costly.get(name), client.data.person);
          return handlers[name](request, client);
        },
        (error) => fault(error, name),
      );
      if (typeof reply === 'function') reply(answer);
    });
  }

  io.use(async (client, next) => {
    try {
      const token = tokenOf(client.request.headers.cookie);
      const person = token ? await classroom.personOf(token) : undefined;
      if (!person) return next(new Error('not-yours'));
      const theirs = [...io.sockets.sockets.values()].filter((other) => other.data.person === person);
      if (theirs.length >= SOCKETS_PER_PERSON) return next(new Error('too-many'));
      client.data.person = person;
      client.data.views = new Map();
      next();
    } catch (error) {
      fault(error, 'handshake');
      next(new Error('internal'));
    }
  });
  io.on('connection', (client: Client) => {
    for (const name of Object.keys(requests) as RequestName[]) listen(client, name);
    client.on('disconnect', () => {
      for (const view of client.data.views.values()) view.close();
      client.data.views.clear();
    });
  });

  return {
    tellLab: (owned, state) => io.to(roomOf(owned)).emit('lab:state', state),
    tell: (owned, name, ...news) => io.to(roomOf(owned)).emit(name, ...news),
    tellAll: (name, ...news) => io.emit(name, ...news),
    isWatched: (owned) => (io.sockets.adapter.rooms.get(roomOf(owned))?.size ?? 0) > 0,
    close: () => io.close(),
  };
}
