'use client';

import { Tooltip } from '@mantine/core';
import { guideWords as words } from '../../live/guide-words.ts';
import { useLab } from '../../live/LabProvider.tsx';
import styles from './Deadline.module.css';
import { clockTime } from './progress.ts';
import { useSecond } from './useSecond.ts';

/** From here on, ms, the time that is left should be seen at a glance. */
const SOON_MS = 10 * 60_000;

/** Until when one's work is in time, where a class has said so. */
export function Deadline() {
  const { state, clock } = useLab();
  const deadline = state?.guide?.deadline;
  const now = useSecond(deadline !== undefined) + clock;
  if (deadline === undefined || now === clock) return null;
  const past = now > deadline;
  return (
    <Tooltip label={words.deadlineHint}>
      <span className={styles.deadline} data-soon={past || deadline - now < SOON_MS ? '' : undefined}>
        {past ? words.late : words.deadline(clockTime(deadline))}
      </span>
    </Tooltip>
  );
}
