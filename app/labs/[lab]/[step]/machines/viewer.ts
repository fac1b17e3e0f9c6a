import type { TerminalLive } from '../../../../live/live.ts';
import { watchHidden } from './hidden.ts';
import { type Key, keyData, withCtrl } from './keys.ts';
import { createNoting, type Note } from './noting.ts';
import { cleanPaste } from './paste.ts';
import type { Point } from './press.ts';
import type { Screen, ScreenEvents } from './screen.ts';
import { equal, type Size } from './size.ts';
import { createStream } from './stream.ts';
import { createStringLimit } from './strings.ts';
import { createTyping } from './typing.ts';

/** Dragging a border changes the size many times a second; the shell hears of it when the hand rests this long, ms. */
const RESIZE_REST_MS = 90;

/** Whose keys they are: the owner's, who also decides the size; a helper's, who only types; or those of one who looks. */
export type Hand = 'own' | 'help' | 'none';

/** What the component is told. */
export interface ViewerEvents {
  note(note: Note): void;
  /** The shell's size where another window decides it and this one would choose another, else null. */
  mirrored(size: Size | null): void;
  /** Whether Ctrl is held for the next key. */
  ctrl(held: boolean): void;
  title(title: string): void;
  link(address: string): void;
  paste(text: string): void;
  find(): void;
  focus(): void;
  menu(at: Point): void;
}

/** One terminal on one screen: attaches on every new connection, writes what comes, sends what is typed. */
export interface Viewer {
  readonly screen: Screen;
  /** Tells another from now on, and at once what holds. */
  hear(events: ViewerEvents): void;
  note(note: Note): void;
  /** Makes this window decide the size. */
  take(): void;
  /** The element or the letters have changed. */
  settle(): void;
  /** Pastes as a terminal does: between brackets where the program wants them. */
  paste(text: string): void;
  /** A key of the row under the screen. */
  press(key: Key): void;
  holdCtrl(held: boolean): void;
  dispose(): void;
}

/** Joins a terminal of the lab to a screen made by `open`. */
export function createViewer(
  live: TerminalLive,
  terminal: string,
  element: HTMLElement,
  hand: Hand,
  open: (events: ScreenEvents) => Screen,
  first: ViewerEvents,
): Viewer {
  let events = first;
  let ended = false;
  let gone = false;
  let epoch = 0;
  let attached = false;
  /** Whether the page has been hidden so long that it let go of the terminal. */
  let away = false;
  /** Whether this window decides the size; believed until the server says otherwise, so that nothing jumps. */
  let decides = hand === 'own';
  /** Whether that was answered since the last attach: sizes of the past, in a replay, say nothing about it. */
  let told = false;
  /** The size last wished for since the last attach, as text. */
  let wished = '';
  let ctrl = false;
  let title = '';
  let mirrored: Size | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const { said, note, stop: stopNoting } = createNoting((what) => events.note(what));

  const limit = createStringLimit();
  const stream = createStream({
    write: (data, parsed) => screen.term.write(typeof data === 'string' ? data : limit(data), parsed),
    resize({ cols, rows }) {
      // What was still to be parsed when the screen was taken away is parsed all the same.
      if (gone) return;
      screen.term.resize(cols, rows);
      settle();
    },
    ack: (offset) => live.tell('terminal:ack', { terminal, offset }),
    missing: () => void attach(),
  });

  const send = createTyping(live, terminal, (loss) => gone || note(loss));
  const type = (data: string) => {
    if (ended || hand === 'none') return;
    if (!decides) take();
    void send(data);
  };

  const wish = async (size: Size, take: boolean) => {
    wished = `${size.cols}x${size.rows}`;
    const answer = await live.request('terminal:resize', { terminal, ...size, take });
    if (gone) return;
    if (answer.ok) {
      told = true;
      decide(answer.data.decides);
    }
    // The next occasion asks again.
    else wished = '';
  };

  const decide = (now: boolean) => {
    if (now === decides) return;
    decides = now;
    settle();
  };

  /** Lays the screen out and lets the shell know what there is room for; the screen itself changes only with the shell. */
  function settle() {
    const room = screen.arrange(decides);
    const { term } = screen;
    mirrored = decides || hand !== 'own' || !room || equal(room, term) ? null : { cols: term.cols, rows: term.rows };
    events.mirrored(mirrored);
    if (!room || !attached || hand !== 'own' || ended) return;
    if (wished !== `${room.cols}x${room.rows}`) void wish(room, false);
  }

  function take() {
    if (hand !== 'own') return;
    const room = screen.arrange(true);
    if (!room) return;
    decides = true;
    void wish(room, true);
    settle();
  }

  const setCtrl = (held: boolean) => {
    ctrl = held;
    events.ctrl(held);
  };

  const screen = open({
    data(data) {
      const held = ctrl;
      if (held) setCtrl(false);
      type(held ? withCtrl(data) : data);
    },
    // Programs ask the terminal, not every window that shows it.
    report: (data) => !stream.replaying() && decides && attached && type(data),
    title(now) {
      title = now;
      events.title(now);
    },
    link: (address) => events.link(address),
    paste: (text) => events.paste(text),
    find: () => events.find(),
    focus() {
      events.focus();
      // Whoever decided may have gone, of which nobody tells.
      if (decides) return;
      wished = '';
      settle();
    },
    menu: (at) => events.menu(at),
    copied: (done) => note(done ? 'copied' : 'no-clipboard'),
  });

  async function attach() {
    stream.attaching();
    const answer = await live.request('terminal:attach', { terminal, after: stream.received() });
    if (gone) return;
    if (answer.ok) {
      attached = true;
      told = false;
      wished = '';
      if (said() === 'not-open') note(null);
      stream.attached(answer.data);
      if (answer.data.atPrompt !== null) live.runner.notePrompt(terminal, answer.data.atPrompt);
      settle();
    } else if (answer.code !== 'unavailable') note('not-open');
  }

  const follow = () => {
    const now = live.view.get().epoch;
    if (now === epoch || now === 0) return;
    epoch = now;
    attached = false;
    if (!away && !ended) void attach();
  };

  const watcher = new ResizeObserver(() => {
    clearTimeout(rest);
    rest = setTimeout(settle, RESIZE_REST_MS);
  });
  watcher.observe(element);
  settle();

  const leave = () => {
    // What has ended is kept for whoever looks.
    if (ended) return;
    away = true;
    attached = false;
    void live.request('terminal:detach', { terminal });
  };
  const back = () => {
    if (!away) return;
    away = false;
    if (epoch > 0) void attach();
  };

  const offs = [
    watchHidden(leave, back),
    live.view.subscribe(follow),
    live.on('terminal:output', (which, offset, bytes) => which === terminal && stream.output(offset, bytes)),
    live.on('terminal:size', (which, { cols, rows, decides: now }) => {
      if (which !== terminal) return;
      stream.size({ cols, rows });
      if (hand === 'own' && (now || told)) decide(now);
    }),
    live.on('terminal:ended', (which) => {
      if (which !== terminal) return;
      ended = true;
      screen.term.options.disableStdin = true;
    }),
  ];
  follow();

  return {
    screen,
    hear(next) {
      events = next;
      next.note(said());
      next.mirrored(mirrored);
      next.ctrl(ctrl);
      if (title) next.title(title);
    },
    note,
    take,
    settle,
    paste(text) {
      screen.term.paste(cleanPaste(text));
    },
    press(key) {
      const held = ctrl;
      if (held) setCtrl(false);
      const data = keyData(key, screen.term.modes.applicationCursorKeysMode, held);
      screen.term.input(held ? withCtrl(data) : data, true);
    },
    holdCtrl: setCtrl,
    dispose() {
      gone = true;
      clearTimeout(rest);
      stopNoting();
      watcher.disconnect();
      for (const off of offs) off();
      // Also after its end: the server keeps the replay of a terminal as long as somebody looks.
      void live.request('terminal:detach', { terminal });
      screen.dispose();
    },
  };
}
