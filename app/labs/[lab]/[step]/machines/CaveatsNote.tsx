'use client';

import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useLab } from '../../../../live/LabProvider.tsx';
import { caveatWords as words } from '../../../../live/words.ts';
import styles from './StoppedNote.module.css';
import shared from './shared.module.css';

/** What the nodes cannot promise, where they are machines of somebody's own; and what a reset left behind on them. */
export function CaveatsNote() {
  const { state } = useLab();
  const [shut, setShut] = useState<string | null>(null);
  const running = state?.session.status === 'ready' || state?.session.status === 'resetting';
  if (!running || !state?.caveats) return null;
  const { isAdvisory, remains } = state.caveats;
  const news = remains.map(({ node, what }) => words.one(node, what));
  const read = news.join();
  if ((!isAdvisory && news.length === 0) || shut === read) return null;
  return (
    <div className={styles.note} role="status">
      <IconInfoCircle size={18} stroke={1.7} aria-hidden />
      <div>
        {isAdvisory ? (
          <p>
            <b>{words.advisory}</b>
            {words.advisoryText}
          </p>
        ) : null}
        {news.length > 0 ? (
          <p>
            <b>{words.remains}</b>
            {news.join('；')}
          </p>
        ) : null}
        <p className={styles.acts}>
          <button type="button" className={shared.act} onClick={() => setShut(read)}>
            {words.shut}
          </button>
        </p>
      </div>
    </div>
  );
}
