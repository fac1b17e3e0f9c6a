'use client';

import { IconInfoCircle } from '@tabler/icons-react';
import { useLab } from '../../../../live/LabProvider.tsx';
import { storeWords as words } from '../../../../live/words.ts';
import styles from './StoppedNote.module.css';

/** Says that the server cannot store anything now, what becomes of results, and that nobody has done anything wrong. */
export function StoreNote() {
  const trouble = useLab().state?.trouble;
  if (!trouble) return null;
  return (
    <div className={styles.note} role="alert">
      <IconInfoCircle size={18} stroke={1.7} aria-hidden />
      <div>
        <p>
          <b>{words.title}</b>
          {words.text(trouble)}
        </p>
      </div>
    </div>
  );
}
