import type { INPUT_MAX } from '../../../../../server/protocol.ts';

/** The most one input message may carry, UTF-16 units: the server refuses more. The type keeps it the server's number. */
const PIECE: typeof INPUT_MAX = 32_768;

/** Cuts input into messages the server accepts, never through a surrogate pair. */
export function cut(data: string, most: number = PIECE): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < data.length; ) {
    let to = Math.min(data.length, from + most);
    const last = data.charCodeAt(to - 1);
    if (to < data.length && to - from > 1 && last >= 0xd800 && last <= 0xdbff) to -= 1;
    pieces.push(data.slice(from, to));
    from = to;
  }
  return pieces;
}
