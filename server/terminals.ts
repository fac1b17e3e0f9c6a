import { createPlaces, type Place, type Viewer } from './places.ts';
import type { Answers, TerminalSize } from './protocol.ts';
import {
  type Attach,
  type Attached,
  type AttachNews,
  ackFrame,
  inputFrame,
  readFrame,
  type Size,
} from './ptyd/contract.ts';
import { splitReplay } from './replay.ts';
import type { Screens } from './screen.ts';
import { connectSeam } from './seam.ts';

/** How long a replay may take to come over before a viewer is given what is there: it is at most 256 KiB. */
const REPLAY_WAIT_MS = 3_000;

/** Acknowledgements are passed on in steps of this: ptyd's window is 32 times as large, and each costs a message. */
const ACK_STEP_BYTES = 16 * 1024;

/** A place at a terminal from which one only looks. */
export interface Sight {
  /** The viewer's screen has parsed everything before offset. */
  ack(offset: number): void;
  close(): void;
}

/** The owner's place at a terminal. */
export interface View extends Sight {
  /** Types; throws «unavailable» when ptyd cannot be reached. */
  write(typed: string | Uint8Array): void;
  /** What this viewer has room for: it counts if this one decides the size, nobody does, or with `take`. */
  resize(wish: Size, take: boolean): Promise<TerminalSize>;
}

/** Where a viewer begins, as the browser is told. */
export type Beginning = Answers['terminal:attach'];

/** web's side of ptyd: attaches viewers to terminals, and brings them back when ptyd was away. */
export interface Terminals {
  attach(terminal: string, after: number | null, viewer: Viewer): Promise<{ attached: Beginning; view: View }>;
  /** The same with no way to type or to decide. */
  watch(terminal: string, after: number | null, viewer: Viewer): Promise<{ attached: Beginning; view: Sight }>;
  /** Puts a marker into the terminal's recording. */
  label(terminal: string, text: string): Promise<void>;
  /** The terminals whose shell is alive. */
  list(): Promise<string[]>;
  close(): void;
}

/**
 * Connects to ptyd's `attach` socket. `returned` hears of each connection, because what happened before is not told
 * again. `screens` makes what a viewer starts from when the bytes from the beginning are no longer kept.
 */
export function connectTerminals(
  options: AttachNews & { path: string; screens: Screens; returned(): void },
): Terminals {
  const { screens } = options;
  const places = createPlaces();

  const ptyd = connectSeam<Attach, AttachNews>({
    path: options.path,
    functions: {
      mark: options.mark,
      ended(terminal, code) {
        for (const place of places.all()) if (place.terminal === terminal) places.ended(place, code);
        options.ended(terminal, code);
      },
    },
    frame(bytes) {
      const frame = readFrame(bytes);
      const place = frame ? places.get(frame.channel) : undefined;
      if (!frame || !place) return;
      if (frame.kind === 'output') places.output(place, frame.offset, frame.bytes);
      else if (frame.kind === 'size') places.resized(place, frame.size);
    },
    opened() {
      for (const place of places.all()) {
        // Whoever is still waiting for a first answer attaches, or is refused, by that.
        if (!place.attached) continue;
        ptyd.remote.attach(place.channel, place.terminal, place.received).then(
          ({ cols, rows }) => places.resized(place, { cols, rows }),
          () => {
            // Gone again: the next connection is another chance. Else the terminal did not survive.
            if (ptyd.connected()) places.ended(place, null);
          },
        );
      }
      options.returned();
    },
  });

  function acknowledge(place: Place, offset: number): void {
    place.acked = offset;
    ptyd.send(ackFrame(place.channel, offset));
  }

  async function collected(place: Place, live: number): Promise<void> {
    if (place.received >= live) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, REPLAY_WAIT_MS);
      place.arrived = () => {
        if (place.received < live) return;
        clearTimeout(limit);
        resolve();
      };
    });
    place.arrived = undefined;
  }

  /** Where a viewer begins whose screen cannot be made of bytes alone, because their beginning is lost. */
  async function withScreen(place: Place, attached: Attached): Promise<Omit<Beginning, 'live' | 'atPrompt'>> {
    const { from, live, modes, cols, rows } = attached;
    await collected(place, live);
    const replay = splitReplay(place.held ?? [], from, live)?.replay;
    const screen = replay && (await screens.make(place.terminal, { modes, cols, rows, replay }));
    // What came meanwhile is held, too.
    const rest = screen && splitReplay(place.held ?? [], from, live)?.rest;
    // Else the bytes themselves, after what is known of the state before them.
    if (!rest) return { from, screen: modes || null, cols, rows, decides: false };
    place.held = rest;
    acknowledge(place, live);
    // A full-screen program's picture is older than what is kept. If it cannot be asked now, it paints at the next key.
    if (screen.alternate) ptyd.remote.repaint(place.terminal).catch(() => undefined);
    return { from: live, screen: screen.text, cols: screen.cols, rows: screen.rows, decides: false };
  }

  async function sit(place: Place, after: number | null): Promise<Beginning> {
    try {
      const answer = await ptyd.remote.attach(place.channel, place.terminal, after);
      const { from, live, atPrompt, cols, rows } = answer;
      place.attached = true;
      place.size = { cols, rows };
      place.acked = from;
      place.received = Math.max(place.received, from);
      const beginning =
        from > (after ?? 0) ? await withScreen(place, answer) : { from, screen: null, cols, rows, decides: false };
      setImmediate(() => places.release(place));
      return { ...beginning, live, atPrompt };
    } catch (error) {
      places.leave(place);
      throw error;
    }
  }

  function sightOf(place: Place): Sight {
    return {
      ack(offset) {
        if (offset <= place.received && offset - place.acked >= ACK_STEP_BYTES) acknowledge(place, offset);
      },
      close() {
        places.leave(place);
        place.held = undefined;
        // Who cannot be reached has forgotten the viewer already.
        ptyd.remote.detach(place.channel).catch(() => undefined);
      },
    };
  }

  return {
    async attach(terminal, after, viewer) {
      const place = places.add(terminal, viewer);
      const attached = await sit(place, after);
      const view: View = {
        ...sightOf(place),
        write(typed) {
          if (!ptyd.connected()) throw new Error('unavailable');
          ptyd.send(inputFrame(place.channel, typeof typed === 'string' ? Buffer.from(typed, 'utf8') : typed));
        },
        async resize(wish, take) {
          if (!places.decide(place, take)) return { ...place.size, decides: false };
          await ptyd.remote.resize(terminal, wish);
          return { ...wish, decides: places.decides(place) };
        },
      };
      return { attached, view };
    },
    async watch(terminal, after, viewer) {
      const place = places.add(terminal, viewer);
      return { attached: await sit(place, after), view: sightOf(place) };
    },
    label: (terminal, text) => ptyd.remote.label(terminal, text),
    list: () => ptyd.remote.list(),
    close() {
      screens.close();
      ptyd.close();
    },
  };
}
