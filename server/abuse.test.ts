import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { needs } from './authority.ts';
import type { Answer, Request, RequestName } from './protocol.ts';
import { connectBrowser, faults, openTestDoor, type TestBrowser, type TestDoor } from './testdoor.ts';
import { samples } from './testrequests.ts';

const KIB = 1024;
let door: TestDoor;

beforeAll(async () => {
  door = await openTestDoor();
});

afterAll(async () => {
  await door.close();
  expect(faults).toEqual([]);
});

async function attach(browser: TestBrowser, terminal: string): Promise<void> {
  expect((await browser.ask('terminal:attach', { terminal, after: null })).ok).toBe(true);
}

/** Types a word at the terminal that gives back what it gets, and waits for it; answers how long that took, ms. */
async function echo(browser: TestBrowser, terminal: string, word: string): Promise<number> {
  const began = performance.now();
  await browser.ask('terminal:input', { terminal, data: word });
  await vi.waitFor(() => expect(browser.bytes(terminal).includes(word)).toBe(true), { timeout: 5_000, interval: 2 });
  return performance.now() - began;
}

describe('who may ask what', () => {
  /** What a request that names a terminal is answered; the others can only be about one's own session. */
  const named: Partial<Record<RequestName, { stranger: string; watcher: string }>> = {
    'terminal:attach': { stranger: 'not-yours', watcher: 'ok' },
    'terminal:detach': { stranger: 'ok', watcher: 'ok' },
    'terminal:ack': { stranger: 'not-yours', watcher: 'ok' },
    'terminal:input': { stranger: 'not-yours', watcher: 'not-yours' },
    'terminal:resize': { stranger: 'not-yours', watcher: 'not-yours' },
    'terminal:close': { stranger: 'not-yours', watcher: 'not-yours' },
  };
  const refusedToAll: Partial<Record<RequestName, string>> = {
    // Nothing was judged yet.
    'hint:open': 'not-found',
    'terminal:ssh': 'not-found',
    'lab:watch': 'not-found',
    'invite:look': 'not-found',
    // Who learns in no class has nobody to be helped by.
    'help:answer': 'not-found',
    'hand:raise': 'not-found',
  };

  /** What one asks for oneself; what needs a right is walked in authority.test.ts. */
  const selfish = (Object.keys(samples) as RequestName[]).filter((name) => needs[name] === 'self');

  function codeOf(answer: Answer<RequestName>): string {
    return answer.ok ? 'ok' : answer.code;
  }

  it('lets nobody in without a cookie, or with one that was made up', async () => {
    await expect(connectBrowser(door.port, '')).rejects.toThrow();
    await expect(connectBrowser(door.port, `netloom=${'A'.repeat(43)}`)).rejects.toThrow('not-yours');
  });

  it.each(selfish)('%s: the owner’s session is the owner’s', async (name) => {
    const { browser: owner, terminals } = await door.learner();
    const [terminal] = terminals;
    const invited = await owner.ask('lab:invite', { lab: 'test' });
    await attach(owner, terminal);
    const before = owner.state()?.session;
    const untouched = async () => {
      const entered = await owner.ask('lab:enter', { lab: 'test' });
      expect(entered.ok && entered.data.session).toEqual(before);
      await echo(owner, terminal, 'still here');
      expect(owner.bytes(terminal).toString()).not.toContain('typed');
      expect(owner.size(terminal)).toBeUndefined();
    };

    const stranger = await door.connect(await door.newCookie());
    const toStranger = codeOf(await stranger.ask(name, samples[name](terminal) as never));
    if (named[name]) expect(toStranger).toBe(named[name].stranger);
    await untouched();

    const watcher = await door.connect(await door.newCookie());
    expect((await watcher.ask('lab:watch', { code: invited.ok ? invited.data.code : '' })).ok).toBe(true);
    await attach(watcher, terminal);
    const toWatcher = codeOf(await watcher.ask(name, samples[name](terminal) as never));
    if (named[name]) expect(toWatcher).toBe(named[name].watcher);
    await untouched();

    expect(codeOf(await owner.ask(name, samples[name](terminal) as never))).toBe(refusedToAll[name] ?? 'ok');
  });
});

describe('a browser that means harm', () => {
  it('gets no absurd size', async () => {
    const { browser, terminals } = await door.learner();
    const [, shell] = terminals;
    await attach(browser, shell);
    const sizes = [
      [0, 24],
      [80, 0],
      [1e9, 24],
      [80, 201],
      [-80, 24],
      [80.5, 24],
      ['80', 24],
      [null, 24],
    ];
    for (const [cols, rows] of sizes) {
      const request = { terminal: shell, cols, rows, take: true } as Request<'terminal:resize'>;
      expect(await browser.ask('terminal:resize', request)).toEqual({ ok: false, code: 'bad-request' });
    }
    await browser.ask('terminal:input', { terminal: shell, data: 'stty size\r' });
    await vi.waitFor(() => expect(browser.bytes(shell).toString()).toContain('24 80'));
  });

  it('loses its connection with 10 MB in one message, and nobody else does', async () => {
    const { cookie, browser, terminals } = await door.learner();
    const [terminal] = terminals;
    await attach(browser, terminal);
    const harmful = await door.connect(cookie);
    await attach(harmful, terminal);
    const gone = new Promise((resolve) => harmful.socket.once('disconnect', resolve));
    harmful.socket.emit('terminal:input', { terminal, data: 'x'.repeat(10 * KIB * KIB) }, () => undefined);
    await gone;
    await echo(browser, terminal, 'unharmed');
    expect(browser.bytes(terminal).toString()).toBe('>unharmed');
  });

  it('is told that it is too fast with 10 MB in pieces, while a neighbour types on', async () => {
    const { browser, terminals } = await door.learner();
    const [, shell] = terminals;
    const neighbour = await door.learner();
    await attach(browser, shell);
    await attach(neighbour.browser, neighbour.terminals[0]);
    await browser.ask('terminal:input', { terminal: shell, data: 'sleep 60\r' });
    const piece = 'x'.repeat(32 * KIB);
    const pieces = Array.from({ length: 320 }, () => browser.ask('terminal:input', { terminal: shell, data: piece }));
    for (const word of ['one', 'two', 'three']) {
      expect(await echo(neighbour.browser, neighbour.terminals[0], word)).toBeLessThan(2_000);
    }
    const answers = await Promise.all(pieces);
    const refused = answers.filter((answer) => !answer.ok && answer.code === 'too-fast');
    expect(refused.length).toBeGreaterThan(200);
    expect(browser.socket.connected).toBe(true);
  });

  it('gains nothing by false acknowledgements', async () => {
    const { browser, terminals } = await door.learner();
    const [echoing, shell] = terminals;
    await attach(browser, shell);
    await attach(browser, echoing);
    browser.reads(false);
    await browser.ask('terminal:input', { terminal: shell, data: 'yes\r' });
    await vi.waitFor(() => expect(browser.bytes(shell).length).toBeGreaterThan(200 * KIB), 5_000);
    for (const offset of [Number.MAX_SAFE_INTEGER, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, 1e7, 0]) {
      browser.socket.emit('terminal:ack', { terminal: shell, offset });
      // The same as text, which the frame cannot say.
      browser.socket.emit('terminal:ack', { terminal: shell, offset }, () => undefined);
    }
    browser.socket.emit('terminal:ack', { terminal: shell, offset: '1' });
    for (const word of ['a1', 'b2', 'c3']) await echo(browser, echoing, word);
    expect(browser.bytes(shell).length).toBeLessThan(384 * KIB);
    // The truth helps.
    browser.reads(true);
    const read = browser.bytes(shell).length;
    browser.socket.emit('terminal:ack', { terminal: shell, offset: read });
    await vi.waitFor(() => expect(browser.bytes(shell).length).toBeGreaterThan(read + KIB * KIB), 5_000);
    await browser.ask('terminal:input', { terminal: shell, data: '\x03' });
  });

  it('is shown out when it acknowledges what it never reads', async () => {
    const { browser: honest, terminals } = await door.learner();
    const [, shell] = terminals;
    const liar = await door.connect(await door.newCookie());
    liar.reads(false);
    const invited = await honest.ask('lab:invite', { lab: 'test' });
    await liar.ask('lab:watch', { code: invited.ok ? invited.data.code : '' });
    await attach(honest, shell);
    await attach(liar, shell);
    await vi.waitFor(() => expect(honest.state()?.watchers).toBe(1));
    // engine.io-client keeps its WebSocket to itself.
    const { ws } = liar.socket.io.engine.transport as unknown as { ws: { pause(): void; terminate(): void } };
    ws.pause();
    await honest.ask('terminal:input', { terminal: shell, data: 'yes\r' });
    await vi.waitFor(
      () => {
        // Somewhere within its window, whatever the server has given it by now: only what cannot be true is not believed.
        for (let behind = 1024; behind >= 0; behind -= 256) {
          liar.socket.emit('terminal:ack', {
            terminal: shell,
            offset: Math.max(honest.received(shell) - behind * KIB, 0),
          });
        }
        expect(honest.state()?.watchers).toBe(0);
      },
      { timeout: 15_000, interval: 50 },
    );
    ws.terminate();
    await honest.ask('terminal:input', { terminal: shell, data: '\x03' });
    expect(honest.socket.connected).toBe(true);
  });

  it('comes in only so often, while a neighbour types on; nothing of it stays', async () => {
    const neighbour = await door.learner();
    const [terminal] = neighbour.terminals;
    await attach(neighbour.browser, terminal);
    const { cookie, browser, terminals } = await door.learner();
    browser.socket.disconnect();
    await vi.waitFor(() => expect(door.isWatched(terminals[0])).toBe(false));
    const before = await door.connections();
    let admitted = 0;
    let slowest = 0;
    for (let tries = 0; tries < 1_000; tries += 1) {
      await connectBrowser(door.port, cookie).then(
        async (stormy) => {
          admitted += 1;
          await stormy.ask('lab:enter', { lab: 'test' });
          stormy.socket.emit('terminal:attach', { terminal: terminals[1], after: null }, () => undefined);
          stormy.socket.disconnect();
        },
        () => undefined,
      );
      if (tries % 100 === 0) slowest = Math.max(slowest, await echo(neighbour.browser, terminal, `try ${tries}.`));
    }
    expect(admitted).toBeLessThanOrEqual(120);
    expect(admitted).toBeGreaterThan(100);
    expect(slowest).toBeLessThan(2_000);
    await vi.waitFor(async () => expect(await door.connections()).toBe(before), 5_000);
    expect(door.isWatched(terminals[0])).toBe(false);
  });
});
