import type { Frame } from '../network/trace.ts';
import { readCapture } from './capture.ts';
import type { Machine } from './nodes/driver.ts';
import type { Heard, Relay } from './relay.ts';
import type { Relays } from './relays.ts';

/** The most that is kept of one link: a thousand small frames, bytes. */
const TAP_BYTES = 512 * 1024;

/** Somewhere to listen: a namespace, an interface in it, and how the place is called in a trace. */
export interface Place {
  /** Where the namespace is; absent: on this host. */
  machine?: Machine | undefined;
  path: string;
  link: string;
  at: Frame['at'];
  /** Another place of the trace at which the same is to be seen, because nobody can listen there. */
  standsFor?: Frame['at'] | undefined;
}

/** Links that are being listened at. */
export interface Taps {
  /** What was heard until now, in the order of time. */
  frames(): Promise<Frame[]>;
  close(): void;
}

/**
 * Listens at places by a filter. A link of the learner's may have gone since it was listed, or carry no Ethernet: nothing is
 * heard there then, and the wire, which is the host's own, still tells what crossed; rejects when that cannot be heard.
 */
export async function openTaps(relays: Relays, places: Place[], filter: Buffer): Promise<Taps> {
  const opened: Relay[] = [];
  const close = () => {
    for (const relay of opened) relay.close();
  };
  try {
    const taps: { place: Place; heard: Heard }[] = [];
    for (const machine of new Set(places.map((place) => place.machine))) {
      const links = places.filter((place) => place.machine === machine);
      const relay = relays.open({ links }, machine);
      opened.push(relay);
      for (const [index, heard] of relay.links.entries()) {
        const place = links[index];
        if (place) taps.push({ place, heard });
      }
    }
    const listening = await Promise.all(taps.map(({ heard }) => heard.listen(filter)));
    const deaf = taps.find(({ place: { at } }, index) => 'wire' in at && !listening[index]);
    if (deaf) throw new Error(`nothing can be heard at ${deaf.place.link} of the wire`);
    // What a link of another kind hears is no Ethernet, and must not be read as that.
    const hearing = taps.filter((_, index) => listening[index]);
    return {
      async frames() {
        const all = await Promise.all(
          hearing.map(async ({ place: { at, standsFor }, heard }) => {
            const frames = readCapture(await heard.frames(TAP_BYTES), at);
            return standsFor ? frames.flatMap((frame) => [frame, { ...frame, at: standsFor }]) : frames;
          }),
        );
        return all.flat().sort((a, b) => a.atMicros - b.atMicros);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
