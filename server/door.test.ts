import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Request } from './protocol.ts';
import { faults, openTestDoor, type TestBrowser, type TestDoor } from './testdoor.ts';

let door: TestDoor;

beforeAll(async () => {
  door = await openTestDoor();
});

afterAll(async () => {
  await door.close();
  expect(faults).toEqual([]);
});

async function attach(browser: TestBrowser, terminal: string, after: number | null = null) {
  const answer = await browser.ask('terminal:attach', { terminal, after });
  if (!answer.ok) throw new Error(`attach: ${answer.code}`);
  return answer.data;
}

async function type(browser: TestBrowser, terminal: string, data: string): Promise<void> {
  expect(await browser.ask('terminal:input', { terminal, data })).toEqual({ ok: true, data: null });
}

describe('the same terminal in several windows', () => {
  it('shows every byte to each, whatever bytes they are', async () => {
    const { cookie, browser, terminals } = await door.learner();
    const other = await door.connect(cookie);
    const [, shell] = terminals;
    await attach(browser, shell);
    await attach(other, shell);
    await type(browser, shell, "printf '\\377\\344\\275'; sleep 0.05; printf '\\240\\376end\\n'\r");
    const expected = Buffer.from([0xff, 0xe4, 0xbd, 0xa0, 0xfe, 0x65, 0x6e, 0x64]);
    await vi.waitFor(() => {
      expect(browser.bytes(shell).includes(expected)).toBe(true);
      expect(other.bytes(shell)).toEqual(browser.bytes(shell));
    });
  });

  it('has one size, which one of the windows decides', async () => {
    const { cookie, browser, terminals } = await door.learner();
    const other = await door.connect(cookie);
    const [, shell] = terminals;
    expect(await attach(browser, shell)).toMatchObject({ cols: 80, rows: 24, decides: false });
    await attach(other, shell);
    const wish = (who: TestBrowser, cols: number, take: boolean) =>
      who.ask('terminal:resize', { terminal: shell, cols, rows: 30, take });

    // Nobody decides yet: whoever asks first.
    expect(await wish(browser, 100, false)).toEqual({ ok: true, data: { cols: 100, rows: 30, decides: true } });
    await vi.waitFor(() => expect(other.size(shell)).toEqual({ cols: 100, rows: 30, decides: false }));
    expect(browser.size(shell)).toEqual({ cols: 100, rows: 30, decides: true });
    expect(await wish(other, 60, false)).toEqual({ ok: true, data: { cols: 100, rows: 30, decides: false } });

    expect(await wish(other, 60, true)).toEqual({ ok: true, data: { cols: 60, rows: 30, decides: true } });
    await vi.waitFor(() => expect(browser.size(shell)).toEqual({ cols: 60, rows: 30, decides: false }));
    expect(await wish(browser, 90, false)).toMatchObject({ data: { cols: 60, decides: false } });

    // The decider looks away: the next who asks decides, without taking.
    await other.ask('terminal:detach', { terminal: shell });
    expect(await wish(browser, 90, false)).toMatchObject({ data: { cols: 90, decides: true } });
    await type(browser, shell, 'stty size\r');
    await vi.waitFor(() => expect(browser.bytes(shell).toString()).toContain('30 90'));
  });

  it('goes on from the byte where a window left off', async () => {
    const { cookie, browser, terminals } = await door.learner();
    const [echo] = terminals;
    await attach(browser, echo);
    await type(browser, echo, 'before');
    await vi.waitFor(() => expect(browser.bytes(echo).toString()).toBe('>before'));
    browser.socket.disconnect();
    const again = await door.connect(cookie);
    expect(await attach(again, echo, 4)).toMatchObject({ from: 4, live: 7, screen: null });
    await type(again, echo, ' and after');
    await vi.waitFor(() => expect(again.bytes(echo).toString()).toBe('ore and after'));
  });
});

describe('a window that comes when the beginning is lost', () => {
  it('starts from a screen, and goes on from the byte after it', async () => {
    const { cookie, browser, terminals } = await door.learner();
    const [, shell] = terminals;
    await attach(browser, shell);
    await type(browser, shell, 'seq 1 150000; printf "\\033[?25l\\033[?1006hdone\\n"\r');
    await vi.waitFor(() => expect(browser.bytes(shell).toString()).toContain('150000\r\n'), 10_000);
    await vi.waitFor(() => expect(browser.bytes(shell).toString()).toMatch(/hdone\r\n\$ $/));
    const live = browser.bytes(shell).length;

    const late = await door.connect(cookie);
    const begun = await attach(late, shell);
    expect(begun).toMatchObject({ from: live, live });
    expect(begun.screen).toContain('\r\n149999\r\n150000\r\n');
    expect(begun.screen).toContain('\x1b[?25l');
    expect(begun.screen).toContain('\x1b[?1006h');
    await type(late, shell, 'echo on$((1))\r');
    await vi.waitFor(() => expect(late.bytes(shell).toString()).toMatch(/^echo on\$\(\(1\)\)\r\non1\r\n/));

    // The same for one who had seen a part that is no longer kept.
    late.socket.disconnect();
    const back = await door.connect(cookie);
    const resumed = await attach(back, shell, 10);
    expect(resumed.from).toBe(resumed.live);
    expect(resumed.screen).toContain('on1');
  });
});

describe('output that was made to take long', () => {
  it('is left to the window’s own parser, byte for byte', async () => {
    const { cookie, browser, terminals } = await door.learner();
    const [, shell] = terminals;
    await attach(browser, shell);
    await type(browser, shell, 'yes "$(printf "a\\033[2000S")" | head -n 100000; echo do""ne\r');
    await vi.waitFor(() => expect(browser.bytes(shell).includes('done\r\n')).toBe(true), 10_000);
    await vi.waitFor(() => expect(browser.bytes(shell).toString()).toMatch(/done\r\n\$ $/));
    const late = await door.connect(cookie);
    const begun = await attach(late, shell);
    expect(begun.from).toBeGreaterThan(0);
    expect(begun.from).toBeLessThan(begun.live);
    await vi.waitFor(() => expect(late.received(shell)).toBe(begun.live));
    expect(late.bytes(shell)).toEqual(browser.bytes(shell).subarray(begun.from));
  });
});

describe('watching by invitation', () => {
  async function audience() {
    const learner = await door.learner();
    const guest = await door.connect(await door.newCookie());
    const invited = await learner.browser.ask('lab:invite', { lab: 'test' });
    if (!invited.ok) throw new Error(invited.code);
    return { ...learner, guest, code: invited.data.code };
  }

  it('shows the session and its terminals, and lets nobody type', async () => {
    const { browser, terminals, guest, code } = await audience();
    const [echo] = terminals;
    expect(await guest.ask('terminal:attach', { terminal: echo, after: null })).toEqual({
      ok: false,
      code: 'not-yours',
    });
    const watched = await guest.ask('lab:watch', { code: code.toLowerCase().replace('-', ' ') });
    expect(watched).toMatchObject({ ok: true, data: { lab: 'test', session: { status: 'ready' } } });
    await vi.waitFor(() => expect(browser.state()?.watchers).toBe(1));

    await attach(browser, echo);
    await attach(guest, echo);
    await type(browser, echo, 'seen by both');
    await vi.waitFor(() => expect(guest.bytes(echo).toString()).toBe('>seen by both'));
    const refused = { ok: false, code: 'not-yours' };
    expect(await guest.ask('terminal:input', { terminal: echo, data: 'x' })).toEqual(refused);
    expect(await guest.ask('terminal:resize', { terminal: echo, cols: 10, rows: 5, take: true })).toEqual(refused);
    expect(await guest.ask('terminal:close', { lab: 'test', terminal: echo })).toEqual(refused);

    guest.socket.disconnect();
    await vi.waitFor(() => expect(browser.state()?.watchers).toBe(0));
  });

  it('ends at once when it is taken back', async () => {
    const { browser, terminals, guest, code } = await audience();
    const [echo] = terminals;
    await guest.ask('lab:watch', { code });
    await attach(browser, echo);
    await attach(guest, echo);
    await vi.waitFor(() => expect(guest.bytes(echo).toString()).toBe('>'));
    await browser.ask('lab:uninvite', { lab: 'test' });
    await vi.waitFor(() => expect(guest.watched()).toBeNull());
    await type(browser, echo, 'among ourselves');
    await vi.waitFor(() => expect(browser.bytes(echo).toString()).toBe('>among ourselves'));
    expect(guest.bytes(echo).toString()).toBe('>');
    expect(await guest.ask('terminal:attach', { terminal: echo, after: null })).toEqual({
      ok: false,
      code: 'not-yours',
    });
    expect(await guest.ask('lab:watch', { code })).toEqual({ ok: false, code: 'not-found' });
    await vi.waitFor(() => expect(browser.state()?.watchers).toBe(0));
  });

  it('follows the session, and a new code makes the old one worthless', async () => {
    const { browser, guest, code } = await audience();
    await guest.ask('lab:watch', { code });
    const anew = await browser.ask('lab:invite', { lab: 'test' });
    expect(anew.ok && anew.data.code).not.toBe(code);
    const late = await door.connect(await door.newCookie());
    expect(await late.ask('lab:watch', { code })).toEqual({ ok: false, code: 'not-found' });
    await browser.ask('lab:end', { lab: 'test' });
    await vi.waitFor(() => expect(guest.watched()?.session.status).toBe('gone'));
  });

  it('lets nobody guess codes', async () => {
    const guest = await door.connect(await door.newCookie());
    const answers = [];
    for (let tries = 0; tries < 31; tries += 1) answers.push(await guest.ask('lab:watch', { code: `AAAA-AA${tries}` }));
    expect(answers.slice(0, 30)).toEqual(Array(30).fill({ ok: false, code: 'not-found' }));
    expect(answers[30]).toEqual({ ok: false, code: 'too-fast' });
  });
});

describe('hints', () => {
  const LAB = 'test';
  const refused = { ok: false, code: 'not-found' };

  /** A learner whose checkpoint `links` fails, while `ping` holds; everything that web sends is gathered. */
  async function stuck() {
    const { cookie, browser } = await door.learner();
    const heard: string[] = [];
    browser.socket.onAny((...news) => heard.push(JSON.stringify(news)));
    await browser.ask('checkpoint:check', { lab: LAB, checkpoint: 'links' });
    await browser.ask('checkpoint:check', { lab: LAB, checkpoint: 'ping' });
    const open = (level: string, more: object = {}) =>
      browser.ask('hint:open', {
        lab: LAB,
        checkpoint: 'links',
        fact: 'links',
        level,
        ...more,
      } as Request<'hint:open'>);
    const shown = () => browser.state()?.results.links;
    await vi.waitFor(() => expect(shown()?.status).toBe('failed'), 5_000);
    return { cookie, browser, open, shown, said: () => heard.join() };
  }

  it('come one after the other, counted once, and to every window of the learner', async () => {
    const { cookie, browser, open, shown, said } = await stuck();
    const other = await door.connect(cookie);
    await other.ask('lab:enter', { lab: LAB });
    expect(said()).not.toMatch(/WHY|FIX/);

    // A double click, and the same in another window.
    const elsewhere = other.ask('hint:open', { lab: LAB, checkpoint: 'links', fact: 'links', level: 'hint' });
    const answers = await Promise.all([open('hint'), open('hint'), elsewhere]);
    expect(answers).toEqual(Array(3).fill({ ok: true, data: null }));
    await vi.waitFor(
      () => expect(shown()).toMatchObject({ hintsOpened: 1, facts: [{ hints: [{ text: 'WHY' }, { text: null }] }] }),
      5_000,
    );
    expect(said()).not.toContain('FIX');
    expect(await open('repair')).toEqual({ ok: true, data: null });
    await vi.waitFor(() => expect(other.state()?.results.links).toMatchObject({ hintsOpened: 2 }), 5_000);
    expect(other.state()?.results.links?.facts[0]?.hints[1]?.text).toBe('执行 `FIX`。');

    // What was opened stays so for new nodes and a new page.
    await browser.ask('lab:reset', { lab: LAB });
    const late = await door.connect(cookie);
    const entered = await late.ask('lab:enter', { lab: LAB });
    expect(entered.ok && entered.data.results.links?.hintsOpened).toBe(2);
  });

  it('are to a watcher what the owner has opened of them', async () => {
    const { browser, open } = await stuck();
    const watcher = await door.connect(await door.newCookie());
    const heard: string[] = [];
    watcher.socket.onAny((...news) => heard.push(JSON.stringify(news)));
    const invited = await browser.ask('lab:invite', { lab: LAB });
    const seen = await watcher.ask('lab:watch', { code: invited.ok ? invited.data.code : '' });
    expect(seen).toMatchObject({ data: { results: { links: { status: 'failed', hintsOpened: 0 } } } });
    expect(JSON.stringify(seen) + heard.join()).not.toMatch(/WHY|FIX/);
    await open('hint');
    await vi.waitFor(() => expect(watcher.watched()?.results.links?.facts[0]?.hints[0]?.text).toBe('WHY'), 5_000);
    expect(heard.join()).not.toContain('FIX');
    // Looking is all a watcher may: to open one asks about a session of their own.
    expect(await watcher.ask('hint:open', { lab: LAB, checkpoint: 'links', fact: 'links', level: 'repair' })).toEqual(
      refused,
    );
  });

  it('are no use to a browser that means harm', async () => {
    const { browser, open, shown, said } = await stuck();
    expect(await open('repair')).toEqual(refused);
    expect(await open('hint', { checkpoint: 'ping', fact: 'state' })).toEqual(refused);
    expect(await open('hint', { fact: 'no-such-fact' })).toEqual(refused);
    expect(await open('hint', { checkpoint: 'no-such-checkpoint' })).toEqual(refused);
    expect(await open('hint', { checkpoint: 'asked' })).toEqual(refused);
    expect(await open('hint', { checkpoint: 'constructor', fact: 'constructor' })).toEqual(refused);
    expect(await open('hint', { lab: 'no-such-lab' })).toEqual(refused);
    for (const wrong of [{ level: 'all' }, { level: 2 }, { fact: '../links' }, { fact: 'x'.repeat(81) }, { more: 1 }]) {
      expect(await open('hint', wrong)).toEqual({ ok: false, code: 'bad-request' });
    }
    // Another person's session is out of reach: one's own has nothing that failed.
    const stranger = await door.connect(await door.newCookie());
    const theirs = { lab: LAB, checkpoint: 'links', fact: 'links', level: 'hint' } as const;
    expect(await stranger.ask('hint:open', theirs)).toEqual(refused);
    await browser.ask('checkpoint:check', { lab: LAB, checkpoint: 'links' });
    expect(shown()).toMatchObject({ hintsOpened: 0 });
    expect(said()).not.toMatch(/WHY|FIX/);
  });

  it('cannot be asked for without end', async () => {
    const { open } = await stuck();
    const codes = [];
    for (let tries = 0; tries < 61; tries += 1) codes.push((await open('repair')) as { code?: string });
    expect(codes[59]).toEqual(refused);
    expect(codes[60]).toEqual({ ok: false, code: 'too-fast' });
  });
});
