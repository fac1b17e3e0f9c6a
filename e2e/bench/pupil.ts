import type { Step } from '../../content/load.ts';
import { fillIn, isNeeded } from '../../server/play.ts';
import type { LabState } from '../../server/protocol.ts';
import { ask, connected, followOutput, LAB, netloomSocket, PROMPT } from './client.ts';

/** ms. Sixty pairs of nodes are made one after the other. */
const START_MS = 240_000;
/** ms. The slowest block installs two packages; a class does that at the same time. */
const BLOCK_MS = 240_000;
/** ms. A verdict that is not there by then will not come. */
const VERDICT_MS = 60_000;
const POLL_MS = 50;
/** What is kept of a terminal's output, to find a word in it. */
const TAIL_CHARS = 16_384;

/** A learner without eyes: works through the public protocol as the page does. */
export interface Pupil {
  /** Starts the nodes and waits for a prompt on each. */
  start(): Promise<void>;
  /** From asking for the nodes to both prompts, ms. */
  promptsMs(): number | undefined;
  /** Types the blocks of a step that the lab needs, and waits until its checkpoints are passed. */
  does(step: Step): Promise<void>;
  passed(): string[];
  /** Why the connection was lost, each time that it was; it comes back by itself, as the page's does. */
  losses(): string[];
  leave(): void;
}

/** Becomes a member of a class by its code, as the form does. */
export async function joinClass(
  url: string,
  cookie: string,
  fields: { code: string; studentNo: string; name: string },
): Promise<void> {
  const response = await fetch(`${url}/join`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  await response.arrayBuffer();
  const where = response.headers.get('location') ?? '';
  if (response.status !== 303 || where.includes('error=')) throw new Error(`joining: ${response.status} ${where}`);
}

async function until(what: string | (() => string), limitMs: number, holds: () => boolean): Promise<void> {
  for (const end = performance.now() + limitMs; !holds(); ) {
    if (performance.now() > end) {
      throw new Error(`${typeof what === 'string' ? what : what()} did not come within ${limitMs / 1_000} s`);
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Opens a learner's page; `told` hears of each checkpoint when it is passed for the first time. */
export async function sitDown(url: string, cookie: string, told: (checkpoint: string) => void): Promise<Pupil> {
  const socket = netloomSocket(url, cookie, true);
  let step = '01-environment';
  /** Offset of the next byte of each terminal that was attached. */
  const next = new Map<string, number>();
  const losses: string[] = [];
  let state: LabState | undefined;
  let promptsMs: number | undefined;
  let marks = 0;
  const passed = new Set<string>();
  const tails = followOutput(socket, TAIL_CHARS);

  socket.on('lab:state', (next: LabState) => {
    state = next;
    for (const [id, { status }] of Object.entries(next.results)) {
      if (status !== 'passed' || passed.has(id)) continue;
      passed.add(id);
      told(id);
    }
  });
  await connected(socket);
  socket.on('terminal:output', (terminal: string, offset: number, bytes: Uint8Array) =>
    next.set(terminal, offset + bytes.length),
  );
  socket.on('disconnect', (reason) => losses.push(reason));
  socket.on('connect', () => {
    const again = async () => {
      state = await ask<LabState>(socket, 'lab:enter', { lab: LAB, step });
      for (const [terminal, after] of next) await ask(socket, 'terminal:attach', { terminal, after });
    };
    again().catch((error) => losses.push(`${error}`));
  });

  function terminalsNow(): { terminal: string; node: string }[] {
    return state?.session.status === 'ready' ? state.session.terminals : [];
  }

  /** How a checkpoint stands, and why, for whoever wants to know why it did not come. */
  function verdictOf(id: string): string {
    const result = state?.results[id];
    const wrong = result?.facts.filter(({ ok }) => !ok).map(({ title, actual }) => `${title}：${actual}`);
    return `（${[result?.status, result?.trouble, ...(wrong ?? [])].filter(Boolean).join('，')}）`;
  }

  /** Types commands on a node and waits until the shell has come past them. */
  async function types(node: string, text: string): Promise<void> {
    const terminal = terminalsNow().find((each) => each.node === node)?.terminal;
    if (!terminal) throw new Error(`${node} has no terminal`);
    marks += 1;
    // What is echoed is not what is printed. In one group, which the shell reads before it runs any of it: apt throws away
    // what is typed while it works.
    const mark = `past-${marks}-here`;
    await ask(socket, 'terminal:input', { terminal, data: `{\n${text.trimEnd()}\n}; echo past-${marks}-"here"\n` });
    await until(
      `the end of «${text.slice(0, 60)}» on ${node}`,
      BLOCK_MS,
      () => tails.get(terminal)?.includes(mark) ?? false,
    );
  }

  return {
    async start() {
      const asked = performance.now();
      state = await ask<LabState>(socket, 'lab:enter', { lab: LAB, step });
      await ask(socket, 'lab:start', { lab: LAB });
      await until('the nodes', START_MS, () => terminalsNow().length >= 2);
      const terminals = terminalsNow().map(({ terminal }) => terminal);
      for (const terminal of terminals) await ask(socket, 'terminal:attach', { terminal, after: null });
      await until('the prompts', START_MS, () => terminals.every((each) => tails.get(each)?.includes(PROMPT)));
      promptsMs = performance.now() - asked;
    },
    promptsMs: () => promptsMs,
    async does({ id, prose, head }) {
      step = id;
      state = await ask<LabState>(socket, 'lab:enter', { lab: LAB, step });
      for (const block of prose.blocks.filter((each) => isNeeded(each) && !each.stream)) {
        const live = () =>
          fillIn(
            block.text,
            Object.fromEntries(Object.entries(state?.values ?? {}).map(([key, { value }]) => [key, value])),
          );
        await until(`a value for «${block.text.slice(0, 60)}»`, VERDICT_MS, () => 'text' in live());
        const filled = live();
        if (!('text' in filled)) throw new Error(`${filled.missing} went away`);
        await Promise.all(block.nodes.map((node) => types(node, filled.text)));
      }
      const missing = () => head.checkpoints.map(({ id }) => id).filter((id) => !passed.has(id));
      await until(
        () => `${id}: ${missing().map((each) => `${each}${verdictOf(each)}`)}`,
        VERDICT_MS,
        () => missing().length === 0,
      );
    },
    passed: () => [...passed],
    losses: () => losses,
    leave: () => socket.disconnect(),
  };
}
