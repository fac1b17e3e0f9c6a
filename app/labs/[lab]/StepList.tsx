'use client';

import { IconCheck, IconEye, IconPlayerTrackNext } from '@tabler/icons-react';
import Link from 'next/link';
import { guideWords } from '../../live/guide-words.ts';
import { useLab } from '../../live/LabProvider.tsx';
import { SKIPPED } from '../../words.ts';
import type { Outline, OutlineStep } from './outline.ts';
import { type Progress, stepProgress } from './progress.ts';
import styles from './StepList.module.css';

/** The lab's steps, each with how far it is. */
export function StepList({
  course,
  step,
  onChoose,
}: {
  course: Outline;
  step?: string | undefined;
  onChoose?(): void;
}) {
  return (
    <div className={styles.list}>
      <h2 className={styles.title}>步骤</h2>
      <ol>
        {course.steps.map((item) => (
          <li key={item.id}>
            <Item course={course} item={item} current={item.id === step} onChoose={onChoose} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Item(props: { course: Outline; item: OutlineStep; current: boolean; onChoose?: (() => void) | undefined }) {
  const { course, item, current, onChoose } = props;
  const { state } = useLab();
  const progress = stepProgress(item, state);
  return (
    <Link
      prefetch={false}
      href={`/labs/${course.id}/${item.id}`}
      className={styles.step}
      aria-current={current ? 'page' : undefined}
      title={item.title}
      onClick={() => onChoose?.()}
    >
      <Dot progress={progress} />
      <span className={styles.name}>{item.short}</span>
      {state?.guide?.highlight === item.id ? (
        <span className={styles.shown} title={guideWords.shown}>
          <IconEye size={15} stroke={1.8} role="img" aria-label={guideWords.shown} />
        </span>
      ) : null}
      {progress.total > 0 && (
        <small>
          <span className="visually-hidden">检查点 </span>
          {progress.skipped > 0 && progress.passed + progress.skipped === progress.total
            ? SKIPPED
            : state
              ? `${progress.passed}/${progress.total}`
              : progress.total}
        </small>
      )}
    </Link>
  );
}

function Dot({ progress: { passed, skipped, total } }: { progress: Progress }) {
  if (skipped > 0 && passed + skipped === total) {
    return (
      <span className={styles.dot} data-state="skipped" aria-hidden>
        <IconPlayerTrackNext size={10} stroke={2.4} />
      </span>
    );
  }
  if (total > 0 && passed === total) {
    return (
      <span className={styles.dot} data-state="done" aria-hidden>
        <IconCheck size={12} stroke={3} />
      </span>
    );
  }
  const share = total === 0 ? 0 : passed / total;
  return (
    <span className={styles.dot} data-state={share > 0 ? 'part' : 'none'} aria-hidden>
      {share > 0 && <i style={{ background: `conic-gradient(var(--accent) ${share * 360}deg, transparent 0)` }} />}
    </span>
  );
}
