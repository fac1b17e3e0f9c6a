'use client';

import { IconArrowLeft, IconPrinter } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import styles from './ReportPage.module.css';
import { report as words } from './words.ts';

interface Props {
  /** Where one came from. */
  back: { href: string; text: string };
  /** Whether there is something to be printed. */
  ready: boolean;
  /** What else there is to choose. */
  choice?: ReactNode;
  children: ReactNode;
}

/** The page around a report: none of it is printed. */
export function ReportPage({ back, ready, choice, children }: Props) {
  return (
    <main className={styles.page}>
      <div className={styles.tools} data-no-print>
        <Link href={back.href}>
          <IconArrowLeft size={17} stroke={1.8} aria-hidden />
          {back.text}
        </Link>
        {choice}
        <span />
        <button type="button" disabled={!ready} onClick={() => window.print()}>
          <IconPrinter size={17} stroke={1.7} aria-hidden />
          {words.print}
        </button>
      </div>
      {children}
    </main>
  );
}
