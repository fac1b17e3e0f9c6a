import { createWriteStream } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two questions whether it is done. */
const POLL = 20;
/** Bytes a second: as fast as it goes, not as a network would bear it. */
const BANDWIDTH = 10_000_000_000;

/**
 * Has QEMU write a machine's memory to a file, by way of a socket, and end. The monitor is QMP's at a path. The machine
 * runs until it is saved: one that was stopped before would not go on by itself.
 */
export async function saveMemory(monitor: string, channel: string, file: string): Promise<void> {
  const draft = `${file}.draft-${process.pid}`;
  const server = createServer();
  const received = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(channel, resolve));
  // The machine's own id, and nobody else, comes as far as its directory.
  await chmod(channel, 0o666);
  const asking = await openMonitor(monitor);
  try {
    await asking.ask('migrate-set-parameters', { 'max-bandwidth': BANDWIDTH });
    await asking.ask('migrate', { uri: `unix:${channel}` });
    await pipeline(await received, createWriteStream(draft));
    for (let status = ''; status !== 'completed'; await sleep(POLL)) {
      ({ status = '' } = (await asking.ask('query-migrate')) as { status?: string });
      if (status === 'failed') throw new Error('QEMU could not save its memory');
    }
    await rename(draft, file);
    await asking.ask('quit').catch(() => undefined); // It may be quicker than its answer.
  } finally {
    asking.close();
    server.close();
    await rm(draft, { force: true });
  }
}

/** The QEMU Machine Protocol: a JSON object on a line for each question, answer and event. */
async function openMonitor(path: string) {
  const socket = connect(path);
  let rest = '';
  let waiting: { resolve(answer: unknown): void; reject(error: Error): void } | undefined;
  const fail = (why: Error) => waiting?.reject(why);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the monitor closed')));
  socket.on('data', (chunk) => {
    rest += chunk.toString();
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const said = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
      if (said.error) waiting?.reject(new Error(`QEMU: ${said.error.desc}`));
      else if ('return' in said) waiting?.resolve(said.return);
    }
  });
  const ask = (execute: string, args: object = {}) =>
    new Promise<unknown>((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    });
  await ask('qmp_capabilities');
  return { ask, close: () => socket.destroy() };
}
