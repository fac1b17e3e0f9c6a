'use client';

import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp } from '@tabler/icons-react';
import { terminalWords as words } from '../../../../live/words.ts';
import styles from './Keys.module.css';
import type { Key } from './keys.ts';

interface Props {
  /** Whether Ctrl is held for the next key. */
  ctrl: boolean;
  onCtrl(held: boolean): void;
  onKey(key: Key): void;
}

const arrows = [
  ['up', IconArrowUp],
  ['down', IconArrowDown],
  ['left', IconArrowLeft],
  ['right', IconArrowRight],
] as const;
const signs: Key[] = ['|', '/', '-', '~'];

/** The keys that a tablet's keyboard does not have; shown on touch screens only, by its style. */
export function Keys({ ctrl, onCtrl, onKey }: Props) {
  return (
    <div
      className={styles.keys}
      role="toolbar"
      aria-label={words.keyRow}
      // The focus stays where it is: else the keyboard on the screen would come and go at every press.
      onMouseDown={(event) => event.preventDefault()}
    >
      <button type="button" onClick={() => onKey('esc')}>
        {words.keyNames.esc}
      </button>
      <button type="button" onClick={() => onKey('tab')}>
        {words.keyNames.tab}
      </button>
      <button type="button" aria-pressed={ctrl} onClick={() => onCtrl(!ctrl)}>
        Ctrl
      </button>
      {arrows.map(([key, Icon]) => (
        <button key={key} type="button" aria-label={words.keyNames[key]} onClick={() => onKey(key)}>
          <Icon size={18} stroke={1.7} aria-hidden />
        </button>
      ))}
      {signs.map((sign) => (
        <button key={sign} type="button" onClick={() => onKey(sign)}>
          {sign}
        </button>
      ))}
      <button type="button" aria-label={words.keyNames.interrupt} onClick={() => onKey('interrupt')}>
        ^C
      </button>
    </div>
  );
}
