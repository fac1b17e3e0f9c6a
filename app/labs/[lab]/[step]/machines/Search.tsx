'use client';

import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import type { SearchAddon } from '@xterm/addon-search';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { machines as words } from '../../../../live/words.ts';
import type { Screen } from './screen.ts';
import shared from './shared.module.css';
import styles from './Terminal.module.css';

const marks = {
  decorations: {
    matchBackground: '#4a3f14',
    matchOverviewRuler: '#f2cc7c',
    activeMatchBackground: '#8a6d12',
    activeMatchColorOverviewRuler: '#ffffff',
  },
};

/** Finds text in a terminal and its scrollback. */
export function Search({ screen, onClose }: { screen: Screen; onClose(): void }) {
  const field = useRef<HTMLInputElement>(null);
  const [addon, setAddon] = useState<SearchAddon | null>(null);
  const [found, setFound] = useState<{ at: number; count: number } | null>(null);

  useEffect(() => {
    field.current?.focus();
    let off: (() => void) | undefined;
    let dropped = false;
    void screen.search().then((made) => {
      if (dropped) return;
      setAddon(made);
      const listening = made.onDidChangeResults(({ resultIndex, resultCount }) =>
        setFound({ at: resultIndex + 1, count: resultCount }),
      );
      off = () => {
        listening.dispose();
        made.clearDecorations();
      };
    });
    return () => {
      dropped = true;
      off?.();
    };
  }, [screen]);

  const seek = (back: boolean, incremental = false) => {
    const text = field.current?.value ?? '';
    if (!addon) return;
    if (!text) {
      addon.clearDecorations();
      setFound(null);
    } else if (back) addon.findPrevious(text, marks);
    else addon.findNext(text, { ...marks, incremental });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter') seek(event.shiftKey);
  };

  return (
    <search className={styles.search}>
      <input
        ref={field}
        type="text"
        aria-label={words.searchField}
        placeholder={words.searchField}
        onChange={() => seek(false, true)}
        onKeyDown={onKey}
        spellCheck={false}
      />
      <output>{found ? (found.count > 0 ? `${Math.max(1, found.at)}/${found.count}` : words.searchNone) : ''}</output>
      <button type="button" className={shared.icon} aria-label={words.searchPrevious} onClick={() => seek(true)}>
        <IconChevronUp size={15} />
      </button>
      <button type="button" className={shared.icon} aria-label={words.searchNext} onClick={() => seek(false)}>
        <IconChevronDown size={15} />
      </button>
      <button type="button" className={shared.icon} aria-label={words.searchClose} onClick={onClose}>
        <IconX size={15} />
      </button>
    </search>
  );
}
