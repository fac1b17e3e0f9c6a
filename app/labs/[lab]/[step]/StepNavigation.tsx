'use client';

import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import Link from 'next/link';
import { useLab } from '../../../live/LabProvider.tsx';
import type { Outline } from '../outline.ts';
import { stepProgress } from '../progress.ts';
import styles from './StepNavigation.module.css';

/** The way back and the way on; the way on is the thing to do once this step's checkpoints have passed. */
export function StepNavigation({ course, step }: { course: Outline; step: string }) {
  const { state } = useLab();
  const place = course.steps.findIndex((item) => item.id === step);
  const here = course.steps[place];
  const previous = course.steps[place - 1];
  const next = course.steps[place + 1];
  if (!here) return null;
  const { passed, skipped, total } = stepProgress(here, state);
  const left = total - passed - skipped;
  return (
    <nav className={styles.navigation} aria-label="上一步和下一步" data-no-print>
      {previous ? (
        <Link href={`/labs/${course.id}/${previous.id}`} className={styles.link} rel="prev">
          <IconArrowLeft size={18} stroke={1.7} aria-hidden />
          <span>
            <small>上一步</small>
            {previous.title}
          </span>
        </Link>
      ) : (
        <span />
      )}
      {!next && (
        <Link href="/" className={`${styles.link} ${styles.next}`}>
          <span>
            <small>走到头了</small>
            全部实验
          </span>
          <IconArrowRight size={18} stroke={1.7} aria-hidden />
        </Link>
      )}
      {next && (
        <Link
          href={`/labs/${course.id}/${next.id}`}
          className={`${styles.link} ${styles.next}`}
          data-ready={left === 0 && state !== null ? '' : undefined}
          rel="next"
        >
          <span>
            <small>下一步{left > 0 && state ? ` · 这一步还差 ${left} 个检查点` : ''}</small>
            {next.title}
          </span>
          <IconArrowRight size={18} stroke={1.7} aria-hidden />
        </Link>
      )}
    </nav>
  );
}
