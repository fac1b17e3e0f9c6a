'use client';

import { useEffect, useState } from 'react';
import { machines as words } from '../../../../live/words.ts';
import styles from './shared.module.css';

/** Seconds since a moment of the server's clock, counting. */
export function Elapsed({ since, clock }: { since: number; clock: number }) {
  const [now, setNow] = useState(() => Date.now() + clock);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() + clock), 1_000);
    return () => clearInterval(timer);
  }, [clock]);
  return (
    <span className={styles.elapsed} aria-hidden>
      {words.seconds(Math.max(0, Math.round((now - since) / 1_000)))}
    </span>
  );
}
