'use client';

import '@xterm/xterm/css/xterm.css';
import { type Ref, useEffect, useImperativeHandle, useRef, useState, useSyncExternalStore } from 'react';
import { earlyPart } from '../../../../live/early.ts';
import type { LabNode, TerminalLive } from '../../../../live/live.ts';
import { createStore } from '../../../../live/store.ts';
import { machines as words } from '../../../../live/words.ts';
import { Keys } from './Keys.tsx';
import { LinkDialog } from './LinkDialog.tsx';
import { Notes } from './Notes.tsx';
import type { Note } from './noting.ts';
import { PasteDialog } from './PasteDialog.tsx';
import { needsYes, PASTE_MAX } from './paste.ts';
import type { Point } from './press.ts';
import { Search } from './Search.tsx';
import type { ScreenStyle } from './screen.ts';
import type { Size } from './size.ts';
import styles from './Terminal.module.css';
import { TerminalMenu } from './TerminalMenu.tsx';
import type { Hand, Viewer, ViewerEvents } from './viewer.ts';

/** xterm.js is the largest part of the page, and early.ts has brought it once already. */
const loadCode = () => Promise.all([import('./screen.ts'), import('./viewer.ts')]);
// A lab that did not begin early needs it soon; a failure is told by the terminal that asks again.
if (typeof window !== 'undefined' && !earlyPart()) loadCode().catch(() => undefined);

/** The terminal that had the focus last: on a touch screen it has the row of keys, which there is no room for twice. */
const touched = createStore<{ terminal: string | null }>({ terminal: null });
const nobody = () => null;
const NOTHING = { __html: '' };

/** What the pane's header may do with the terminal in front. */
export interface TerminalHandle {
  focus(): void;
  clear(): void;
  find(): void;
}

interface Props {
  /** Over what it is seen: a learner's lab, or a session that is watched. */
  live: TerminalLive;
  /** Null while it is not known which there are: its place lies ready. */
  terminal: string | null;
  node: LabNode;
  number: number;
  /** Whether it is the one in front of its pane. */
  shown: boolean;
  /** How this person likes terminals. */
  liked: ScreenStyle;
  /** Whose keys go into it, and who decides its size. */
  hand?: Hand;
  onTitle(title: string): void;
  /** How the shell ended, if it has. */
  ended: { code: number | null } | undefined;
  /** Opens another terminal in its place after the shell has ended. */
  onReopen(): void;
  handle?: Ref<TerminalHandle>;
}

/** A shell on a node, to be seen and typed into. */
export function Terminal(props: Props) {
  const { live, terminal, node, number, shown, hand = 'own', ended, onReopen, handle } = props;
  const readOnly = hand === 'none';
  const { fontSize, screenReader, copyOnSelect } = props.liked;
  const root = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [note, setNote] = useState<Note>(null);
  const [mirrored, setMirrored] = useState<Size | null>(null);
  const [ctrl, setCtrl] = useState(false);
  const [pasting, setPasting] = useState<string | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const [searching, setSearching] = useState(false);
  const [menu, setMenu] = useState<{ left: number; top: number; asked: Point } | null>(null);
  const label = words.terminal(node.label, number);
  // What the screen is made with; later changes go through style().
  const first = useRef({ fontSize, screenReader, copyOnSelect, label, onTitle: props.onTitle });
  Object.assign(first.current, { label, onTitle: props.onTitle });

  const paste = (text: string, into: Viewer | null | undefined = viewer) => {
    if (text.length > PASTE_MAX) into?.note('too-large');
    else if (needsYes(text)) setPasting(text);
    else into?.paste(text);
  };
  const openMenu = (asked: Point) => {
    const { left, top } = root.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const cursor = root.current?.querySelector('.xterm-cursor')?.getBoundingClientRect();
    const at = asked ?? { x: cursor?.left ?? left, y: cursor?.bottom ?? top };
    setMenu({ left: at.x - left, top: at.y - top, asked });
  };
  const latest = useRef({ paste, openMenu });
  latest.current = { paste, openMenu };

  useEffect(() => {
    const element = place.current;
    if (terminal === null || !element) return;
    let dropped = false;
    const events: ViewerEvents = {
      note: setNote,
      mirrored: (size) =>
        setMirrored((before) => (before?.cols === size?.cols && before?.rows === size?.rows ? before : size)),
      ctrl: setCtrl,
      title: (title) => first.current.onTitle(title),
      link: setLink,
      find: () => setSearching(true),
      paste: (text) => latest.current.paste(text, made),
      focus: () => touched.set({ terminal }),
      menu: (at) => latest.current.openMenu(at),
    };
    let made = earlyPart()?.take(terminal, element, events);
    if (made) {
      made.screen.name(first.current.label);
      setViewer(made);
    } else {
      loadCode().then(
        ([{ openScreen }, { createViewer }]) => {
          if (dropped) return;
          const options = { ...first.current, readOnly };
          made = createViewer(live, terminal, element, hand, (ears) => openScreen(element, options, ears), events);
          setViewer(made);
        },
        () => setNote('not-open'),
      );
    }
    return () => {
      dropped = true;
      made?.dispose();
      setViewer(null);
    };
  }, [live, terminal, hand, readOnly]);

  useEffect(() => {
    if (!viewer) return;
    viewer.screen.style({ fontSize, screenReader, copyOnSelect });
    viewer.settle();
  }, [viewer, fontSize, screenReader, copyOnSelect]);

  const inHand = useSyncExternalStore(touched.subscribe, () => touched.get().terminal, nobody) === terminal;
  const wanted = useSyncExternalStore(live.view.subscribe, () => live.view.get().focus, nobody);
  useEffect(() => {
    const mine = wanted?.node === node.name && (wanted.terminal ?? terminal) === terminal;
    if (!viewer || !shown || !mine) return;
    live.view.set({ focus: null });
    // Whoever has gone on to read or type elsewhere keeps the focus there.
    const at = document.activeElement;
    if (at === document.body || place.current?.closest('[data-machines]')?.contains(at)) viewer.screen.term.focus();
  }, [live, viewer, shown, wanted, node.name, terminal]);

  const focus = () => viewer?.screen.term.focus();
  useImperativeHandle(handle, () => ({
    focus,
    clear() {
      viewer?.screen.commands.clear();
      focus();
    },
    find: () => setSearching(true),
  }));

  return (
    <div
      className={styles.terminal}
      data-shown={shown}
      data-terminal={terminal ?? ''}
      data-node={node.name}
      inert={!shown}
      ref={root}
    >
      {searching && viewer ? (
        <Search
          screen={viewer.screen}
          onClose={() => {
            setSearching(false);
            focus();
          }}
        />
      ) : null}
      <section className={styles.place} aria-label={label}>
        <div
          className={styles.screen}
          ref={place}
          data-place={terminal === null ? node.name : undefined}
          // biome-ignore lint/security/noDangerouslySetInnerHtml: it sets nothing; React thus leaves alone what early.ts put here.
          dangerouslySetInnerHTML={NOTHING}
          suppressHydrationWarning
        />
        <Notes
          note={note}
          ended={ended}
          mirrored={mirrored}
          onReopen={onReopen}
          onTake={() => {
            viewer?.take();
            focus();
          }}
        />
      </section>
      {viewer && inHand && !readOnly && !ended ? (
        <Keys ctrl={ctrl} onCtrl={viewer.holdCtrl} onKey={viewer.press} />
      ) : null}
      {viewer ? (
        <TerminalMenu
          viewer={viewer}
          at={menu}
          readOnly={readOnly || ended !== undefined}
          onClose={() => setMenu(null)}
          onPaste={paste}
          onFind={() => setSearching(true)}
        />
      ) : null}
      <PasteDialog
        text={pasting}
        onClose={() => setPasting(null)}
        onPaste={(text) => {
          viewer?.paste(text);
          setPasting(null);
        }}
        onClosed={focus}
      />
      <LinkDialog address={link} onClose={() => setLink(null)} />
    </div>
  );
}
