import { setTimeout as pause } from 'node:timers/promises';
import { readEnv, recordingsPath, socketPath } from '../env.ts';
import { goFirst } from '../priority.ts';
import { serveSeam } from '../seam.ts';
import {
  type Attach,
  type AttachNews,
  attachCalls,
  type Belonging,
  type Control,
  controlCalls,
  outputFrame,
  outputHead,
  readFrame,
  type Size,
  sizeFrame,
} from './contract.ts';
import { createPtyReader } from './reader.ts';
import type { Recording } from './recording.ts';
import { createRecordings } from './recordings.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import type { Viewer } from './views.ts';

/** Each terminal costs a thread and a file descriptor (terminals.md, node-pty fact 5); kernel.pty.max is 4096. */
const TERMINALS_MAX = 1_000;

/** How long the end waits for a disk that does not take the last of the recordings. */
const GOODBYE_MS = 2_000;

/**
 * The process that owns every pty. It never uses child_process: a child would inherit the masters of all terminals.
 * Listens on `run/control.sock` (labd) and `run/attach.sock` (web) under `data`; records under `recordings`.
 */
export async function createPtyd(options: {
  data: string;
  /** The most that recordings may take; 0 for none. */
  recordingBytes: number;
  fault(error: unknown): void;
}): Promise<{ close(): Promise<void> }> {
  const terminals = new Map<string, Terminal>();
  const webs = new Set<AttachNews>();
  const reader = createPtyReader();
  const recordings =
    options.recordingBytes > 0
      ? createRecordings({
          directory: recordingsPath(options.data),
          maxBytes: options.recordingBytes,
          fault: options.fault,
        })
      : null;

  function tell(news: (web: AttachNews) => void): void {
    for (const web of webs) news(web);
  }

  function recordingOf(name: string, belonging: Belonging, size: Size): Recording | null {
    return belonging.record === false ? null : (recordings?.open(name, belonging, size) ?? null);
  }

  /** The names of those that were opened under another. */
  const names = new Map<Terminal, string>();
  function mustBeFree(name: string): void {
    if (terminals.has(name)) throw new Error(`terminal ${name} is open already`);
  }

  const control: Control = {
    async open(first, command, size, belonging) {
      mustBeFree(first);
      if (terminals.size >= TERMINALS_MAX) throw new Error('too many terminals');
      const nameNow = () => names.get(terminal) ?? first;
      const terminal = createTerminal({
        command,
        size,
        reader,
        recording: recordingOf(first, belonging, size),
        ended: (code) => {
          const name = nameNow();
          names.delete(terminal);
          if (terminals.get(name) === terminal) terminals.delete(name);
          tell((web) => web.ended(name, code));
        },
        mark: (mark, offset) => tell((web) => web.mark(nameNow(), mark, offset)),
      });
      terminals.set(first, terminal);
    },
    async adopt(waiting, name, size, belonging) {
      const terminal = terminals.get(waiting);
      if (!terminal) throw new Error(`no terminal ${waiting}`);
      mustBeFree(name);
      terminals.delete(waiting);
      terminals.set(name, terminal);
      names.set(terminal, name);
      terminal.resize(size);
      const recording = recordingOf(name, belonging, size);
      if (recording) terminal.record(recording);
    },
    async close(name) {
      terminals.get(name)?.close();
    },
    list: async () => [...terminals.keys()],
  };

  const controlSeam = await serveSeam<object, Control>({
    path: socketPath(options.data, 'control'),
    schemas: controlCalls,
    accept: () => ({ functions: control }),
  });

  const attachSeam = await serveSeam<AttachNews, Attach>({
    path: socketPath(options.data, 'attach'),
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
            const head = outputHead(channel, name);
            const viewer: Viewer = {
              output: (offset, bytes) => connection.send(outputFrame(head, offset, bytes)),
              resized: (size) => connection.send(sizeFrame(channel, size)),
            };
            views.set(channel, { terminal, viewer });
            return terminal.attach(viewer, after);
          },
          detach: async (channel) => drop(channel),
          resize: async (name, size) => terminals.get(name)?.resize(size),
          repaint: async (name) => terminals.get(name)?.repaint(),
          label: async (name, text) => terminals.get(name)?.label(text),
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
      await Promise.race([recordings?.close(), pause(GOODBYE_MS)]);
    },
  };
}

if (import.meta.main) {
  const { data, recordingBytes } = readEnv(process.env);
  const fault = (error: unknown) => console.error('ptyd:', error);
  goFirst(fault);
  const ptyd = await createPtyd({ data, recordingBytes, fault });
  process.on('SIGTERM', () => void ptyd.close().then(() => process.exit(0)));
  // A terminal's Ctrl-C reaches the whole group; shells must outlive it.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
}
