'use client';

import { IconArrowRight } from '@tabler/icons-react';
import Link from 'next/link';
import { useSyncExternalStore } from 'react';
import styles from './ContinueLink.module.css';
import { lastStepKey } from './lastStep.ts';

interface Props {
  lab: string;
  title: string;
  steps: { id: string; number: number; short: string }[];
}

/** Leads into a lab: to its first step, or back to where this browser was. */
export function ContinueLink({ lab, title, steps }: Props) {
  const last = useSyncExternalStore(
    (changed) => {
      window.addEventListener('storage', changed);
      return () => window.removeEventListener('storage', changed);
    },
    () => lastStep(lab),
    () => null,
  );
  const back = steps.find((step) => step.id === last);
  const step = back ?? steps[0];
  if (!step) return null;
  return (
    <Link
      href={`/labs/${lab}/${step.id}`}
      className={styles.link}
      aria-label={back ? `继续第 ${back.number} 步：${back.short}，${title}` : `开始实验：${title}`}
    >
      {back ? `继续第 ${back.number} 步：${back.short}` : '开始实验'}
      <IconArrowRight size={18} stroke={1.9} aria-hidden />
    </Link>
  );
}

function lastStep(lab: string): string | null {
  try {
    return localStorage.getItem(lastStepKey(lab));
  } catch {
    // Storage may be closed; then there is nothing to go back to.
    return null;
  }
}
