'use client';

import { useLab } from '../../live/LabProvider.tsx';
import type { Outline } from './outline.ts';
import styles from './ProgressBar.module.css';
import { labProgress } from './progress.ts';

/** How many of the lab's checkpoints have passed. */
export function ProgressBar({ course }: { course: Outline }) {
  const { state } = useLab();
  const { passed, total } = labProgress(course, state);
  return (
    <div className={styles.progress} data-needs-script>
      <div
        className={styles.track}
        role="progressbar"
        aria-label="已通过的检查点"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={passed}
        aria-valuetext={`${passed} / ${total}`}
      >
        <i style={{ transform: `scaleX(${total === 0 ? 0 : passed / total})` }} />
      </div>
      <span className={styles.count} title={`已通过 ${passed} 个检查点，共 ${total} 个`}>
        {passed} / {total}
      </span>
    </div>
  );
}
