import type { Live } from './live.ts';
import { createStore } from './store.ts';
import { machines } from './words.ts';

/** A command that is just ending gets this long before the learner is asked what to do, ms. */
const SETTLE_MS = 700;
/** How long a shell that has said nothing yet may take to its first prompt before the text is sent anyway, ms. */
const FIRST_PROMPT_MS = 3_000;
/** A block that waits for a program to end is forgotten after this, ms: a late command would come as a surprise. */
const BLOCKED_MS = 120_000;
/** A terminal just opened takes input once this page has attached to it: asked again so often, for so long, ms. */
const ATTACH_MS = 3_000;
const ATTACH_STEP_MS = 100;
/** How long Ctrl-C may take to bring the prompt back, ms. */
const INTERRUPT_MS = 2_500;

const CTRL_C = '\x03';
/** To the end of the line and clear it: what was half typed must not mix with the block. */
const CLEAR_LINE = '\x05\x15';

/** What became of a code block's last run. */
export type RunStatus =
  | { state: 'idle' }
  | { state: 'waiting' | 'running'; since: number }
  | { state: 'done'; code: number | null; node?: string }
  | { state: 'blocked'; nodes: string[] }
  | { state: 'refused'; why: string };

/** A code block to run: its text with live values filled in, and the nodes it is for. */
export interface Runnable {
  id: string;
  nodes: string[];
  text: string;
}

/** What became of a text for the prompt: it stands there, or why it does not. */
export type Put = 'put' | 'busy' | 'no-terminal' | 'not-sent';

type Choice = 'interrupt' | 'elsewhere' | 'cancel';
/** One block on one node. */
interface Job {
  node: string;
  status: RunStatus;
  choose: ((choice: Choice) => void) | null;
}

/** Runs code blocks in the learner's terminals and knows how each went. */
export interface Runner {
  run(block: Runnable): void;
  status(block: string): RunStatus;
  choose(block: string, choice: Choice): void;
  /** Puts a text behind the prompt of the node's terminal in front, in place of what is half typed, without Enter. */
  put(node: string, text: string): Promise<Put>;
  /** What the terminal's own bytes tell of its prompt, where the news of it came before this page. */
  notePrompt(terminal: string, atPrompt: boolean): void;
  readonly changes: { subscribe(listener: () => void): () => void; get(): number };
}

const idle: RunStatus = { state: 'idle' };

/** The text as one paste into a shell, on a line of its own. */
export function asPaste(text: string): string {
  const clean = text.replace(/\x1b/g, '').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  return `${CLEAR_LINE}\x1b[200~${clean.replace(/\n/g, '\r')}\x1b[201~`;
}

/** One status for a block that runs on several nodes: what needs the learner first, then what is under way, then the worst end. */
export function summary(statuses: RunStatus[]): RunStatus {
  const blocked = statuses.flatMap((status) => (status.state === 'blocked' ? status.nodes : []));
  if (blocked.length > 0) return { state: 'blocked', nodes: blocked };
  const first = (want: (status: RunStatus) => boolean) => statuses.find(want);
  return (
    first((status) => status.state === 'refused') ??
    first((status) => status.state === 'waiting') ??
    first((status) => status.state === 'running') ??
    first((status) => status.state === 'done' && status.code !== 0) ??
    statuses[0] ??
    idle
  );
}

/** Makes the runner of a lab. */
export function createRunner(live: Live): Runner {
  const changes = createStore({ version: 0 });
  const jobs = new Map<string, Job[]>();
  /** By terminal: at its prompt or not; absent while nothing is known. */
  const prompts = new Map<string, boolean>();
  const hearPrompt = new Set<(terminal: string, atPrompt: boolean) => void>();

  const notePrompt = (terminal: string, atPrompt: boolean) => {
    prompts.set(terminal, atPrompt);
    for (const hear of [...hearPrompt]) hear(terminal, atPrompt);
  };
  live.on('terminal:prompt', notePrompt);
  live.on('terminal:ended', (terminal) => prompts.delete(terminal));

  const put = (job: Job, status: RunStatus) => {
    job.status = status;
    changes.set({ version: changes.get().version + 1 });
  };

  /** Resolves with true when the prompt is (or comes) there, false after the time. */
  const prompt = (terminal: string, ms: number) =>
    new Promise<boolean>((resolve) => {
      if (prompts.get(terminal) === true) return resolve(true);
      const end = (value: boolean) => {
        clearTimeout(timer);
        hearPrompt.delete(hear);
        resolve(value);
      };
      const hear = (which: string, atPrompt: boolean) => {
        if (which === terminal && atPrompt) end(true);
      };
      const timer = setTimeout(end, ms, false);
      hearPrompt.add(hear);
    });

  /** Resolves with the exit status of what is sent next to this terminal; null when that cannot be known. */
  const commandEnd = (terminal: string) =>
    new Promise<number | null>((resolve) => {
      let busy = false;
      const end = (code: number | null) => {
        for (const off of offs) off();
        hearPrompt.delete(hear);
        resolve(code);
      };
      const hear = (which: string, atPrompt: boolean) => {
        if (which !== terminal) return;
        // The prompt without an exit status: it was told while the connection was away.
        if (atPrompt && busy) end(null);
        busy ||= !atPrompt;
      };
      const offs = [
        live.on('terminal:command', (which, code) => which === terminal && end(code)),
        live.on('terminal:ended', (which) => which === terminal && end(null)),
        live.view.subscribe(() => {
          const session = live.view.get().state?.session;
          const there = session && 'terminals' in session && session.terminals.some((one) => one.terminal === terminal);
          if (!there) end(null);
        }),
      ];
      hearPrompt.add(hear);
    });

  const send = async (terminal: string, data: string) => {
    for (const end = Date.now() + ATTACH_MS; ; ) {
      const answer = await live.request('terminal:input', { terminal, data });
      if (answer.ok) return true;
      if (answer.code !== 'not-yours' || Date.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, ATTACH_STEP_MS));
    }
  };

  /** Asks the learner what to do about the program that owns the terminal; gives the terminal to use, or null. */
  async function settle(job: Job, terminal: string): Promise<string | null> {
    for (;;) {
      put(job, { state: 'blocked', nodes: [job.node] });
      const choice = await Promise.race([
        new Promise<Choice>((resolve) => {
          job.choose = resolve;
        }),
        prompt(terminal, BLOCKED_MS).then((free) => (free ? ('free' as const) : ('cancel' as const))),
      ]);
      job.choose = null;
      if (choice === 'free') return terminal;
      if (choice === 'cancel') return null;
      put(job, { state: 'waiting', since: Date.now() });
      if (choice === 'elsewhere') return live.openTerminal(job.node);
      await send(terminal, CTRL_C);
      if (await prompt(terminal, INTERRUPT_MS)) return terminal;
    }
  }

  async function play(job: Job, text: string) {
    put(job, { state: 'waiting', since: Date.now() });
    let terminal = live.terminalOf(job.node) ?? (await live.openTerminal(job.node));
    if (!terminal) return put(job, { state: 'refused', why: machines.noTerminal });
    const known = prompts.has(terminal);
    const free = await prompt(terminal, known ? SETTLE_MS : FIRST_PROMPT_MS);
    if (!free && prompts.get(terminal) === false) {
      terminal = await settle(job, terminal);
      if (!terminal) return put(job, idle);
      // A new terminal needs a moment to its first prompt.
      await prompt(terminal, FIRST_PROMPT_MS);
    }
    live.look(job.node, terminal);
    const ended = commandEnd(terminal);
    put(job, { state: 'running', since: Date.now() });
    prompts.set(terminal, false);
    if (!(await send(terminal, `${asPaste(text)}\r`))) {
      prompts.delete(terminal);
      return put(job, { state: 'refused', why: machines.notSent });
    }
    put(job, { state: 'done', code: await ended, node: job.node });
  }

  return {
    run(block) {
      const before = jobs.get(block.id);
      if (before?.some((job) => job.status.state === 'waiting' || job.status.state === 'blocked')) return;
      const now = block.nodes.map((node): Job => ({ node, status: idle, choose: null }));
      jobs.set(block.id, now);
      for (const job of now) void play(job, block.text);
    },
    status: (block) => summary(jobs.get(block)?.map((job) => job.status) ?? []),
    choose(block, choice) {
      for (const job of jobs.get(block) ?? []) job.choose?.(choice);
    },
    async put(node, text) {
      const terminal = live.terminalOf(node);
      if (!terminal) return 'no-terminal';
      if (prompts.get(terminal) === false) return 'busy';
      live.look(node, terminal);
      return (await send(terminal, asPaste(text))) ? 'put' : 'not-sent';
    },
    notePrompt,
    changes: { subscribe: changes.subscribe, get: () => changes.get().version },
  };
}
