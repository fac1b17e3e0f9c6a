'use client';

import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useLab } from '../../live/LabProvider.tsx';
import { refusals } from '../../words.ts';
import styles from './Refused.module.css';

/** Says why the last thing asked for was refused, until the learner has read it. */
export function Refused() {
  const { refusal, dismiss } = useLab();
  return (
    <div role="status" data-no-print>
      {refusal && (
        <div className={styles.strip}>
          <IconAlertTriangle size={17} stroke={1.8} aria-hidden />
          <span>{refusals[refusal]}</span>
          <button type="button" onClick={dismiss} aria-label="知道了，关闭这条提示">
            <IconX size={16} stroke={1.8} />
          </button>
        </div>
      )}
    </div>
  );
}
