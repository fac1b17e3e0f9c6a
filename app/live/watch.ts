import type { RefusalCode, Watched } from '../../server/protocol.ts';
import { createConnection } from './connection.ts';
import type { TerminalLive, TerminalView } from './live.ts';
import { createStore, type Store } from './store.ts';

/** Everything live that a watcher's page shows. */
export interface WatchView extends TerminalView {
  /** What is to be seen; null before the first answer, and when there is nothing to be seen any more. */
  watched: Watched | null;
  /** Why nothing is to be seen; `over` where it was taken back while somebody looked. */
  closed: RefusalCode | 'over' | null;
  /** The terminal looked at on each node, where the watcher chose one. */
  looked: Record<string, string>;
}

/** Somebody's session as it is seen behind an invitation: looked at, never touched. */
export interface Watch extends TerminalLive {
  readonly view: Store<WatchView>;
  open(): void;
  close(): void;
  /** Asks again at once: for the server, or for the session where it was refused. */
  retry(): void;
  look(node: string, terminal: string): void;
}

const nothing: WatchView = { watched: null, closed: null, looked: {}, connection: 'connecting', epoch: 0, focus: null };

/** Makes the live half of a watcher's page; nothing happens before `open`. */
export function createWatch(code: string): Watch {
  const view = createStore<WatchView>(nothing);
  let seen = false;

  const accept = (watched: Watched | null) => {
    seen ||= watched !== null;
    view.set({ watched, closed: watched ? null : 'over' });
  };

  const connection = createConnection((state) => {
    view.set({ connection: state });
    if (state === 'open') void enter();
  });

  async function enter() {
    // Taken back is final; a code made later is another address.
    if (view.get().closed === 'over') return;
    const answer = await connection.request('lab:watch', { code });
    if (answer.ok) {
      accept(answer.data);
      view.set({ epoch: view.get().epoch + 1 });
    } else if (answer.code === 'not-found' && seen) accept(null);
    // `unavailable` is the connection going again; its own state already says so.
    else if (answer.code !== 'unavailable') view.set({ watched: null, closed: answer.code });
  }

  connection.on('watch:state', accept);

  return {
    view,
    // Nobody runs blocks here, so nobody asks where the prompt is.
    runner: { notePrompt: () => undefined },
    request: connection.request,
    tell: connection.tell,
    on: connection.on,
    open: () => connection.open(),
    close: () => connection.close(),
    retry() {
      if (view.get().connection === 'open') void enter();
      else connection.retry();
    },
    look: (node, terminal) => view.set({ looked: { ...view.get().looked, [node]: terminal } }),
  };
}
