import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readEnv, socketPath } from './env.ts';
import { HOLD_HEADER } from './hold.ts';
import type { Labd } from './labd/contract.ts';
import type { Answer, LabState, Request, RequestName } from './protocol.ts';
import { connectSeam } from './seam.ts';
import { prepareWeb, type Web } from './web.ts';
import { parser } from './wire.ts';

/** A learner's browser, without the browser: a cookie, a socket, and what arrived on it. */
interface Learner {
  ask<N extends RequestName>(name: N, request: Request<N>): Promise<Answer<N>>;
  state(): LabState | undefined;
  screen(terminal: string): string;
  disconnect(): void;
}

const LAB = 'overlay-vxlan';
const data = mkdtempSync(join(tmpdir(), 'netloom-web-'));
const root = join(import.meta.dirname, '..');
const env = {
  ...readEnv({
    NETLOOM_DATA: data,
    NETLOOM_IMAGE: process.env.NETLOOM_IMAGE ?? join(root, 'var/image'),
    NETLOOM_LOG: 'silent',
  }),
  port: 0,
};
const processes: ChildProcess[] = [];
const learners: Learner[] = [];
let web: Web;

function launch(entry: string): void {
  const child = spawn(process.execPath, [join(root, entry)], {
    env: { ...process.env, NETLOOM_DATA: env.data, NETLOOM_IMAGE: env.image, NETLOOM_LOG: 'error' },
    stdio: 'inherit',
  });
  processes.push(child);
}

async function openWeb(): Promise<void> {
  const prepared = await prepareWeb(env, pino({ level: 'silent' }), async () => async (request, response) => {
    response.end(request.headers[HOLD_HEADER] ? 'held page' : 'page');
  });
  web = await prepared.open();
}

/** Opens a page for the cookie, as a browser would. */
async function newCookie(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${web.port}/`, { headers: { accept: 'text/html' } });
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function sit(cookie: string, headers: Record<string, string> = {}): Promise<Learner> {
  const socket: Socket = io(`http://127.0.0.1:${web.port}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    parser,
    extraHeaders: { cookie, ...headers },
  });
  let state: LabState | undefined;
  const screens = new Map<string, string>();
  socket.on('lab:state', (next: LabState) => {
    state = next;
  });
  socket.on('terminal:output', (terminal: string, offset: number, bytes: Buffer) => {
    screens.set(terminal, (screens.get(terminal) ?? '') + Buffer.from(bytes).toString('utf8'));
    socket.emit('terminal:ack', { terminal, offset: offset + bytes.length });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const learner: Learner = {
    ask: (name, request) => socket.timeout(30_000).emitWithAck(name, request),
    state: () => state,
    screen: (terminal) => screens.get(terminal) ?? '',
    disconnect: () => socket.disconnect(),
  };
  learners.push(learner);
  return learner;
}

async function start(learner: Learner): Promise<Extract<LabState['session'], { status: 'ready' }>> {
  await learner.ask('lab:enter', { lab: LAB, step: '02-containers' });
  await learner.ask('lab:start', { lab: LAB });
  return vi.waitFor(() => {
    const session = learner.state()?.session;
    if (session?.status !== 'ready') throw new Error(`session is ${session?.status}`);
    return session;
  }, 20_000);
}

async function attach(learner: Learner, terminal: string, after: number | null = null): Promise<void> {
  const answer = await learner.ask('terminal:attach', { terminal, after });
  expect(answer.ok).toBe(true);
}

beforeAll(async () => {
  launch('server/ptyd/index.ts');
  launch('server/labd/index.ts');
  await openWeb();
});

afterAll(async () => {
  for (const learner of learners) learner.disconnect();
  const labd = connectSeam<Labd, object>({ path: socketPath(env.data, 'labd'), functions: {} });
  for (const { session } of await labd.remote.list()) await labd.remote.destroy(session);
  labd.close();
  await web.close();
  for (const child of processes) child.kill('SIGTERM');
  rmSync(data, { recursive: true, force: true });
});

describe('web, on real nodes', () => {
  it('lets nobody in without a cookie, nor from another site', async () => {
    await expect(sit('')).rejects.toThrow();
    await expect(sit(await newCookie(), { origin: 'http://evil.example' })).rejects.toThrow();
  });

  it('gives one person only so many windows', async () => {
    const cookie = await newCookie();
    await Promise.all(Array.from({ length: 20 }, () => sit(cookie)));
    await expect(sit(cookie)).rejects.toThrow('too-many');
  });

  it('answers what does not parse with bad-request, and goes on', async () => {
    const learner = await sit(await newCookie());
    const wrong = { lab: '../../etc', extra: 1 } as unknown as Request<'lab:enter'>;
    expect(await learner.ask('lab:enter', wrong)).toEqual({ ok: false, code: 'bad-request' });
    expect(await learner.ask('lab:enter', { lab: 'no-such-lab' })).toEqual({ ok: false, code: 'not-found' });
    expect((await learner.ask('lab:enter', { lab: LAB })).ok).toBe(true);
  });

  it('gives a learner two nodes, judges after a command, and keeps shells and results over a restart of web', async () => {
    const cookie = await newCookie();
    const learner = await sit(cookie);
    const { terminals } = await start(learner);
    expect(terminals.map((each) => each.node)).toEqual(['node-1', 'node-2']);
    const terminal = terminals[0]?.terminal ?? '';
    await attach(learner, terminal);
    await vi.waitFor(() => expect(learner.screen(terminal)).toContain('root@node-1'), 5_000);

    await learner.ask('terminal:input', { terminal, data: 'KEPT=织网; ip netns add docker1\r' });
    // It fails before the command, too: for want of a namespace.
    const before = await vi.waitFor(() => {
      const result = learner.state()?.results['containers-node-1'];
      expect(result?.facts.some(({ id, ok }) => id === 'veth' && !ok)).toBe(true);
      return result;
    }, 5_000);
    // Nothing of how to repair it is in what was sent, until it is asked for.
    const veth = (learnerState: LabState | undefined) =>
      learnerState?.results['containers-node-1']?.facts.find(({ id }) => id === 'veth')?.hints;
    expect(JSON.stringify(before)).not.toContain('ip link add veth0');
    const hint = { lab: LAB, checkpoint: 'containers-node-1', fact: 'veth', level: 'hint' } as const;
    expect(await learner.ask('hint:open', hint)).toEqual({ ok: true, data: null });
    expect(await learner.ask('hint:open', { ...hint, level: 'repair' })).toEqual({ ok: true, data: null });
    await vi.waitFor(() => expect(veth(learner.state())?.[1]?.text).toContain('ip link add veth0'));

    learner.disconnect();
    await web.close();
    await openWeb();

    const again = await sit(cookie);
    const entered = await again.ask('lab:enter', { lab: LAB });
    expect(entered.ok && entered.data.session.status).toBe('ready');
    expect(entered.ok && entered.data.results['containers-node-1']).toMatchObject({ status: 'failed', hintsOpened: 2 });
    expect(entered.ok && veth(entered.data)?.[1]?.text).toContain('ip link add veth0');
    await attach(again, terminal);
    await vi.waitFor(() => expect(again.screen(terminal)).toContain('ip netns add docker1'), 5_000);
    await again.ask('terminal:input', { terminal, data: 'echo "[$KEPT]"\r' });
    await vi.waitFor(() => expect(again.screen(terminal)).toContain('[织网]'), 5_000);

    await again.ask('lab:reset', { lab: LAB, node: 'node-1' });
    const other = terminals[1]?.terminal ?? '';
    const reset = await vi.waitFor(() => {
      const session = again.state()?.session;
      if (session?.status !== 'ready') throw new Error('not ready');
      expect(session.terminals.map((each) => each.node).sort()).toEqual(['node-1', 'node-2']);
      return session;
    }, 20_000);
    expect(reset.terminals.some((each) => each.terminal === other)).toBe(true);
    expect(reset.terminals.some((each) => each.terminal === terminal)).toBe(false);
    const fresh = reset.terminals.find((each) => each.node === 'node-1')?.terminal ?? '';
    await attach(again, fresh);
    await again.ask('terminal:input', { terminal: fresh, data: 'ip netns list | wc -l\r' });
    await vi.waitFor(() => expect(again.screen(fresh)).toMatch(/\x070\r\n/), 5_000);
  });

  it('holds the scripts of a step back for who has terminals there, and for nobody else', async () => {
    const cookie = await newCookie();
    const learner = await sit(cookie);
    const open = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`http://127.0.0.1:${web.port}${path}`, {
        headers: { accept: 'text/html', cookie, ...headers },
      });
      return answer.text();
    };
    const step = `/labs/${LAB}/02-containers`;
    expect(await open(step, { [HOLD_HEADER]: 'forged' })).toBe('page');
    await start(learner);
    expect(await open(step)).toBe('held page');
    expect(await open(`${step}?from=home`)).toBe('held page');
    expect(await open('/')).toBe('page');
    expect(await open(step, { cookie: await newCookie() })).toBe('page');
    expect(await open(step, { accept: '*/*' })).toBe('page');
    await learner.ask('lab:end', { lab: LAB });
  });

  it('keeps strangers out of a terminal', async () => {
    const owner = await sit(await newCookie());
    const { terminals } = await start(owner);
    const terminal = terminals[0]?.terminal ?? '';
    const stranger = await sit(await newCookie());
    const refused = { ok: false, code: 'not-yours' };
    expect(await stranger.ask('terminal:attach', { terminal, after: null })).toEqual(refused);
    expect(await stranger.ask('terminal:input', { terminal, data: 'id\r' })).toEqual(refused);
    expect(await stranger.ask('terminal:resize', { terminal, cols: 10, rows: 5, take: true })).toEqual(refused);
    expect(await stranger.ask('terminal:ack', { terminal, offset: 0 })).toEqual(refused);
    expect(await stranger.ask('terminal:close', { lab: LAB, terminal })).toEqual(refused);
    expect((await owner.ask('terminal:attach', { terminal, after: null })).ok).toBe(true);
  });

  it('makes another browser the same person, once', async () => {
    const learner = await sit(await newCookie());
    await start(learner);
    const answer = await learner.ask('me:code', {});
    const code = answer.ok ? answer.data.code : '';
    const post = () =>
      fetch(`http://127.0.0.1:${web.port}/resume`, {
        method: 'POST',
        body: new URLSearchParams({ code: code.toLowerCase() }),
        redirect: 'manual',
      });
    const granted = await post();
    expect(granted.status).toBe(303);
    const other = await sit((granted.headers.get('set-cookie') ?? '').split(';')[0] ?? '');
    const entered = await other.ask('lab:enter', { lab: LAB });
    expect(entered.ok && entered.data.session).toEqual(learner.state()?.session);
    expect((await post()).headers.get('location')).toBe('/resume?error=code');
  });

  it('takes no form longer than a code, whatever its head says', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(512)),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', body: endless, headers, duplex: 'half', redirect: 'manual' } as const;
    expect((await fetch(`http://127.0.0.1:${web.port}/resume`, request)).status).toBe(413);
  });

  it('judges when the network changes, though no shell said so, also after labd was restarted', async () => {
    const labd = connectSeam<Labd, object>({ path: socketPath(env.data, 'labd'), functions: {} });
    const before = new Set((await labd.remote.list()).map(({ session }) => session));
    const learner = await sit(await newCookie());
    await start(learner);
    const mine = (await labd.remote.list()).find(({ session }) => !before.has(session))?.session ?? '';
    const bridge = () =>
      learner
        .state()
        ?.results['containers-node-1']?.facts.map(({ actual }) => actual)
        .join();
    const change = async (script: string) => {
      const limits = { timeoutMs: 10_000, maxBytes: 65_536 };
      expect((await labd.remote.exec(mine, 'node-1', ['bash', '-ec', script], limits)).code).toBe(0);
    };
    await learner.ask('lab:enter', { lab: LAB, step: '02-containers' });
    await vi.waitFor(() => expect(bridge()).toBeDefined(), 5_000);
    await change('ip netns add docker1');
    const first = bridge();
    await change('ip link add veth0 type veth peer name veth1; ip link set veth0 netns docker1');
    await vi.waitFor(() => expect(bridge()).not.toBe(first), 3_000);
    const former = processes.find(({ spawnargs }) => spawnargs.some((word) => word.endsWith('labd/index.ts')));
    former?.kill('SIGKILL');
    await vi.waitFor(() => expect(labd.connected()).toBe(false), 5_000);
    launch('server/labd/index.ts');
    await vi.waitFor(() => expect(labd.connected()).toBe(true), 10_000);
    const second = bridge();
    await change('ip -n docker1 addr add 172.17.0.2/24 dev veth0');
    await vi.waitFor(() => expect(bridge()).not.toBe(second), 5_000);
    labd.close();
  });

  it('tells which shells were lost with ptyd, and opens new ones', async () => {
    const learner = await sit(await newCookie());
    const { terminals } = await start(learner);
    await attach(learner, terminals[0]?.terminal ?? '');
    const ptyd = processes.shift();
    ptyd?.kill('SIGKILL');
    launch('server/ptyd/index.ts');
    await vi.waitFor(() => expect(learner.state()?.session).toMatchObject({ status: 'ready', terminals: [] }), 10_000);
    const opened = await learner.ask('terminal:open', { lab: LAB, node: 'node-1' });
    const terminal = opened.ok ? opened.data.terminal : '';
    await attach(learner, terminal);
    await vi.waitFor(() => expect(learner.screen(terminal)).toContain('root@node-1'), 5_000);
  });
});
