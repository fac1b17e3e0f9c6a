import type { RefusalCode } from '../../../../../server/protocol.ts';
import type { TerminalLive } from '../../../../live/live.ts';
import { cut } from './cut.ts';

const CTRL_C = '\x03';

/** Why something typed did not, or perhaps not, come through. */
export type Loss = 'dropped' | 'lost' | 'refused' | 'paused' | 'closed';

function lossOf(code: RefusalCode): Loss {
  if (code === 'unavailable') return 'lost';
  return code === 'paused' || code === 'closed' ? code : 'refused';
}

/** Sends what is typed into a terminal, in order and at once; nothing is ever sent later. */
export function createTyping(
  live: Pick<TerminalLive, 'request' | 'view'>,
  terminal: string,
  tell: (loss: Loss) => void,
): (data: string) => Promise<void> {
  /** What is left of a long paste; what is typed meanwhile waits behind it. */
  let behind: string[] | null = null;

  const send = async (data: string) => {
    const answer = await live.request('terminal:input', { terminal, data });
    // Whether it came before the connection went, nobody knows.
    if (!answer.ok) tell(lossOf(answer.code));
    return answer.ok;
  };

  return async (data) => {
    if (live.view.get().connection !== 'open') return tell('dropped');
    const pieces = cut(data);
    // Whoever interrupts does not want the rest of the paste.
    if (behind && data === CTRL_C) behind.length = 0;
    else if (behind) return void behind.push(...pieces);
    if (pieces.length === 1) return void (await send(data));
    behind = pieces;
    // One after the other: a piece that is refused must not leave a hole in the middle.
    for (let piece = behind.shift(); piece !== undefined && (await send(piece)); ) piece = behind.shift();
    behind = null;
  };
}
