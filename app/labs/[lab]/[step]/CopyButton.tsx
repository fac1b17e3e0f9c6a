'use client';

import { IconCheck, IconCopy } from '@tabler/icons-react';
import styles from './buttons.module.css';
import { useCopy } from './useCopy.ts';

/** Copies a text and says so in place; `bare` says it by its picture, and aloud. */
export function CopyButton({ text, label, bare }: { text: string; label?: string; bare?: boolean }) {
  const { said, copy } = useCopy(text);
  const words = said === 'copied' ? '已复制' : said === 'failed' ? '没复制上' : '复制';
  return (
    <button
      type="button"
      className={styles.button}
      onClick={copy}
      aria-label={label && said === null ? label : undefined}
      title={bare ? words : undefined}
      data-bare={bare ? '' : undefined}
      data-needs-script
    >
      {said === 'copied' ? (
        <IconCheck size={14} stroke={2.2} aria-hidden />
      ) : (
        <IconCopy size={14} stroke={1.8} aria-hidden />
      )}
      <span aria-live="polite" className={bare ? 'visually-hidden' : undefined}>
        {words}
      </span>
    </button>
  );
}
