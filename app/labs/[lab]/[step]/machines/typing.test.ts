import { describe, expect, it } from 'vitest';
import type { TerminalLive, TerminalView } from '../../../../live/live.ts';
import { createStore } from '../../../../live/store.ts';
import { createTyping } from './typing.ts';

type Reply = { ok: boolean; code?: string };
const LONG = 'x'.repeat(32_768);

/** A terminal whose input is answered when the test says so. */
function setUp() {
  const sent: string[] = [];
  const told: string[] = [];
  const asked: ((reply: Reply) => void)[] = [];
  const view = createStore<TerminalView>({ connection: 'open', epoch: 1, focus: null });
  const request = (_name: string, { data }: { data: string }) => {
    sent.push(data);
    return new Promise<Reply>((reply) => asked.push(reply));
  };
  // Only input is asked for, and only its being accepted is looked at.
  const live = { view, request } as unknown as TerminalLive;
  const type = createTyping(live, 'terminal00000001', (loss) => told.push(loss));
  const answer = async (reply: Reply) => {
    asked.shift()?.(reply);
    await new Promise(setImmediate);
  };
  return { sent, told, view, type, answer };
}

describe('typing', () => {
  it('sends every key at once, without waiting for the answer to the one before', () => {
    const { sent, type } = setUp();
    for (const key of 'ls\r') void type(key);
    expect(sent).toEqual(['l', 's', '\r']);
  });

  it('sends a long paste piece by piece and keeps what is typed meanwhile behind it', async () => {
    const { sent, type, answer } = setUp();
    void type(`${LONG}${LONG}end`);
    void type('k');
    expect(sent).toEqual([LONG]);
    await answer({ ok: true });
    expect(sent).toHaveLength(2);
    await answer({ ok: true });
    await answer({ ok: true });
    expect(sent.slice(2)).toEqual(['end', 'k']);
    await answer({ ok: true });
    void type('next');
    expect(sent.at(-1)).toBe('next');
  });

  it('gives up the rest of a paste that is refused, lost or interrupted', async () => {
    for (const [reply, loss] of [
      [{ ok: false, code: 'too-fast' }, 'refused'],
      [{ ok: false, code: 'unavailable' }, 'lost'],
    ] as const) {
      const { sent, told, type, answer } = setUp();
      void type(`${LONG}end`);
      await answer(reply);
      expect([sent, told]).toEqual([[LONG], [loss]]);
    }
    const { sent, type, answer } = setUp();
    void type(`${LONG}end`);
    void type('\x03');
    await answer({ ok: true });
    expect(sent).toEqual([LONG, '\x03']);
  });

  it('drops what is typed without a connection, and says so', () => {
    const { sent, told, view, type } = setUp();
    view.set({ connection: 'reconnecting' });
    void type('reboot\r');
    view.set({ connection: 'open' });
    expect([sent, told]).toEqual([[], ['dropped']]);
  });
});
