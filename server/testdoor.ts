import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { io, type Socket } from 'socket.io-client';
import { createAuthority } from './authority.ts';
import { type Classroom, createClassroom } from './classroom.ts';
import { socketPath } from './env.ts';
import { createGuides } from './guides.ts';
import { createPeople, type People } from './people.ts';
import type { Answer, LabState, Request, RequestName, TerminalSize, Watched } from './protocol.ts';
import type { Control } from './ptyd/contract.ts';
import { createRecordDesk } from './record-desk.ts';
import { createScreens } from './screen.ts';
import { connectSeam } from './seam.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { type Door, openDoor } from './socket.ts';
import { openStore, type Store } from './store/store.ts';
import type { Role } from './store/tables.ts';
import { connectTerminals } from './terminals.ts';
import { createFakeLabd, createTestLab } from './testbed.ts';
import { parser } from './wire.ts';

/** Longer than any test takes. */
const IDLE_MS = 600_000;

/** What a test's nodes run: node-1 says `>` and gives back every byte as it is, node-2 is a shell without ornaments. */
const PROGRAMS: Record<string, string[]> = {
  'node-1': ['-c', 'stty raw -echo; printf ">"; exec cat'],
  'node-2': ['-c', 'PS1="$ " exec sh -i'],
};

/** A browser without the browser: what it asked for, and what came. */
export interface TestBrowser {
  socket: Socket;
  ask<N extends RequestName>(name: N, request: Request<N>): Promise<Answer<N>>;
  state(): LabState | undefined;
  watched(): Watched | null | undefined;
  size(terminal: string): TerminalSize | undefined;
  /** Every byte of a terminal that came, in order. */
  bytes(terminal: string): Buffer;
  /** Offset after the last of them. */
  received(terminal: string): number;
  /** Whether output is acknowledged as it comes; it is at first. */
  reads(does: boolean): void;
}

/** A door over a real ptyd whose nodes are plain programs. */
export interface TestDoor {
  port: number;
  sessions: Sessions;
  store: Store;
  truth: ReturnType<typeof createTestLab>['truth'];
  /** Makes a member of a class what they are to be. */
  setRole(classId: string, person: string, role: Role): Promise<void>;
  classroom: Classroom;
  people: People;
  newCookie(): Promise<string>;
  connect(cookie: string): Promise<TestBrowser>;
  /** A new person with a session that is ready; answers its terminals, one for each node. */
  learner(): Promise<{ cookie: string; browser: TestBrowser; terminals: [string, string] }>;
  /** Whether any browser of the owner's has entered the session behind a terminal. */
  isWatched(terminal: string): boolean;
  /** TCP connections to the door. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** What went wrong on a server that must not fail. */
export const faults: unknown[] = [];

function launchPtyd(data: string): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'ptyd/index.ts')], {
    env: { ...process.env, NETLOOM_DATA: data, NETLOOM_RECORDING_MB: '0', NETLOOM_LOG: 'error' },
    stdio: 'inherit',
  });
}

/** Connects as a page does. */
export async function connectBrowser(port: number, cookie: string): Promise<TestBrowser> {
  const socket: Socket = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    parser,
    extraHeaders: { cookie },
  });
  let state: LabState | undefined;
  let watched: Watched | null | undefined;
  let isReading = true;
  const sizes = new Map<string, TerminalSize>();
  const pieces = new Map<string, Buffer[]>();
  const ends = new Map<string, number>();
  socket.on('lab:state', (next: LabState) => {
    state = next;
  });
  socket.on('watch:state', (next: Watched | null) => {
    watched = next;
  });
  socket.on('terminal:size', (terminal: string, size: TerminalSize) => sizes.set(terminal, size));
  socket.on('terminal:output', (terminal: string, offset: number, bytes: Uint8Array) => {
    const mine = pieces.get(terminal) ?? [];
    mine.push(Buffer.from(bytes));
    pieces.set(terminal, mine);
    ends.set(terminal, offset + bytes.length);
    if (isReading) socket.emit('terminal:ack', { terminal, offset: offset + bytes.length });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return {
    socket,
    ask: (name, request) => socket.timeout(10_000).emitWithAck(name, request),
    state: () => state,
    watched: () => watched,
    size: (terminal) => sizes.get(terminal),
    bytes: (terminal) => Buffer.concat(pieces.get(terminal) ?? []),
    received: (terminal) => ends.get(terminal) ?? 0,
    reads(does) {
      isReading = does;
    },
  };
}

/** Opens a door on a free port; `test` is the lab. */
export async function openTestDoor(): Promise<TestDoor> {
  const data = mkdtempSync(join(tmpdir(), 'netloom-door-'));
  const ptyd = launchPtyd(data);
  const control = connectSeam<Control, object>({ path: socketPath(data, 'control'), functions: {} });
  const store = await openStore(':memory:');
  const classroom = createClassroom(store, Date.now);
  const fault = (error: unknown) => void faults.push(error);
  const door: { open?: Door } = {};
  const browsers: TestBrowser[] = [];
  const { source, truth } = createTestLab();
  const ended = (terminal: string, code: number | null) => {
    const owned = sessions.byTerminal(terminal);
    if (owned) door.open?.tellTerminal(owned, 'terminal:ended', terminal, code);
    owned?.session.terminalEnded(terminal);
  };
  const terminals = connectTerminals({
    path: socketPath(data, 'attach'),
    screens: createScreens(fault),
    mark: () => undefined,
    ended,
    returned: () => undefined,
  });
  const sessions = createSessions({
    store,
    labd: {
      ...createFakeLabd(),
      async openTerminal(session, node, terminal, size) {
        const command = { file: '/bin/sh', args: PROGRAMS[node] ?? [], env: { TERM: 'xterm' } };
        await control.remote.open(terminal, command, size, { session, node });
        // What is typed before the program is ready would come back twice.
        let begun: () => void = () => undefined;
        const ready = new Promise<void>((resolve) => {
          begun = resolve;
        });
        const { view } = await terminals.watch(terminal, 0, { output: () => begun() });
        await ready;
        view.close();
      },
      closeTerminal: (terminal) => control.remote.close(terminal),
    },
    source: (lab) => (lab === 'test' ? source : undefined),
    sessionsMax: 100,
    idleMs: IDLE_MS,
    now: Date.now,
    changed: (owned, part) => door.open?.tellLab(owned, part),
    passed: () => undefined,
    fault,
  });
  const people = createPeople({
    store,
    sessions,
    dismiss: (whose) => door.open?.dismiss(whose),
    erase: async () => undefined,
    now: Date.now,
  });
  const http = createServer();
  door.open = openDoor({
    http,
    store,
    classroom,
    authority: createAuthority(store),
    sessions,
    guides: createGuides(store),
    source: (lab) => (lab === 'test' ? source : undefined),
    terminals,
    people: people.desk,
    history: { list: async () => [], clear: async () => undefined },
    idleMs: IDLE_MS,
    records: createRecordDesk({
      store,
      labs: () => [source.lab()],
      recordings: { list: async () => [] },
      now: Date.now,
    }),
    looked: () => undefined,
    allowed: () => true,
    fault,
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const bed: TestDoor = {
    port,
    sessions,
    store,
    truth,
    setRole: (classId, person, role) => store.classes.setRole(classId, person, role),
    classroom,
    people,
    newCookie: async () => `netloom=${await classroom.welcome()}`,
    async connect(cookie) {
      const browser = await connectBrowser(port, cookie);
      browsers.push(browser);
      return browser;
    },
    async learner() {
      const cookie = await bed.newCookie();
      const browser = await bed.connect(cookie);
      await browser.ask('lab:enter', { lab: 'test' });
      const ready = new Promise<[string, string]>((resolve) => {
        browser.socket.on('lab:state', ({ session }: LabState) => {
          if (session.status !== 'ready' || session.terminals.length < 2) return;
          const on = (node: string) => session.terminals.find((each) => each.node === node)?.terminal ?? '';
          resolve([on('node-1'), on('node-2')]);
        });
      });
      await browser.ask('lab:start', { lab: 'test' });
      return { cookie, browser, terminals: await ready };
    },
    isWatched(terminal) {
      const owned = sessions.byTerminal(terminal);
      return owned !== undefined && door.open?.isWatched(owned) === true;
    },
    connections: () => promisify(http.getConnections.bind(http))(),
    async close() {
      for (const { socket } of browsers) socket.disconnect();
      await door.open?.close();
      sessions.close();
      terminals.close();
      control.close();
      await store.close();
      ptyd.kill('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
  return bed;
}
