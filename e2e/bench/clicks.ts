import type { LabState } from '../../server/protocol.ts';
import { ask, connected, followOutput, LAB, netloomSocket, PROMPT } from './client.ts';
import { becomeGuest } from './netloom.ts';

/** ms. A pair of nodes is there within a second; a busy machine takes longer. */
const PROMPTS_MS = 60_000;
/** What is kept of a terminal's output, to find the prompt in it. */
const TAIL_CHARS = 4_096;

/** A learner at the page's own protocol, who waits for prompts. */
export interface Clicker {
  /** From the click on 启动 to a prompt on each node, ms. */
  start(): Promise<number>;
  /** From the click on 重置 of one node to its new prompt, ms. */
  reset(node: string): Promise<number>;
  /** Gives the nodes back, and leaves. */
  end(): Promise<void>;
}

/** Opens a guest's page; nothing is started yet. */
export async function openClicker(address: string): Promise<Clicker> {
  const socket = netloomSocket(address, await becomeGuest(address));
  let state: LabState | undefined;
  /** Looks whether what is waited for has come, whenever something comes. */
  let look = () => {};
  const tails = followOutput(socket, TAIL_CHARS, () => look());

  socket.on('lab:state', (next: LabState) => {
    state = next;
    for (const { terminal } of terminals()) {
      if (tails.has(terminal)) continue;
      tails.set(terminal, '');
      socket.emit('terminal:attach', { terminal, after: null }, () => undefined);
    }
    look();
  });

  function terminals() {
    return state?.session.status === 'ready' ? state.session.terminals : [];
  }

  /** Asks for something and waits until so many terminals, none of which was there before, are at their prompts. */
  function prompts(count: number, request: string, payload: object): Promise<number> {
    const before = new Set(tails.keys());
    const asked = performance.now();
    return new Promise<number>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no ${count} prompts after ${request}`)), PROMPTS_MS);
      look = () => {
        if (state?.session.status === 'broken') reject(new Error(`the nodes failed: ${state.session.detail}`));
        const fresh = terminals().filter(
          ({ terminal }) => !before.has(terminal) && tails.get(terminal)?.includes(PROMPT),
        );
        if (fresh.length < count) return;
        clearTimeout(limit);
        look = () => {};
        resolve(performance.now() - asked);
      };
      ask(socket, request, payload).catch(reject);
    });
  }

  await connected(socket);
  await ask(socket, 'lab:enter', { lab: LAB });
  return {
    start: () => prompts(2, 'lab:start', { lab: LAB }),
    reset: (node) => prompts(1, 'lab:reset', { lab: LAB, node }),
    async end() {
      await ask(socket, 'lab:end', { lab: LAB });
      socket.disconnect();
    },
  };
}
