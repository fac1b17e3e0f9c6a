import WebSocket from 'ws';
import { ask, connected, LAB, netloomSocket, type Opened, openNetloom, PROMPT } from './client.ts';
import type { Netloom } from './netloom.ts';
import { listeningPorts, privateKb, until } from './processes.ts';
import { createScreen } from './screen.ts';

/** Windows per learner, each with a terminal on both nodes, as the page has them: 60 terminals for five learners. */
const WINDOWS = 6;
const NODES = ['node-1', 'node-2'];
/** Memory counts as settled when collecting garbage changes it by no more than this, KB; and is given up, looks. */
const SETTLED_KB = 128;
const LOOKS = 20;
const LOOK_MS = 250;
const WAIT_MS = 10_000;

/** A Node process whose garbage can be collected from here, through its inspector (Node: SIGUSR1). */
async function openInspector(pid: number): Promise<{ collect(): Promise<void>; close(): Promise<void> }> {
  const before = listeningPorts(pid);
  process.kill(pid, 'SIGUSR1');
  const port = await until('inspector', WAIT_MS, () => listeningPorts(pid).find((each) => !before.includes(each)));
  const [target] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  let id = 0;
  function call(method: string, params: object = {}): Promise<void> {
    id += 1;
    const mine = id;
    return new Promise((resolve, reject) => {
      const answer = (data: Buffer) => {
        const message = JSON.parse(data.toString());
        if (message.id !== mine) return;
        socket.off('message', answer);
        if (message.error) reject(new Error(message.error.message));
        else resolve();
      };
      socket.on('message', answer);
      socket.send(JSON.stringify({ id: mine, method, params }));
    });
  }
  return {
    collect: () => call('HeapProfiler.collectGarbage'),
    async close() {
      const closed = new Promise((done) => socket.once('close', done));
      // Its answer cannot come any more.
      const expression = "setImmediate(() => process.getBuiltinModule('inspector').close())";
      await call('Runtime.evaluate', { expression });
      await closed;
    },
  };
}

/** Opens a window of the page, its terminals idle at the prompt; hands back what closes it. */
async function openWindow(url: string, cookie: string): Promise<() => Promise<void>> {
  const socket = netloomSocket(url, cookie);
  await connected(socket);
  await ask(socket, 'lab:enter', { lab: LAB });
  const opened: Opened[] = [];
  for (const node of NODES) {
    const screen = createScreen(Number.POSITIVE_INFINITY);
    const prompt = screen.sees(PROMPT, WAIT_MS);
    opened.push(await openNetloom(socket, node, screen));
    await prompt;
  }
  return async () => {
    for (const terminal of opened) await terminal.close();
    socket.disconnect();
  };
}

/** Opens all windows; hands back what closes them. */
async function openWindows({ url, cookies }: Netloom['access']): Promise<() => Promise<void>> {
  const closers: (() => Promise<void>)[] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    closers.push(...(await Promise.all(cookies.map((cookie) => openWindow(url, cookie)))));
  }
  return async () => void (await Promise.all(closers.map((close) => close())));
}

/** Private memory of web and ptyd per terminal that is open, looked at and idle, KB: one value per repetition. */
export async function measureMemory(netloom: Netloom, times: number): Promise<number[]> {
  const pids = Object.values(netloom.pids());
  const terminals = netloom.access.cookies.length * WINDOWS * NODES.length;
  const inspectors = await Promise.all(pids.map(openInspector));

  async function settled(): Promise<number> {
    let last = Number.POSITIVE_INFINITY;
    for (let look = 0; look < LOOKS; look += 1) {
      await Promise.all(inspectors.map((inspector) => inspector.collect()));
      const now = pids.reduce((sum, pid) => sum + privateKb(pid), 0);
      if (Math.abs(now - last) <= SETTLED_KB) return now;
      last = now;
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
    throw new Error('the memory of web and ptyd does not settle');
  }

  try {
    const values: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const before = await settled();
      const close = await openWindows(netloom.access);
      try {
        values.push(((await settled()) - before) / terminals);
      } finally {
        await close();
      }
    }
    return values;
  } finally {
    await Promise.allSettled(inspectors.map((inspector) => inspector.close()));
  }
}
