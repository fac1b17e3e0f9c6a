import type { Answer, LabState, News, RefusalCode, Request, RequestName, TerminalInfo } from '../../server/protocol.ts';
import { type ConnectionState, createConnection } from './connection.ts';
import { createRunner, type Runner } from './run.ts';
import { createStore, type Store } from './store.ts';

/** A node as the page knows it from the lab's file. */
export interface LabNode {
  name: string;
  label: string;
  address: string;
}

/** What a terminal on a page goes by. */
export interface TerminalView {
  connection: ConnectionState;
  /** Grows each time the lab has been entered on a new connection: then terminals attach again. */
  epoch: number;
  /** The terminal that takes the focus as soon as it is there, after the learner asked for it. */
  focus: { node: string; terminal?: string } | null;
}

/** What a terminal on a page needs: a learner's page has it, and so has a watcher's. */
export interface TerminalLive {
  readonly view: Store<TerminalView>;
  readonly runner: Pick<Runner, 'notePrompt'>;
  request<N extends RequestName>(name: N, payload: Request<N>): Promise<Answer<N>>;
  /** Says and waits for nothing: what nobody answers, such as acknowledgements. */
  tell<N extends RequestName>(name: N, payload: Request<N>): void;
  on<E extends keyof News>(event: E, listener: News[E]): () => void;
}

/** Everything live that a page shows; replaced as a whole, never changed. */
export interface LiveView extends TerminalView {
  state: LabState | null;
  /** Why the last wish was refused, until it is dismissed. */
  refusal: RefusalCode | null;
  /** What to add to Date.now() to get the server's time, ms. */
  clock: number;
  /** The terminal looked at on each node, where the learner chose one. */
  looked: Record<string, string>;
  /** Terminals whose shell ended while this page looked: their last screen stays until it is put away. */
  ended: { info: TerminalInfo; code: number | null }[];
  /** The node whose tab is in front where nodes are shown as tabs. */
  front: string | null;
  /** The node whose terminals fill the window. */
  full: string | null;
  /** The reset that waits for a yes; `node` absent means all nodes, `step` absent the first. */
  resetAsked: { node?: string; step?: string } | null;
  /** Whether the dialog about watchers is open. */
  inviting: boolean;
}

/** One lab, alive: the socket, what it has told, and what can be wished. */
export interface Live extends TerminalLive {
  readonly lab: string;
  readonly view: Store<LiveView>;
  readonly runner: Runner;
  open(): void;
  close(): void;
  retry(): void;
  /** Says at which step the learner stands; the state follows. */
  stand(step: string | null): void;
  /** As request, but a refusal is shown to the learner; true when it went well. */
  wish<N extends RequestName>(name: N, payload: Request<N>): Promise<boolean>;
  /** The terminal in front on a node, or null when the node has none. */
  terminalOf(node: string): string | null;
  /** Brings a terminal to the front of its node, and its node to the front. */
  look(node: string, terminal: string): void;
  openTerminal(node: string): Promise<string | null>;
  closeTerminal(terminal: string): Promise<boolean>;
  /** Puts away the last screen of a terminal that ended. */
  forget(terminal: string): void;
}

const nothing: LiveView = {
  state: null,
  connection: 'connecting',
  refusal: null,
  clock: 0,
  epoch: 0,
  looked: {},
  ended: [],
  front: null,
  full: null,
  focus: null,
  resetAsked: null,
  inviting: false,
};

/** Makes the live half of a lab's page; nothing happens before `open`. */
export function createLive(lab: string): Live {
  const view = createStore<LiveView>(nothing);
  let step: string | null = null;

  const accept = (state: LabState) => {
    const ended = state.session.status === 'ready' ? view.get().ended : [];
    view.set({ state, clock: state.now - Date.now(), ended });
  };

  const connection = createConnection((state) => {
    view.set({ connection: state });
    if (state === 'open') void enter(true);
  });

  async function enter(anew: boolean) {
    const answer = await connection.request('lab:enter', step ? { lab, step } : { lab });
    if (!answer.ok) {
      // `unavailable` is the connection going again; its own state already says so.
      if (answer.code !== 'unavailable') view.set({ refusal: answer.code });
      return;
    }
    accept(answer.data);
    if (anew) view.set({ epoch: view.get().epoch + 1 });
  }

  connection.on('lab:state', (state) => {
    if (state.lab === lab) accept(state);
  });
  connection.on('terminal:ended', (terminal, code) => {
    const { state, ended } = view.get();
    const session = state?.session;
    // One that was closed or reset on purpose is no longer in the state when its shell ends.
    const info = session?.status === 'ready' ? session.terminals.find((one) => one.terminal === terminal) : undefined;
    if (info && !ended.some((one) => one.info.terminal === terminal)) view.set({ ended: [...ended, { info, code }] });
  });

  const live: Live = {
    lab,
    view,
    // The runner is given this object and uses it only when asked to run.
    get runner() {
      return runner;
    },
    open: () => connection.open(),
    close: () => connection.close(),
    retry: () => connection.retry(),
    stand(now) {
      if (now === step) return;
      step = now;
      if (view.get().connection === 'open') void enter(false);
    },
    request: connection.request,
    tell: connection.tell,
    on: connection.on,
    async wish(name, payload) {
      const answer = await connection.request(name, payload);
      view.set({ refusal: answer.ok ? null : answer.code });
      return answer.ok;
    },
    terminalOf(node) {
      const { state, looked } = view.get();
      if (state?.session.status !== 'ready') return null;
      const over = new Set(view.get().ended.map((one) => one.info.terminal));
      const here = state.session.terminals.filter((one) => one.node === node && !over.has(one.terminal));
      return (here.find((one) => one.terminal === looked[node]) ?? here[0])?.terminal ?? null;
    },
    look(node, terminal) {
      const { looked, full } = view.get();
      view.set({ looked: { ...looked, [node]: terminal }, front: node, full: full && node });
    },
    async openTerminal(node) {
      const answer = await connection.request('terminal:open', { lab, node });
      if (!answer.ok) {
        view.set({ refusal: answer.code });
        return null;
      }
      live.look(node, answer.data.terminal);
      return answer.data.terminal;
    },
    forget: (terminal) => view.set({ ended: view.get().ended.filter((one) => one.info.terminal !== terminal) }),
    closeTerminal: (terminal) => live.wish('terminal:close', { lab, terminal }),
  };
  const runner = createRunner(live);
  return live;
}
