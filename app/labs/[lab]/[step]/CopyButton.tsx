'use client';

import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import styles from './buttons.module.css';
import { copyText } from './copy.ts';

/** How long 「已复制」 stays, ms. */
const SAID_MS = 1_600;

/** Copies a text and says so in place. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const words = said === 'copied' ? '已复制' : said === 'failed' ? '没复制上' : '复制';
  return (
    <button
      type="button"
      className={styles.button}
      onClick={async () => setSaid((await copyText(text)) ? 'copied' : 'failed')}
      aria-label={label && said === null ? label : undefined}
      data-needs-script
    >
      {said === 'copied' ? (
        <IconCheck size={14} stroke={2.2} aria-hidden />
      ) : (
        <IconCopy size={14} stroke={1.8} aria-hidden />
      )}
      <span aria-live="polite">{words}</span>
    </button>
  );
}
