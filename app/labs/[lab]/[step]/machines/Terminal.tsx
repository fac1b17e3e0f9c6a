'use client';

import { type Ref, useEffect, useImperativeHandle, useRef, useState, useSyncExternalStore } from 'react';
import { useLive } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { machines as words } from '../../../../live/words.ts';
import { LinkDialog } from './LinkDialog.tsx';
import { PasteDialog } from './PasteDialog.tsx';
import { needsYes } from './paste.ts';
import { Search } from './Search.tsx';
import shared from './shared.module.css';
import styles from './Terminal.module.css';
import type { Trouble, Viewer } from './viewer.ts';

/** What the pane's header may do with the terminal in front. */
export interface TerminalHandle {
  focus(): void;
  clear(): void;
  find(): void;
}

interface Props {
  terminal: string;
  node: LabNode;
  number: number;
  /** Whether it is the one in front of its pane. */
  shown: boolean;
  fontSize: number;
  screenReader: boolean;
  onTitle(title: string): void;
  /** How the shell ended, if it has. */
  ended: { code: number | null } | undefined;
  /** Opens another terminal in its place after the shell has ended. */
  onReopen(): void;
  handle?: Ref<TerminalHandle>;
}

const troubles: Record<Exclude<Trouble, null>, string> = {
  dropped: words.droppedKeys,
  refused: words.refusedKeys,
  'not-open': words.openFailed,
};

/** A shell on a node, to be seen and typed into. */
export function Terminal({
  terminal,
  node,
  number,
  shown,
  fontSize,
  screenReader,
  onTitle,
  ended,
  onReopen,
  handle,
}: Props) {
  const live = useLive();
  const place = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const [pasting, setPasting] = useState<string | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const [searching, setSearching] = useState(false);
  // What the screen is made with; later changes go through style().
  const first = useRef({ fontSize, screenReader, label: words.terminal(node.label, number), onTitle });
  first.current.onTitle = onTitle;

  useEffect(() => {
    let dropped = false;
    let made: Viewer | undefined;
    void Promise.all([import('./screen.ts'), import('./viewer.ts')]).then(([{ openScreen }, { createViewer }]) => {
      const element = place.current;
      if (dropped || !element) return;
      made = createViewer(
        live,
        terminal,
        element,
        (events) => openScreen(element, first.current.label, first.current, events),
        {
          trouble: setTrouble,
          title: (title) => first.current.onTitle(title),
          link: setLink,
          find: () => setSearching(true),
          paste(text) {
            if (needsYes(text)) setPasting(text);
            else made?.screen.term.paste(text);
          },
        },
      );
      setViewer(made);
    });
    return () => {
      dropped = true;
      made?.dispose();
      setViewer(null);
    };
  }, [live, terminal]);

  useEffect(() => {
    if (!viewer) return;
    viewer.screen.style({ fontSize, screenReader });
    viewer.screen.fit();
  }, [viewer, fontSize, screenReader]);

  const wanted = useSyncExternalStore(
    live.view.subscribe,
    () => live.view.get().focus,
    () => null,
  );
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
      viewer?.screen.term.clear();
      focus();
    },
    find: () => setSearching(true),
  }));

  return (
    <div className={styles.terminal} data-shown={shown} data-terminal={terminal} data-node={node.name} inert={!shown}>
      {searching && viewer ? (
        <Search
          screen={viewer.screen}
          onClose={() => {
            setSearching(false);
            focus();
          }}
        />
      ) : null}
      <section className={styles.screen} ref={place} aria-label={words.terminal(node.label, number)} />
      <div className={styles.notes} role="status">
        {ended ? (
          <p className={styles.ended}>
            <span>{words.endedCode(ended.code)}</span>
            <button type="button" className={shared.act} onClick={onReopen}>
              {words.reopen}
            </button>
          </p>
        ) : trouble ? (
          <p>{troubles[trouble]}</p>
        ) : null}
      </div>
      <PasteDialog
        text={pasting}
        onClose={() => setPasting(null)}
        onPaste={(text) => {
          viewer?.screen.term.paste(text);
          setPasting(null);
        }}
        onClosed={focus}
      />
      <LinkDialog address={link} onClose={() => setLink(null)} />
    </div>
  );
}
