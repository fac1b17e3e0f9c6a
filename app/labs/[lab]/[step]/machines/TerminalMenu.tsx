'use client';

import { Menu } from '@mantine/core';
import { useCallback, useRef } from 'react';
import { terminalWords } from '../../../../live/words.ts';
import type { Point } from './press.ts';
import styles from './Terminal.module.css';
import type { Viewer } from './viewer.ts';

const words = terminalWords.menu;

interface Props {
  viewer: Viewer;
  /** Where it was asked for, as a place in the terminal's own element; null while it is closed. */
  at: { left: number; top: number; asked: Point } | null;
  readOnly: boolean;
  onClose(): void;
  onPaste(text: string): void;
  onFind(): void;
}

/** What can be done with the text of a terminal: the menu under the right button, the menu key or a resting finger. */
export function TerminalMenu({ viewer, at, readOnly, onClose, onPaste, onFind }: Props) {
  const { screen } = viewer;
  const output = at ? screen.outputAt(at.asked) : null;
  const opened = useRef(false);
  opened.current = at !== null;
  // The keys are the menu's at once: else Esc would reach the shell. Mantine calls this at every render.
  const takeFocus = useCallback((dropdown: HTMLElement | null) => {
    if (opened.current && !dropdown?.contains(document.activeElement)) dropdown?.focus({ preventScroll: true });
  }, []);
  const paste = async () => {
    try {
      onPaste(await navigator.clipboard.readText());
    } catch {
      // Not over plain HTTP, and not without the person's consent.
      viewer.note('no-clipboard');
    }
  };
  return (
    <Menu
      opened={at !== null}
      onClose={() => {
        onClose();
        // What an item opens takes the focus after this.
        screen.term.focus();
      }}
      position="bottom-start"
      offset={2}
      width="max-content"
      returnFocus={false}
    >
      <Menu.Target>
        <button
          type="button"
          className={styles.point}
          tabIndex={-1}
          aria-hidden
          style={{ left: at?.left, top: at?.top }}
        />
      </Menu.Target>
      <Menu.Dropdown miw={220} aria-label={words.label} ref={takeFocus}>
        <Item label={words.copy} keys="Ctrl Shift C" off={!screen.term.hasSelection()} onClick={() => screen.copy()} />
        {readOnly ? null : <Item label={words.paste} keys="Ctrl Shift V" onClick={paste} />}
        <Item label={words.all} onClick={() => screen.term.selectAll()} />
        <Menu.Divider />
        <Item label={words.output} off={!output} onClick={() => output && screen.copy(output)} />
        <Item label={words.previous} keys="Ctrl Shift ↑" onClick={() => screen.go(-1)} />
        <Item label={words.next} keys="Ctrl Shift ↓" onClick={() => screen.go(1)} />
        <Menu.Divider />
        <Item label={words.find} keys="Ctrl Shift F" onClick={onFind} />
        <Item label={words.clear} onClick={() => screen.commands.clear()} />
      </Menu.Dropdown>
    </Menu>
  );
}

interface ItemProps {
  label: string;
  keys?: string;
  off?: boolean;
  onClick(): void;
}

function Item({ label, keys, off = false, onClick }: ItemProps) {
  return (
    <Menu.Item
      disabled={off}
      onClick={onClick}
      rightSection={keys ? <kbd className={styles.shortcut}>{keys}</kbd> : null}
    >
      {label}
    </Menu.Item>
  );
}
