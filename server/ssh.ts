import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import { Refusal } from './answer.ts';
import type { Guides } from './guides.ts';
import type { Answers } from './protocol.ts';
import type { Size } from './ptyd/contract.ts';
import type { Owned, Sessions } from './sessions.ts';
import { openSshTerminal, type SshTerminal } from './ssh-terminal.ts';
import { type Admission, createSshTokens } from './ssh-tokens.ts';
import type { Terminals } from './terminals.ts';

/** ms from the key exchange to the shell: a person pastes a token meanwhile. */
const LOGIN_MS = 60_000;
/** ms from connecting to the end of the key exchange, in which no person takes part. */
const HANDSHAKE_MS = 20_000;
/** ms for the other side to close, once its shell has ended. */
const GOODBYE_MS = 5_000;
/** Wrong tokens of one connection. */
const TRIES = 3;
/** Connections from one address within a minute: a class behind one address opens its terminals at once. */
const CONNECTIONS_PER_MINUTE = 120;
/** Connections at a time. */
const CONNECTIONS_MAX = 500;
/** Terminals by ssh of one person. */
const TERMINALS_PER_PERSON = 4;
/** Bytes of a packet the other side must take at least: ssh2 cuts to what it is told, and with 0 for ever. */
const PACKET_MIN_BYTES = 1_024;
/** Until the client says its own. */
const FIRST_SIZE: Size = { cols: 80, rows: 24 };

const METHODS: ('password' | 'keyboard-interactive')[] = ['keyboard-interactive', 'password'];
const BANNER = '织网：请粘贴实验页面给出的一次性口令（粘贴后不会显示），然后按回车。\r\n';

/** A terminal of one's own: ssh into a node of one's session, with a token from the page. */
export interface Ssh {
  /** `host` is the name, with or without a port, by which the browser knows this server. */
  token(person: string, lab: string, node: string, host: string): Promise<Answers['terminal:ssh']>;
  /** Whether somebody is logged in to a node of this session. */
  isUsed(owned: Owned): boolean;
  readonly port: number;
  /** Lets go of everybody; their shells stay, as tabs on the page. */
  close(): Promise<void>;
}

/** The server's key, made at the first use. */
async function hostKey(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let key: string;
  // Two in a thousand of the keys that ssh2 1.17 makes are such that it cannot read them itself.
  do key = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'netloom' }).private;
  while (ssh2.utils.parseKey(key) instanceof Error);
  await writeFile(path, key, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // Made before: every client knows it by now.
  });
  return readFile(path, 'utf8');
}

/** What ssh shows of a server's key when it meets it for the first time: `SHA256:…` (ssh-keygen(1), -l). */
function fingerprintOf(key: string): string {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  const hash = createHash('sha256').update(parsed.getPublicSSH()).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** The name in a Host header as ssh takes it; what is no name is this machine. */
function hostIn(header: string): string {
  const name = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*))(?::\d+)?$/.exec(header);
  return name?.[1] ?? name?.[2] ?? 'localhost';
}

function sizeOf({ cols, rows }: { cols: number; rows: number }): Size {
  const within = (value: number, min: number, max: number) => Math.min(Math.max(value || 0, min), max);
  return { cols: within(cols, 2, 500), rows: within(rows, 1, 200) };
}

/** Listens for ssh; rejects when the port is taken. */
export async function openSsh(options: {
  host: string;
  port: number;
  /** Where the server's key is kept. */
  key: string;
  sessions: Pick<Sessions, 'of'>;
  guides: Pick<Guides, 'demand' | 'mustType'>;
  terminals: Pick<Terminals, 'attach'>;
  now(): number;
  fault(error: unknown, what: string): void;
}): Promise<Ssh> {
  const { sessions, guides, terminals, fault } = options;
  const tokens = createSshTokens(options.now);
  const limiter = new RateLimiterMemory({ points: CONNECTIONS_PER_MINUTE, duration: 60 });
  /** Every connection, with what ends it when it takes too long to become a terminal. */
  const sockets = new Map<Socket, NodeJS.Timeout>();
  /** Who is logged in, a person as often as there are terminals. */
  const visits = new Set<Admission>();
  let closing = false;

  function endAfter(socket: Socket, ms: number): void {
    clearTimeout(sockets.get(socket));
    sockets.set(
      socket,
      setTimeout(() => socket.destroy(), ms),
    );
  }

  function authenticate(context: AuthContext, accepted: (admission: Admission) => void, wrong: () => void): void {
    const take = (token: string | undefined) => {
      const admission = tokens.take(context.username, token ?? '');
      if (!admission) {
        context.reject(METHODS);
        return wrong();
      }
      accepted(admission);
      context.accept();
    };
    if (context.method === 'password') take(context.password);
    else if (context.method === 'keyboard-interactive') {
      context.prompt([{ prompt: '一次性口令：', echo: false }], (answers) => take(answers[0]));
    } else context.reject(METHODS);
  }

  /** One session per connection, and in it one shell with a terminal; exec, sftp, forwarding have no listener: refused. */
  function serve(session: Session, socket: Socket, admission: Admission): void {
    let size = FIRST_SIZE;
    let hasTerminal = false;
    let terminal: SshTerminal | undefined;
    session.on('pty', (accept, _reject, info) => {
      size = sizeOf(info);
      hasTerminal = true;
      accept?.();
    });
    session.on('window-change', (accept, _reject, info) => {
      size = sizeOf(info);
      terminal?.resize(size);
      accept?.();
    });
    session.once('shell', (accept, reject) => {
      const mine = [...visits].filter(({ person }) => person === admission.person);
      // There is no reject() where no answer was asked for, whatever the typings say.
      if (!hasTerminal || mine.length >= TERMINALS_PER_PERSON) return reject?.();
      const channel = accept();
      // Not in the typings: what the client said when it opened the channel.
      const { packetSize } = (channel as ServerChannel & { outgoing: { packetSize: number } }).outgoing;
      if (packetSize < PACKET_MIN_BYTES) return void socket.destroy();
      clearTimeout(sockets.get(socket));
      visits.add(admission);
      socket.once('close', () => {
        visits.delete(admission);
        if (!closing) terminal?.hangUp();
      });
      channel.once('close', () => socket.end());
      sessions.of(admission.person, admission.lab).then(
        (owned) => {
          if (socket.destroyed) return;
          const finished = () => endAfter(socket, GOODBYE_MS);
          const { node } = admission;
          terminal = openSshTerminal({ owned, node, channel, socket, size, terminals, guides, finished, fault });
        },
        (error) => {
          if (!(error instanceof Refusal)) fault(error, 'a session for ssh');
          socket.destroy();
        },
      );
    });
  }

  function welcome(client: Connection, socket: Socket): void {
    let admission: Admission | undefined;
    let wrong = 0;
    // What strangers send is no fault of ours; the connection ends by itself.
    client.on('error', () => socket.destroy());
    client.once('handshake', () => endAfter(socket, LOGIN_MS));
    client.on('authentication', (context) => {
      // The end takes a while, in which more may come.
      if (wrong >= TRIES) return;
      authenticate(
        context,
        (admitted) => {
          admission = admitted;
        },
        () => {
          wrong += 1;
          if (wrong >= TRIES) client.end();
        },
      );
    });
    client.once('session', (accept) => {
      if (admission) serve(accept(), socket, admission);
    });
  }

  const key = await hostKey(options.key);
  const fingerprint = fingerprintOf(key);
  const server = new ssh2.Server({
    hostKeys: [key],
    ident: 'NetLoom',
    banner: BANNER,
    // Compression costs more than the line here, and a few bytes may unfold to many.
    algorithms: { compress: ['none'] },
  });
  server.on('connection', (client: Connection) => {
    // Not in the typings: the connection's own socket.
    welcome(client, (client as Connection & { _sock: Socket })._sock);
  });

  // A server of our own in front: ssh2 tells of a connection only once it has said who it is.
  const front = createServer((socket) => {
    endAfter(socket, HANDSHAKE_MS);
    socket.setNoDelay(true);
    socket.once('close', () => {
      clearTimeout(sockets.get(socket));
      sockets.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    limiter.consume(socket.remoteAddress ?? '').then(
      () => server.injectSocket(socket),
      () => socket.destroy(),
    );
  });
  front.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(options.port, options.host, resolve);
  });
  const address = front.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    port,
    async token(person, lab, node, host) {
      const { session } = await sessions.of(person, lab);
      if (!session.nodes().includes(node)) throw new Refusal('not-found');
      if (session.status() !== 'ready') throw new Refusal('not-ready');
      const command = `ssh -p ${port} ${node}@${hostIn(host)}`;
      return { command, fingerprint, ...tokens.make({ person, lab, node }) };
    },
    isUsed: ({ person, lab }) => [...visits].some((visit) => visit.person === person && visit.lab === lab),
    async close() {
      closing = true;
      for (const socket of sockets.keys()) socket.destroy();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
