'use client';

import { machines, terminalWords as words } from '../../../../live/words.ts';
import styles from './Notes.module.css';
import type { Note } from './noting.ts';
import shared from './shared.module.css';
import type { Size } from './size.ts';

interface Props {
  note: Note;
  /** How the shell ended, if it has. */
  ended: { code: number | null } | undefined;
  /** The shell's size where another window decides it. */
  mirrored: Size | null;
  onReopen(): void;
  onTake(): void;
}

/** What is to be said about a terminal, quietly, in its corner and below it. */
export function Notes({ note, ended, mirrored, onReopen, onTake }: Props) {
  return (
    <>
      {mirrored && !ended ? (
        <p className={styles.mirrored}>
          {words.mirrored(mirrored.cols, mirrored.rows)}
          <button type="button" className={shared.act} onClick={onTake}>
            {words.take}
          </button>
        </p>
      ) : null}
      <div role="status">
        {ended ? (
          <p className={styles.note}>
            <span>{machines.endedCode(ended.code)}</span>
            <button type="button" className={shared.act} onClick={onReopen}>
              {machines.reopen}
            </button>
          </p>
        ) : note ? (
          <p className={styles.note}>{words.notes[note]}</p>
        ) : null}
      </div>
    </>
  );
}
