// Else its code would be asked for only when the connection is opened.
import 'socket.io-client';
import { preferencesHere } from './labs/[lab]/[step]/machines/preferences.ts';
import { openScreen } from './labs/[lab]/[step]/machines/screen.ts';
import { createViewer, type Viewer, type ViewerEvents } from './labs/[lab]/[step]/machines/viewer.ts';
import type { Early } from './live/early.ts';
import { createLive, type Live } from './live/live.ts';

/**
 * Shows a learner's terminals while the page's own code is still on its way and React makes the page its own, which takes
 * longer than everything else: connects, enters the lab, and opens the first terminal of each node in the place that the
 * server has drawn for it. A script of its own (setup.js builds it), which React finds at work (live/early.ts).
 */

/** How long the other terminals and the page's own scripts wait for the first terminal at most, ms. */
const FIRST_MS = 4_000;

const PAGE = /^\/labs\/([^/]+)\/([^/]+)/;

/** What a screen tells while there is no component for it: a paste waits, the rest can be asked for again. */
function createEars(): { events: ViewerEvents; pasted: string[] } {
  const pasted: string[] = [];
  const nothing = () => undefined;
  return {
    pasted,
    events: {
      note: nothing,
      mirrored: nothing,
      ctrl: nothing,
      title: nothing,
      link: nothing,
      find: nothing,
      focus: nothing,
      menu: nothing,
      paste: (text) => pasted.push(text),
    },
  };
}

interface Opened {
  terminal: string;
  place: HTMLElement;
  viewer: Viewer;
  pasted: string[];
}

/**
 * What React stops, on its way down, at a part of the page that it has not made its own yet (React's DOMPlugin events,
 * isDiscreteEventThatRequiresHydration): a key pressed then would come to nothing, in the terminal too.
 */
const STOPPED = [
  ...['keydown', 'keypress', 'keyup', 'input', 'compositionstart', 'compositionend', 'copy', 'cut', 'paste'],
  ...['mousedown', 'mouseup', 'click', 'auxclick', 'dblclick', 'contextmenu', 'dragstart', 'dragend', 'drop'],
  ...['pointerdown', 'pointerup', 'pointercancel', 'touchstart', 'touchend', 'touchcancel'],
];

/** Lets these events through to what is open; returns what ends that. */
function letThrough(opened: ReadonlyMap<string, Opened>): () => void {
  const ears = new AbortController();
  const pass = (event: Event) => {
    const { target } = event;
    if (!(target instanceof Node)) return;
    if ([...opened.values()].some(({ place }) => place.contains(target))) event.stopPropagation = () => {};
  };
  // The window hears before the document, at which React listens.
  for (const type of STOPPED) window.addEventListener(type, pass, { capture: true, signal: ears.signal });
  return () => ears.abort();
}

function openIn(live: Live, place: HTMLElement): Opened | undefined {
  const node = place.dataset.place ?? '';
  const terminal = live.terminalOf(node);
  if (!terminal) return undefined;
  const { events, pasted } = createEars();
  const options = { ...preferencesHere(), label: node, readOnly: false };
  const viewer = createViewer(live, terminal, place, 'own', (ears) => openScreen(place, options, ears), events);
  return { terminal, place, viewer, pasted };
}

function begin(lab: string, step: string): Early {
  const live = createLive(lab);
  const opened = new Map<string, Opened>();
  const terminals = new Map<string, string>();

  const open = (place: HTMLElement): Opened | undefined => {
    const one = openIn(live, place);
    if (!one) return undefined;
    opened.set(one.terminal, one);
    terminals.set(place.dataset.place ?? '', one.terminal);
    return one;
  };
  let openRest = () => {};
  const yieldToPage = () => {
    clearTimeout(limit);
    window.netloomGo?.();
  };
  const limit = setTimeout(() => {
    openRest();
    yieldToPage();
  }, FIRST_MS);
  const show = () => {
    if (live.view.get().epoch === 0) return;
    stop();
    if (live.view.get().state?.session.status !== 'ready') return yieldToPage();
    // What lies over the places until it is known whether there are terminals.
    document.documentElement.toggleAttribute('data-terminals', true);
    const [first, ...others] = document.querySelectorAll<HTMLElement>('[data-place]');
    const screen = first && open(first)?.viewer.screen;
    // Everything else comes when the first is to be seen.
    const seen = screen?.term.onWriteParsed(() => {
      seen?.dispose();
      requestAnimationFrame(() => setTimeout(openRest));
    });
    openRest = () => {
      openRest = () => {};
      for (const place of others) if (place.isConnected && place.dataset.place) open(place);
      yieldToPage();
    };
  };
  const stop = live.view.subscribe(show);
  const stopLetting = letThrough(opened);
  live.stand(step);
  live.open();

  return {
    live,
    terminalOn: (node) => terminals.get(node),
    take(terminal, place, events) {
      const one = opened.get(terminal);
      if (one?.place !== place) return undefined;
      opened.delete(terminal);
      if (opened.size === 0) stopLetting();
      one.viewer.hear(events);
      for (const text of one.pasted) events.paste(text);
      return one.viewer;
    },
    close() {
      stop();
      stopLetting();
      clearTimeout(limit);
      document.documentElement.removeAttribute('data-terminals');
      for (const { viewer } of opened.values()) viewer.dispose();
      opened.clear();
      live.close();
    },
  };
}

const [, lab, step] = PAGE.exec(window.location.pathname) ?? [];
if (lab && step && window.netloomEarly === undefined) window.netloomEarly = begin(lab, step);
