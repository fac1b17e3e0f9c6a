'use client';

import { Tooltip } from '@mantine/core';
import { useLab } from '../../live/LabProvider.tsx';
import styles from './Clock.module.css';
import { duration } from './progress.ts';
import { useSecond } from './useSecond.ts';

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
      <Tooltip label="很久没有操作的节点到时会被收回，已经通过的检查点不受影响。继续操作就会延长。">
        <span className={styles.clock} data-soon>
          剩余 {duration(left)}
        </span>
      </Tooltip>
    );
  }
  const tip =
    left === undefined ? '从第一次启动节点算起' : `从第一次启动节点算起；没有操作的话，节点还会保留 ${duration(left)}`;
  return (
    <Tooltip label={tip}>
      <span className={styles.clock}>用时 {duration(Math.max(0, (finishedAt ?? now) - startedAt))}</span>
    </Tooltip>
  );
}
