import type { Live } from '../../../../live/live.ts';
import { cut } from './cut.ts';
import type { Screen, ScreenEvents } from './screen.ts';
import { createStream } from './stream.ts';

/** Dragging a border changes the size many times a second; the shell hears of it when the hand rests this long, ms. */
const RESIZE_REST_MS = 90;

/** What is wrong with a terminal just now, to be said quietly beside it. */
export type Trouble = 'dropped' | 'refused' | 'not-open' | null;

/** What the component is told. */
export interface ViewerEvents {
  trouble(trouble: Trouble): void;
  title(title: string): void;
  link(address: string): void;
  paste(text: string): void;
  find(): void;
}

/** One terminal on one screen: attaches on every new connection, writes what comes, sends what is typed. */
export interface Viewer {
  readonly screen: Screen;
  /** Types text as if it came from the keyboard. */
  type(data: string): void;
  dispose(): void;
}

/** Joins a terminal of the lab to a screen made by `open`. */
export function createViewer(
  live: Live,
  terminal: string,
  element: HTMLElement,
  open: (events: ScreenEvents) => Screen,
  events: ViewerEvents,
): Viewer {
  let ended = false;
  let epoch = 0;
  let sent = '';
  let rest: ReturnType<typeof setTimeout> | undefined;
  let gone = false;

  const stream = createStream({
    write: (bytes, parsed) => screen.term.write(bytes, parsed),
    reset({ cols, rows }) {
      screen.term.reset();
      screen.term.resize(cols, rows);
    },
    caughtUp() {
      screen.fit();
      sendSize(screen.term.cols, screen.term.rows);
    },
    ack: (offset) => void live.request('terminal:ack', { terminal, offset }),
    missing: () => void attach(),
  });

  const type = async (data: string) => {
    if (ended) return;
    if (live.view.get().connection !== 'open') return events.trouble('dropped');
    // All pieces leave in one go and in order; the answers only tell whether to complain.
    const answers = await Promise.all(
      cut(data).map((piece) => live.request('terminal:input', { terminal, data: piece })),
    );
    if (!gone) events.trouble(answers.every((answer) => answer.ok) ? null : 'refused');
  };

  const sendSize = (cols: number, rows: number) => {
    // A replay is parsed in the size it was written for; the shell is not to hear of that.
    if (epoch === 0 || ended || stream.replaying() || sent === `${cols}x${rows}`) return;
    sent = `${cols}x${rows}`;
    void live.request('terminal:resize', { terminal, cols, rows });
  };

  const screen = open({
    data: (data) => void type(data),
    size: sendSize,
    title: events.title,
    link: events.link,
    paste: events.paste,
    find: events.find,
    replaying: stream.replaying,
  });

  async function attach() {
    stream.attaching();
    const answer = await live.request('terminal:attach', { terminal, after: stream.received() });
    if (gone) return;
    if (answer.ok) {
      const { cols, rows, atPrompt } = answer.data;
      sent = `${cols}x${rows}`;
      stream.attached(answer.data);
      if (atPrompt !== null) live.runner.notePrompt(terminal, atPrompt);
      events.trouble(null);
      sendSize(screen.term.cols, screen.term.rows);
    } else if (answer.code !== 'unavailable') events.trouble('not-open');
  }

  const follow = () => {
    const now = live.view.get().epoch;
    if (now === epoch || now === 0) return;
    epoch = now;
    void attach();
  };

  const watcher = new ResizeObserver(() => {
    clearTimeout(rest);
    rest = setTimeout(() => stream.replaying() || screen.fit(), RESIZE_REST_MS);
  });
  watcher.observe(element);
  screen.fit();

  const offs = [
    live.view.subscribe(follow),
    live.on('terminal:output', (which, offset, bytes) => which === terminal && stream.output(offset, bytes)),
    live.on('terminal:ended', (which) => {
      if (which !== terminal) return;
      ended = true;
      screen.term.options.disableStdin = true;
    }),
  ];
  follow();

  return {
    screen,
    type: (data) => void type(data),
    dispose() {
      gone = true;
      clearTimeout(rest);
      watcher.disconnect();
      for (const off of offs) off();
      // Also after its end: the server keeps the replay of a terminal as long as somebody looks.
      void live.request('terminal:detach', { terminal });
      screen.dispose();
    },
  };
}
