import type { TerminalSize } from './protocol.ts';
import type { Size } from './ptyd/contract.ts';
import type { Held } from './replay.ts';

/** Someone who looks at a terminal; hears of everything in the order in which the shell did it. */
export interface Viewer {
  output(offset: number, bytes: Buffer): void;
  /** The shell has this size from the next byte on, or another decides it now. */
  resized?(size: TerminalSize): void;
  /** The shell ended with this exit status, null when nobody heard it: nothing more will come. */
  ended?(code: number | null): void;
}

/** A viewer's place at a terminal, over one channel to ptyd. */
export interface Place {
  readonly channel: number;
  readonly terminal: string;
  readonly viewer: Viewer;
  /** The shell's size as this viewer knows it. */
  size: Size;
  /** Offset after the last byte that came. */
  received: number;
  /** What ptyd was last told that the viewer's screen has parsed. */
  acked: number;
  /** Whether ptyd has answered attach. */
  attached: boolean;
  /** Until that answer has been passed on: what came meanwhile, for the answer must reach the browser first. */
  held?: Held[];
  /** Called at each piece of output that is held. */
  arrived?: () => void;
}

/** Everybody's places, and who of those at a terminal decides its size. */
export interface Places {
  add(terminal: string, viewer: Viewer): Place;
  /** The place of a channel, while it is taken. */
  get(channel: number): Place | undefined;
  all(): Place[];
  leave(place: Place): void;
  output(place: Place, offset: number, bytes: Buffer): void;
  /** The shell has this size from the next byte on. */
  resized(place: Place, size: Size): void;
  /** The shell ended: its places are free. */
  ended(place: Place, code: number | null): void;
  /** Tells what was held; from now on everything is told at once. */
  release(place: Place): void;
  /** Whether this place decides the size: it did, nobody does, or it takes that from who did. */
  decide(place: Place, take: boolean): boolean;
  decides(place: Place): boolean;
}

/** Makes places; nobody sits yet. */
export function createPlaces(): Places {
  const places = new Map<number, Place>();
  /** By terminal, while someone decides. */
  const deciders = new Map<string, Place>();
  let lastChannel = 0;

  const decides = (place: Place) => deciders.get(place.terminal) === place;

  function tell(place: Place, news: Held): void {
    if (place.held) {
      place.held.push(news);
      return;
    }
    if ('bytes' in news) place.viewer.output(news.offset, news.bytes);
    else if ('size' in news) place.viewer.resized?.({ ...news.size, decides: decides(place) });
    else place.viewer.ended?.(news.code);
  }

  function leave(place: Place): void {
    places.delete(place.channel);
    if (decides(place)) deciders.delete(place.terminal);
  }

  return {
    add(terminal, viewer) {
      lastChannel += 1;
      const size = { cols: 0, rows: 0 };
      const place: Place = { channel: lastChannel, terminal, viewer, size, received: 0, acked: 0, attached: false };
      place.held = [];
      places.set(lastChannel, place);
      return place;
    },
    get: (channel) => places.get(channel),
    all: () => [...places.values()],
    leave,
    output(place, offset, bytes) {
      place.received = offset + bytes.length;
      tell(place, { offset, bytes });
      place.arrived?.();
    },
    resized(place, size) {
      place.size = size;
      tell(place, { size });
    },
    ended(place, code) {
      leave(place);
      tell(place, { code });
    },
    release(place) {
      const held = place.held ?? [];
      place.held = undefined;
      for (const each of held) tell(place, each);
    },
    decide(place, take) {
      const former = deciders.get(place.terminal);
      if (!places.has(place.channel) || (former && former !== place && !take)) return false;
      deciders.set(place.terminal, place);
      if (former && former !== place) tell(former, { size: former.size });
      return true;
    },
    decides,
  };
}
