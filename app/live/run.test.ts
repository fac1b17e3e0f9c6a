import { describe, expect, it } from 'vitest';
import type { LabState, News } from '../../server/protocol.ts';
import type { Live, LiveView } from './live.ts';
import { asPaste, createRunner, summary } from './run.ts';
import { createStore } from './store.ts';

const t1 = 'terminal00000001';
const t2 = 'terminal00000002';

/** A live lab whose terminals are told by the test what the shell said. */
function setUp() {
  const listeners: { [E in keyof News]?: News[E][] } = {};
  const sent: [string, string][] = [];
  const state = { session: { status: 'ready', terminals: [{ terminal: t1, node: 'node-1', number: 1 }] } };
  // The runner reads no more of the state and of the view than stands here.
  const view = createStore({ state: state as unknown as LabState } as LiveView);
  const live = {
    view,
    on<E extends keyof News>(event: E, listener: News[E]) {
      const those: News[E][] = listeners[event] ?? [];
      Object.assign(listeners, { [event]: those });
      those.push(listener);
      return () => those.splice(those.indexOf(listener), 1);
    },
    request: async (_name: string, { terminal, data }: { terminal: string; data: string }) => {
      sent.push([terminal, data]);
      return { ok: true, data: null };
    },
    terminalOf: () => t1,
    look: () => undefined,
    openTerminal: async () => {
      const { terminals } = state.session;
      const more = {
        ...state,
        session: { ...state.session, terminals: [...terminals, { ...terminals[0], terminal: t2 }] },
      };
      view.set({ state: more as unknown as LabState });
      return t2;
    },
  } as unknown as Live;
  const runner = createRunner(live);
  const prompt = (terminal: string, at: boolean) =>
    listeners['terminal:prompt']?.slice().forEach((hear) => void hear(terminal, at));
  const end = (terminal: string, code: number) =>
    listeners['terminal:command']?.slice().forEach((hear) => void hear(terminal, code, 0));
  const becomes = async (state: string) => {
    for (const until = Date.now() + 2_000; runner.status('b1').state !== state; ) {
      if (Date.now() > until) throw new Error(`still ${JSON.stringify(runner.status('b1'))}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return runner.status('b1');
  };
  return { runner, sent, prompt, end, becomes };
}
const block = { id: 'b1', nodes: ['node-1'], text: 'ip link\nip route\n' };

describe('asPaste', () => {
  it('clears the line and pastes all lines at once, without the last Enter', () => {
    expect(asPaste('a\nb\n')).toBe('\x05\x15\x1b[200~a\rb\x1b[201~');
  });
  it('lets no escape sequence through', () => {
    expect(asPaste('a\x1b[201~b')).toBe('\x05\x15\x1b[200~a[201~b\x1b[201~');
  });
});

describe('summary', () => {
  it('asks first, then is under way, then tells the worst end', () => {
    const done = (code: number | null) => ({ state: 'done' as const, code });
    expect(summary([done(0), { state: 'blocked', nodes: ['node-2'] }])).toEqual({
      state: 'blocked',
      nodes: ['node-2'],
    });
    expect(summary([done(0), { state: 'running', since: 1 }]).state).toBe('running');
    expect(summary([done(0), done(2)])).toEqual(done(2));
    expect(summary([done(0), done(0)])).toEqual(done(0));
    expect(summary([])).toEqual({ state: 'idle' });
  });
});

describe('runner', () => {
  it('runs at the prompt and tells the exit status', async () => {
    const { runner, sent, prompt, end, becomes } = setUp();
    prompt(t1, true);
    runner.run(block);
    await becomes('running');
    expect(sent).toEqual([[t1, `${asPaste(block.text)}\r`]]);
    prompt(t1, false);
    end(t1, 3);
    expect(await becomes('done')).toEqual({ state: 'done', code: 3, node: 'node-1' });
  });

  it('asks when a program owns the terminal, and runs by itself when the program ends', async () => {
    const { runner, sent, prompt, becomes } = setUp();
    prompt(t1, false);
    runner.run(block);
    expect(await becomes('blocked')).toEqual({ state: 'blocked', nodes: ['node-1'] });
    expect(sent).toEqual([]);
    prompt(t1, true);
    await becomes('running');
    expect(sent).toHaveLength(1);
  });

  it('interrupts on request and runs after the prompt is back', async () => {
    const { runner, sent, prompt, becomes } = setUp();
    prompt(t1, false);
    runner.run(block);
    await becomes('blocked');
    runner.choose('b1', 'interrupt');
    await becomes('waiting');
    prompt(t1, true);
    await becomes('running');
    expect(sent).toEqual([
      [t1, '\x03'],
      [t1, `${asPaste(block.text)}\r`],
    ]);
  });

  it('runs elsewhere on request', async () => {
    const { runner, sent, prompt, becomes } = setUp();
    prompt(t1, false);
    runner.run(block);
    await becomes('blocked');
    runner.choose('b1', 'elsewhere');
    await becomes('waiting');
    prompt(t2, true);
    await becomes('running');
    expect(sent).toEqual([[t2, `${asPaste(block.text)}\r`]]);
  });

  it('forgets the block on request', async () => {
    const { runner, sent, prompt, becomes } = setUp();
    prompt(t1, false);
    runner.run(block);
    await becomes('blocked');
    runner.choose('b1', 'cancel');
    await becomes('idle');
    expect(sent).toEqual([]);
  });

  it('puts a text at the prompt without running it, and not into a program', async () => {
    const { runner, sent, prompt } = setUp();
    prompt(t1, true);
    expect(await runner.put('node-1', 'ip link')).toBe('put');
    expect(sent).toEqual([[t1, '\x05\x15\x1b[200~ip link\x1b[201~']]);
    prompt(t1, false);
    expect(await runner.put('node-1', 'ip link')).toBe('busy');
    expect(sent).toHaveLength(1);
  });
});
