'use client';

import { IconFileAlert } from '@tabler/icons-react';
import { useLab } from '../../../live/LabProvider.tsx';
import styles from './Mistake.module.css';

/** For the author, in development: what is wrong with the lab's files; the text shown is the last good one. */
export function Mistake() {
  const mistake = useLab().state?.mistake;
  if (!mistake) return null;
  return (
    <aside className={styles.mistake} role="status" data-no-print>
      <p>
        <IconFileAlert size={17} stroke={1.8} aria-hidden />
        内容文件有错，下面显示的是上一个正确的版本
      </p>
      <pre>{mistake}</pre>
    </aside>
  );
}
