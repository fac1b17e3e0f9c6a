import Link from 'next/link';
import type { ReactNode } from 'react';
import { Brand } from './Brand.tsx';
import styles from './Message.module.css';

/** A page with one thing to say: what happened, whether work is safe, what to do. */
export function Message({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.page}>
      <header>
        <Brand />
      </header>
      <main className={styles.message}>
        <svg viewBox="0 0 220 64" width="220" height="64" aria-hidden="true">
          <path d="M36 32h52" stroke="var(--line-strong)" strokeWidth="2" strokeDasharray="5 5" />
          <path d="M132 32h52" stroke="var(--line-strong)" strokeWidth="2" strokeDasharray="5 5" />
          <circle cx="22" cy="32" r="13" fill="var(--n1-soft)" stroke="var(--n1)" strokeWidth="2" />
          <circle cx="198" cy="32" r="13" fill="var(--n2-soft)" stroke="var(--n2)" strokeWidth="2" />
          <circle cx="110" cy="32" r="19" fill="var(--paper)" stroke="var(--line-strong)" strokeWidth="2" />
          <path d="M103 25l14 14M117 25l-14 14" stroke="var(--soft)" strokeWidth="2.2" strokeLinecap="round" />
        </svg>
        <h1>{title}</h1>
        <div className={styles.text}>{children}</div>
        <p className={styles.actions}>
          {action}
          <Link href="/">回到全部实验</Link>
        </p>
      </main>
    </div>
  );
}
