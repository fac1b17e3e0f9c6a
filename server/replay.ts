import type { Size } from './ptyd/contract.ts';

/** Something that happened in a terminal and that its viewer has not been told yet: output, a size, or its end. */
export type Held = { offset: number; bytes: Buffer } | { size: Size } | { code: number | null };

/** A terminal's output in order, with the sizes that it was written for. */
export type Replay = (Buffer | Size)[];

/** The part of what was held that lies in [from, live), and the rest; null when it is not all there. */
export function splitReplay(held: Held[], from: number, live: number): { replay: Replay; rest: Held[] } | null {
  const replay: Replay = [];
  const rest: Held[] = [];
  let at = from;
  for (const each of held) {
    if (at === live || 'code' in each) rest.push(each);
    else if ('size' in each) replay.push(each.size);
    else {
      if (each.offset !== at) return null;
      const bytes = each.bytes.subarray(0, live - at);
      replay.push(bytes);
      at += bytes.length;
      if (bytes.length < each.bytes.length) rest.push({ offset: live, bytes: each.bytes.subarray(bytes.length) });
    }
  }
  return at === live ? { replay, rest } : null;
}
