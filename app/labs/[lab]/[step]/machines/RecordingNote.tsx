'use client';

import { IconVideo } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLab } from '../../../../live/LabProvider.tsx';
import { machines as words } from '../../../../live/words.ts';
import styles from './RecordingNote.module.css';
import shared from './shared.module.css';

/** Where a browser keeps that its person has read it. */
const KEY = 'netloom-recording-known';

function isKnown(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    // A browser that keeps nothing is told each time.
    return false;
  }
}

/** Tells once, unasked, that what the terminals show is kept; afterwards it stands in the settings. */
export function RecordingNote() {
  const { state } = useLab();
  const [known, setKnown] = useState(true);
  useEffect(() => setKnown(isKnown()), []);
  if (known || !state?.recording) return null;
  return (
    <p className={styles.note} role="status">
      <IconVideo size={16} stroke={1.7} aria-hidden />
      <span>{words.settings.recording}</span>
      <button
        type="button"
        className={shared.act}
        onClick={() => {
          setKnown(true);
          try {
            localStorage.setItem(KEY, '1');
          } catch {
            // Then it is told again.
          }
        }}
      >
        {words.settings.recordingKnown}
      </button>
    </p>
  );
}
