import type { Size } from './contract.ts';
import type { Ring } from './ring.ts';

/**
 * How far output may run ahead of what a viewer's screen has parsed: all of it comes before the answer to a Ctrl-C. Over
 * 50 ms of network it still lets 5 MB/s through (docs/decisions.md, 2026-11-25).
 */
export const WINDOW_BYTES = 256 * 1024;
/** A paused shell goes on when the fastest viewer is this close again: in small steps, which let others have their turn. */
const RESUME_BYTES = 224 * 1024;
/** The largest message to a viewer. */
const MESSAGE_BYTES = 64 * 1024;
/** Output is gathered for this long under load. */
const GATHER_MS = 2;
/** Less than this within that time is no load: keys, prompts and short answers go out at once, however quick they follow. */
const LIGHT_BYTES = 2 * 1024;
/** Changes of size that are remembered while their place in the output is kept: a border that is dragged for a minute. */
const SIZES_MAX = 256;
/** How fast a shell that nobody looks at may go on: an abandoned `yes` must cost next to nothing. */
const ALONE_BYTES_PER_TICK = 128 * 1024;
const ALONE_TICK_MS = 250;
/** Who left may be back soon (a reload, a new web): until then what he has not confirmed is kept, if the shell must wait. */
const GRACE_MS = 10_000;

/** Someone who looks at a terminal. The bytes are lent: they change after output() has returned. */
export interface Viewer {
  output(offset: number, bytes: Buffer): void;
  /** The shell has this size from the next byte on. */
  resized(size: Size): void;
}

/** Everyone who looks at one terminal, and the flow of its output to them. */
export interface Views {
  /** Begins to send to a viewer from an offset that the ring has; the answer is the size the shell had there. */
  add(viewer: Viewer, from: number): Size;
  remove(viewer: Viewer): void;
  /** The viewer's screen has parsed everything before offset; what cannot be true is ignored. */
  ack(viewer: Viewer, offset: number): void;
  /** From which offset on the ring must keep its bytes. */
  held(): number;
  /** So many bytes have been added to the ring. */
  grown(bytes: number): void;
  /** The shell has this size from the next byte on. */
  resized(size: Size): void;
  /** Sends what was gathered. */
  pump(): void;
  /** Sends all there is, however far behind a viewer is, and nothing after it. */
  close(): void;
}

/** Makes the views of a terminal of this size, whose output may be paused. */
export function createViews(options: { ring: Ring; size: Size; pause(): void; resume(): void }): Views {
  const { ring } = options;
  /** `sized` is the serial number of the size that the viewer was told last. */
  const views = new Map<Viewer, { sent: number; acked: number; sized: number }>();
  /** The sizes since the oldest byte that is kept, with the offset from which on each held. */
  let sizes = [{ serial: 0, at: 0, size: options.size }];
  let paused = false;
  let closed = false;
  let lastSent = 0;
  let unsent = 0;
  /** Bytes since `since`, which is at most GATHER_MS ago. */
  let recent = 0;
  let since = 0;
  let gather: NodeJS.Timeout | undefined;
  /** What the fastest viewer has confirmed, or had when he left; infinite when nobody is waited for. */
  let held = Number.POSITIVE_INFINITY;
  let grace: NodeJS.Timeout | undefined;
  let alone = 0;
  let aloneTimer: NodeJS.Timeout | undefined;

  function send(window: number): void {
    if (gather) clearTimeout(gather);
    gather = undefined;
    lastSent = performance.now();
    unsent = 0;
    for (const [viewer, view] of views) {
      for (;;) {
        const next = sizes.find(({ serial }) => serial > view.sized);
        const end = next ? next.at : ring.end();
        while (view.sent < end && view.sent - view.acked < window) {
          // A viewer that fell behind the ring goes on from its start: the jump in the offset tells it to clear its screen.
          if (view.sent < ring.start()) {
            view.sent = ring.start();
            view.acked = view.sent;
            if (view.sent >= end) break;
          }
          const offset = view.sent;
          const bytes = ring.peek(offset, Math.min(end, offset + MESSAGE_BYTES));
          view.sent += bytes.length;
          viewer.output(offset, bytes);
        }
        if (!next || view.sent < next.at) break;
        view.sized = next.serial;
        viewer.resized(next.size);
      }
    }
  }

  /** The last of the sizes that began at this offset or before. */
  function sizeAt(offset: number): (typeof sizes)[number] {
    return sizes.findLast(({ at }) => at <= offset) ?? (sizes[0] as (typeof sizes)[number]);
  }

  const pump = () => send(WINDOW_BYTES);

  /** A slow or hidden viewer never slows the others; a shell that nobody waits for may go on slowly. */
  function regulate(): void {
    if (closed) return;
    const behind = ring.end() - held;
    const wanted =
      held === Number.POSITIVE_INFINITY
        ? alone >= ALONE_BYTES_PER_TICK
        : behind > (paused ? RESUME_BYTES : WINDOW_BYTES);
    if (wanted === paused) return;
    paused = wanted;
    if (paused) options.pause();
    else options.resume();
  }

  function countAlone(bytes: number): void {
    alone += bytes;
    aloneTimer ??= setTimeout(() => {
      aloneTimer = undefined;
      alone = 0;
      regulate();
    }, ALONE_TICK_MS);
  }

  function hold(): void {
    clearTimeout(grace);
    held = Number.NEGATIVE_INFINITY;
    for (const { acked } of views.values()) held = Math.max(held, acked);
  }

  return {
    add(viewer, from) {
      const { serial, size } = sizeAt(from);
      views.set(viewer, { sent: from, acked: from, sized: serial });
      hold();
      return size;
    },
    remove(viewer) {
      if (!views.delete(viewer)) return;
      if (views.size > 0) hold();
      else {
        grace = setTimeout(() => {
          held = Number.POSITIVE_INFINITY;
          regulate();
        }, GRACE_MS);
      }
      regulate();
    },
    ack(viewer, offset) {
      const view = views.get(viewer);
      if (!view || !(offset > view.acked && offset <= view.sent)) return;
      view.acked = offset;
      held = Math.max(held, offset);
      pump();
      regulate();
    },
    held: () => held,
    grown(bytes) {
      const now = performance.now();
      if (now - since >= GATHER_MS) {
        since = now;
        recent = 0;
      }
      recent += bytes;
      unsent += bytes;
      if (held === Number.POSITIVE_INFINITY) countAlone(bytes);
      else if (unsent >= MESSAGE_BYTES || recent < LIGHT_BYTES || now - lastSent >= GATHER_MS) pump();
      else gather ??= setTimeout(pump, GATHER_MS);
      regulate();
    },
    resized(size) {
      const kept = sizeAt(ring.start());
      sizes = sizes.filter(({ serial }) => serial >= kept.serial).slice(-SIZES_MAX);
      sizes.push({ serial: (sizes.at(-1)?.serial ?? 0) + 1, at: ring.end(), size });
      pump();
      regulate();
    },
    pump() {
      pump();
      regulate();
    },
    close() {
      closed = true;
      send(Number.POSITIVE_INFINITY);
      views.clear();
      clearTimeout(aloneTimer);
      clearTimeout(grace);
    },
  };
}
