import {
  type Attach,
  type Attached,
  type AttachNews,
  ackFrame,
  inputFrame,
  readFrame,
  type Size,
} from './ptyd/contract.ts';
import { connectSeam } from './seam.ts';

/** Someone in a browser who looks at a terminal. */
export interface Watcher {
  output(offset: number, bytes: Buffer): void;
}

/** A watcher's place at a terminal. */
export interface View {
  write(text: string): void;
  ack(offset: number): void;
  close(): void;
}

/** web's side of ptyd: attaches watchers to terminals, and brings them back when ptyd was away. */
export interface Terminals {
  attach(terminal: string, after: number | null, watcher: Watcher): Promise<{ attached: Attached; view: View }>;
  resize(terminal: string, size: Size): Promise<void>;
  /** The terminals whose shell is alive. */
  list(): Promise<string[]>;
  close(): void;
}

/** Connects to ptyd's `attach` socket. `returned` hears of each connection, because what happened before is not told again. */
export function connectTerminals(path: string, news: AttachNews, returned: () => void): Terminals {
  interface Place {
    terminal: string;
    watcher: Watcher;
    /** Offset after the last byte that came. */
    received: number;
    /** Until the answer to attach has been passed on: what came before it, for the answer must reach the browser first. */
    held?: { offset: number; bytes: Buffer }[];
  }
  const places = new Map<number, Place>();
  let lastChannel = 0;

  const ptyd = connectSeam<Attach, AttachNews>({
    path,
    functions: news,
    frame(bytes) {
      const frame = readFrame(bytes);
      if (frame?.kind !== 'output') return;
      const place = places.get(frame.channel);
      if (!place) return;
      place.received = frame.offset + frame.bytes.length;
      if (place.held) place.held.push(frame);
      else place.watcher.output(frame.offset, frame.bytes);
    },
    opened() {
      for (const [channel, place] of places) {
        // Whoever is still waiting for a first answer attaches, or is refused, by that.
        if (place.held) continue;
        ptyd.remote.attach(channel, place.terminal, place.received).catch(() => {
          // Gone again: the next connection is another chance. Else the terminal did not survive.
          if (ptyd.connected()) places.delete(channel);
        });
      }
      returned();
    },
  });

  return {
    async attach(terminal, after, watcher) {
      lastChannel += 1;
      const channel = lastChannel;
      const place: Place = { terminal, watcher, received: after ?? 0, held: [] };
      places.set(channel, place);
      try {
        const attached = await ptyd.remote.attach(channel, terminal, after);
        const view: View = {
          write: (text) => ptyd.send(inputFrame(channel, Buffer.from(text, 'utf8'))),
          ack: (offset) => ptyd.send(ackFrame(channel, offset)),
          close() {
            places.delete(channel);
            ptyd.remote.detach(channel).catch(() => undefined);
          },
        };
        setImmediate(() => {
          const held = place.held ?? [];
          place.held = undefined;
          for (const { offset, bytes } of held) watcher.output(offset, bytes);
        });
        return { attached, view };
      } catch (error) {
        places.delete(channel);
        throw error;
      }
    },
    resize: (terminal, size) => ptyd.remote.resize(terminal, size),
    list: () => ptyd.remote.list(),
    close: () => ptyd.close(),
  };
}
