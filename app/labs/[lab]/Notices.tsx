'use client';

import { IconClockPause, IconHourglass, IconLock } from '@tabler/icons-react';
import { guideWords as words } from '../../live/guide-words.ts';
import { useLab } from '../../live/LabProvider.tsx';
import styles from './Notices.module.css';
import { duration } from './progress.ts';
import { useSecond } from './useSecond.ts';

/** What holds for the page as a whole: the class may not type now, or nodes that nobody uses are about to go. */
export function Notices() {
  const { state } = useLab();
  const gate = state?.guide?.gate ?? 'open';
  return (
    <div role="status" data-no-print>
      {gate === 'open' ? null : (
        <p className={styles.strip} data-gate={gate}>
          {gate === 'paused' ? <IconClockPause size={17} stroke={1.8} /> : <IconLock size={17} stroke={1.8} />}
          <span>{gate === 'paused' ? words.paused : words.closed}</span>
        </p>
      )}
      <Idle />
    </div>
  );
}

/** Warns before idle nodes go; any work on them keeps them, and so does the button. */
function Idle() {
  const { state, clock, keep } = useLab();
  const session = state?.session;
  const expiresAt = session?.status === 'ready' ? session.expiresAt : undefined;
  const now = useSecond(expiresAt !== undefined) + clock;
  if (!state || expiresAt === undefined || now === clock) return null;
  const left = expiresAt - now;
  if (left > state.idleWarningMs) return null;
  return (
    <p className={styles.strip} data-idle>
      <IconHourglass size={17} stroke={1.8} aria-hidden />
      {/* Read out once, not at every second. */}
      <span aria-live="off">{words.idle(duration(left))}</span>
      <button type="button" onClick={() => void keep()}>
        {words.keep}
      </button>
    </p>
  );
}
