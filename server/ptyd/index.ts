import { join } from 'node:path';
import { readEnv } from '../env.ts';
import { serveSeam } from '../seam.ts';
import {
  type Attach,
  type AttachNews,
  attachCalls,
  type Control,
  controlCalls,
  outputFrame,
  readFrame,
} from './contract.ts';
import { createTerminal, type Terminal, type Viewer } from './terminal.ts';

/** Each terminal costs a thread and a file descriptor (terminals.md, node-pty fact 5); kernel.pty.max is 4096. */
const TERMINALS_MAX = 1_000;

/**
 * The process that owns every pty. It never uses child_process: a child would inherit the masters of all terminals.
 * Listens on `control.sock` (labd) and `attach.sock` (web) in the given directory.
 */
export async function createPtyd(options: { directory: string }): Promise<{ close(): Promise<void> }> {
  const terminals = new Map<string, Terminal>();
  const webs = new Set<AttachNews>();

  function tell(news: (web: AttachNews) => void): void {
    for (const web of webs) news(web);
  }

  const control: Control = {
    async open(name, command, size) {
      if (terminals.has(name)) throw new Error(`terminal ${name} is open already`);
      if (terminals.size >= TERMINALS_MAX) throw new Error('too many terminals');
      const terminal = createTerminal({
        command,
        size,
        ended: (code) => {
          if (terminals.get(name) === terminal) terminals.delete(name);
          tell((web) => web.ended(name, code));
        },
        mark: (mark, offset) => tell((web) => web.mark(name, mark.kind, mark.code, offset)),
      });
      terminals.set(name, terminal);
    },
    async close(name) {
      terminals.get(name)?.close();
    },
    list: async () => [...terminals.keys()],
  };

  const controlSeam = await serveSeam<object, Control>({
    path: join(options.directory, 'control.sock'),
    schemas: controlCalls,
    accept: () => ({ functions: control }),
  });

  const attachSeam = await serveSeam<AttachNews, Attach>({
    path: join(options.directory, 'attach.sock'),
    schemas: attachCalls,
    accept(connection) {
      const views = new Map<number, { terminal: Terminal; viewer: Viewer }>();
      webs.add(connection.remote);
      function drop(channel: number): void {
        const view = views.get(channel);
        if (view) view.terminal.detach(view.viewer);
        views.delete(channel);
      }
      return {
        functions: {
          async attach(channel, name, after) {
            const terminal = terminals.get(name);
            if (!terminal) throw new Error('no such terminal');
            drop(channel);
            const viewer: Viewer = {
              output: (offset, bytes) => connection.send(outputFrame(channel, offset, bytes)),
            };
            views.set(channel, { terminal, viewer });
            return terminal.attach(viewer, after);
          },
          detach: async (channel) => drop(channel),
          resize: async (name, size) => terminals.get(name)?.resize(size),
          list: async () => [...terminals.keys()],
        },
        frame(bytes) {
          const frame = readFrame(bytes);
          const view = frame ? views.get(frame.channel) : undefined;
          if (!frame || !view) return;
          if (frame.kind === 'input') view.terminal.write(frame.bytes);
          else if (frame.kind === 'ack') view.terminal.ack(view.viewer, frame.offset);
        },
        closed() {
          webs.delete(connection.remote);
          for (const channel of [...views.keys()]) drop(channel);
        },
      };
    },
  });

  return {
    async close() {
      for (const terminal of terminals.values()) terminal.close();
      await Promise.all([controlSeam.close(), attachSeam.close()]);
    },
  };
}

if (import.meta.main) {
  const { data } = readEnv(process.env);
  const ptyd = await createPtyd({ directory: join(data, 'run') });
  process.on('SIGTERM', () => void ptyd.close().then(() => process.exit(0)));
  // A terminal's Ctrl-C reaches the whole group; shells must outlive it.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
}
