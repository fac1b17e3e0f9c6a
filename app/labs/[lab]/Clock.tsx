'use client';

import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLab } from '../../live/LabProvider.tsx';
import styles from './Clock.module.css';
import { duration } from './progress.ts';

/** From here on, ms, what is left matters more than what was used. */
const SOON_MS = 15 * 60_000;

/** How long the learner has been at it; near the end, how long the nodes will still be there. */
export function Clock() {
  const { state, clock } = useLab();
  const running = state?.startedAt !== undefined;
  const now = useSecond(running) + clock;
  if (!state || state.startedAt === undefined || now === clock) return null;

  const { session, startedAt, finishedAt } = state;
  const expiresAt = 'expiresAt' in session ? session.expiresAt : undefined;
  const left = expiresAt === undefined ? undefined : expiresAt - now;
  if (left !== undefined && left < SOON_MS) {
    return (
      <Tooltip label="到时节点会被回收，已经通过的检查点不受影响。在终端里继续操作会延长。">
        <span className={styles.clock} data-soon>
          剩余 {duration(left)}
        </span>
      </Tooltip>
    );
  }
  const tip = left === undefined ? '从第一次启动节点算起' : `从第一次启动节点算起；节点还会保留 ${duration(left)}`;
  return (
    <Tooltip label={tip}>
      <span className={styles.clock}>用时 {duration((finishedAt ?? now) - startedAt)}</span>
    </Tooltip>
  );
}

/** The time, once a second while somebody needs it; 0 before the first tick, so that server and browser draw the same. */
function useSecond(running: boolean): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
