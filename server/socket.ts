import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type DefaultEventsMap, Server } from 'socket.io';
import { answerRequest, Refusal } from './answer.ts';
import { type Authority, needs } from './authority.ts';
import type { Classroom } from './classroom.ts';
import { createClasswork } from './classwork.ts';
import { tokenOf } from './cookie.ts';
import { actOf } from './gate.ts';
import type { Guides } from './guides.ts';
import type { Handlers } from './handlers.ts';
import { warningOf } from './idle.ts';
import type { LabSource } from './judge.ts';
import type { SessionPart } from './lab-session.ts';
import { createLimits } from './limits.ts';
import type { PeopleDesk } from './people-desk.ts';
import type { Answer, Answers, Command, LabState, News, RefusalCode, Request, RequestName } from './protocol.ts';
import { requests } from './protocol.ts';
import type { RecordDesk } from './record-desk.ts';
import { type Client, createSeat, type Seat } from './seat.ts';
import { hashOf } from './secrets.ts';
import type { Owned, Sessions } from './sessions.ts';
import type { Store } from './store/store.ts';
import type { Terminals } from './terminals.ts';
import { createViewing } from './viewing.ts';
import { parser } from './wire.ts';

/** A paste arrives in pieces of 32,768 UTF-16 units: at most four bytes each in the worst case, and the envelope. */
const MESSAGE_MAX_BYTES = 160 * 1024;
/** Browsers and windows of one person at a time. */
const SOCKETS_PER_PERSON = 20;
/** Of a long input this many UTF-16 units count as one request. */
const UNITS_PER_REQUEST = 1_024;

/** The door: who may connect, which event calls which method, who is told what. Authority is decided here, once. */
export interface Door {
  tellLab(owned: Owned, part: SessionPart): void;
  /** News of a terminal, for its owner and those who watch. */
  tellTerminal<N extends keyof News>(owned: Owned, name: N, ...news: Parameters<News[N]>): void;
  tellAll<N extends keyof News>(name: N, ...news: Parameters<News[N]>): void;
  /** Whether any browser of the owner's looks at the session now. */
  isWatched(owned: Owned): boolean;
  /** Closes the sockets of those who are no longer who they were. */
  dismiss(whose: (seat: Pick<Seat, 'person' | 'browser'>) => boolean): void;
  close(): Promise<void>;
}

function roomOf(owned: Pick<Owned, 'person' | 'lab'>): string {
  return `${owned.person}/${owned.lab}`;
}

/** Opens the door on an HTTP server. `allowed` decides on the Origin of a handshake (security.md, point 10). */
export function openDoor(options: {
  http: HttpServer;
  store: Store;
  classroom: Classroom;
  authority: Authority;
  sessions: Sessions;
  guides: Guides;
  source(lab: string): LabSource | undefined;
  terminals: Terminals;
  history: {
    list(person: string, lab: string): Promise<Command[]>;
    clear(person: string, lab: string): Promise<void>;
  };
  /** Undefined where ssh is off. `host` is the name by which the browser knows this server. */
  ssh?: { token(person: string, lab: string, node: string, host: string): Promise<Answers['terminal:ssh']> };
  /** What answers requests about people and classes. */
  people: PeopleDesk;
  /** How long nodes stay that nobody uses, ms. */
  idleMs: number;
  records: RecordDesk;
  allowed(request: IncomingMessage): boolean;
  /** Something that was asked was refused. */
  refused?(code: RefusalCode): void;
  /** Somebody came to look at a session, or the last one left it. */
  looked(): void;
  fault(error: unknown, what: string): void;
}): Door {
  const { classroom, authority, sessions, guides, terminals, history, fault } = options;
  const limits = createLimits();
  const io = new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Seat>(options.http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    maxHttpBufferSize: MESSAGE_MAX_BYTES,
    parser,
    pingInterval: 10_000,
    pingTimeout: 10_000,
    // Next's hot reload has its own upgrade on the same server.
    destroyUpgrade: false,
    allowRequest(request, decide) {
      const token = tokenOf(request.headers.cookie);
      if (!token || !options.allowed(request)) return decide(null, false);
      limits.handshake(request.socket.remoteAddress ?? '', token).then((may) => decide(null, may));
    },
  });
  for (const event of ['create-room', 'delete-room'] as const) {
    io.of('/').adapter.on(event, (room: string) => {
      options.looked();
      const [person, lab] = room.split('/');
      if (person && lab) classwork.changed({ person, lab });
    });
  }
  const isWatched = (owned: Pick<Owned, 'person' | 'lab'>) =>
    (io.sockets.adapter.rooms.get(roomOf(owned))?.size ?? 0) > 0;
  const classwork = createClasswork({
    ...options,
    io,
    limits,
    isOnline: isWatched,
    tellLab: (owned) => tellLab(owned, owned.session.state()),
  });
  const { audience, helping, helped } = classwork;
  const viewing = createViewing({ sessions, terminals, audience, guides, helping, helped });

  function whole(owned: Owned, part: SessionPart): LabState {
    return {
      ...part,
      ssh: options.ssh !== undefined,
      watchers: audience.count(owned),
      guide: classwork.guideOf(owned),
      idleWarningMs: warningOf(options.idleMs),
    };
  }

  function tellLab(owned: Owned, part: SessionPart): void {
    io.to(roomOf(owned)).emit('lab:state', whole(owned, part));
    audience.tell(owned, part);
    classwork.changed(owned);
  }

  /** One's own session, with which one does something now. */
  async function mine(client: Client, lab: string): Promise<Owned> {
    const owned = await sessions.of(client.data.person, lab);
    sessions.touch(owned);
    return owned;
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
      const owned = await sessions.of(client.data.person, lab);
      // A page that only comes back does nothing.
      if (step && step !== owned.session.step()) sessions.touch(owned);
      if (step) owned.session.standAt(step);
      await guides.read(owned);
      classwork.changed(owned);
      await client.join(roomOf(owned));
      const state = whole(owned, owned.session.state());
      if (state.session.status === 'ready') sessions.hint(owned);
      return state;
    },
    'lab:start': async ({ lab, step }, client) =>
      background(sessions.start(await mine(client, lab), step), 'lab:start'),
    'lab:reset': async ({ lab, ...to }, client) => background((await mine(client, lab)).session.reset(to), 'lab:reset'),
    async 'lab:end'({ lab }, client) {
      await sessions.end(await mine(client, lab), 'ended');
      return null;
    },
    async 'checkpoint:check'({ lab, checkpoint }, client) {
      await (await mine(client, lab)).session.judge(true, checkpoint);
      return null;
    },
    'question:answer': async ({ lab, checkpoint, answers }, client) =>
      (await mine(client, lab)).session.answer(checkpoint, answers),
    async 'hint:open'({ lab, ...hint }, client) {
      await (await mine(client, lab)).session.openHint(hint);
      return null;
    },
    async 'terminal:open'({ lab, node }, client) {
      return { terminal: await (await mine(client, lab)).session.openTerminal(node) };
    },
    async 'terminal:close'({ lab, terminal }, client) {
      const owned = viewing.owned(client, terminal);
      if (owned.lab !== lab) throw new Refusal('not-found');
      await owned.session.closeTerminal(terminal);
      return null;
    },
    'terminal:attach': viewing.attach,
    'terminal:detach': viewing.detach,
    'terminal:input': viewing.input,
    'terminal:resize': viewing.resize,
    'terminal:ack': viewing.ack,
    'terminal:ssh'({ lab, node }, client) {
      if (!options.ssh) throw new Refusal('not-found');
      return options.ssh.token(client.data.person, lab, node, client.handshake.headers.host ?? '');
    },
    'history:list': async ({ lab }, client) => ({ commands: await history.list(client.data.person, lab) }),
    async 'history:clear'({ lab }, client) {
      await history.clear(client.data.person, lab);
      return null;
    },
    'lab:invite': async ({ lab }, client) => audience.invite(await mine(client, lab)),
    async 'lab:uninvite'({ lab }, client) {
      await audience.uninvite(await mine(client, lab));
      return null;
    },
    'lab:watch': ({ code }, client) => audience.admit(client, code),
    'me:code': (_request, client) => classroom.transferCode(client.data.person),
    ...classwork.handlers,
    'me:who': (_request, client) => classroom.me(client.data.person),
    ...options.people,
    ...options.records,
  };

  function run<N extends RequestName>(client: Client, name: N, request: Request<N>): ReturnType<Handlers[N]> {
    const weight = name === 'terminal:input' ? (request as Request<'terminal:input'>).data.length : 0;
    // An acknowledgement that is not heard stops a terminal for good: a quick screen may send as many as it was sent output.
    const isOwed = name === 'terminal:ack' && client.data.hasOutput();
    if (!isOwed && !client.data.may(1 + Math.floor(weight / UNITS_PER_REQUEST))) throw new Refusal('too-fast');
    const { person } = client.data;
    const costly = limits.request(name, person);
    const granted = needs[name] === 'self' ? undefined : authority.demand(person, needs[name], request);
    const act = actOf(name);
    const lab = 'lab' in request ? request.lab : undefined;
    const passed = act && lab !== undefined ? guides.demand({ person, lab }, act) : undefined;
    const asked = costly || granted || passed ? Promise.all([costly, granted, passed]) : undefined;
    const answer = asked ? asked.then(() => handlers[name](request, client)) : handlers[name](request, client);
    // What needs such a right may change who is in a class, and what they are in it.
    if (needs[name] === 'run' || needs[name] === 'own')
      Promise.resolve(answer).then(classwork.membersChanged, () => {});
    return answer as ReturnType<Handlers[N]>;
  }

  function listen<N extends RequestName>(client: Client, name: N): void {
    const isTyped = name === 'terminal:input';
    client.on(name as string, (payload: unknown, reply: unknown) => {
      const answer = typeof reply === 'function' ? (reply as (answer: Answer<N>) => void) : () => undefined;
      const tell = (said: Answer<N>) => {
        if (!said.ok) options.refused?.(said.code);
        if (isTyped) client.data.later(() => answer(said));
        else answer(said);
      };
      answerRequest<N>(
        name,
        payload,
        (request) => run(client, name, request),
        tell,
        (error) => fault(error, name),
      );
    });
  }

  io.use(async (client, next) => {
    try {
      const token = tokenOf(client.request.headers.cookie);
      const person = token ? await classroom.personOf(token) : undefined;
      if (!person) return next(new Error('not-yours'));
      const theirs = [...io.sockets.sockets.values()].filter((other) => other.data.person === person);
      if (theirs.length >= SOCKETS_PER_PERSON) return next(new Error('too-many'));
      client.data = createSeat(person, hashOf(token ?? ''), client);
      next();
    } catch (error) {
      fault(error, 'handshake');
      next(new Error('internal'));
    }
  });
  io.on('connection', (client: Client) => {
    for (const name of Object.keys(requests) as RequestName[]) listen(client, name);
    client.on('disconnect', () => {
      viewing.close(client);
      classwork.leave(client);
    });
  });

  return {
    tellLab,
    tellTerminal: (owned, name, ...news) => io.to([roomOf(owned), audience.roomOf(owned)]).emit(name, ...news),
    tellAll: (name, ...news) => io.emit(name, ...news),
    isWatched,
    dismiss(whose) {
      for (const client of io.sockets.sockets.values()) if (whose(client.data)) client.disconnect(true);
    },
    close() {
      classwork.close();
      return io.close();
    },
  };
}
