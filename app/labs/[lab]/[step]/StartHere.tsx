'use client';

import { IconPlayerTrackNext } from '@tabler/icons-react';
import { useLab } from '../../../live/LabProvider.tsx';
import { travelWords as words } from '../../../live/words.ts';
import type { Outline } from '../outline.ts';
import { useReset } from './machines/ResetDialog.tsx';
import styles from './StartHere.module.css';

/** Beside the step's number: begin here, without doing by hand what comes before. */
export function StartHere({ course, step }: { course: Outline; step: string }) {
  const { state } = useLab();
  const ask = useReset();
  const number = course.steps.find((each) => each.id === step)?.number ?? 1;
  if (number === 1) return null;
  const before = course.steps.filter((each) => each.number < number).flatMap((each) => each.checkpoints);
  const open = state ? before.filter(({ id }) => state.results[id]?.status !== 'passed').length : 0;
  return (
    <span className={styles.start} data-needs-script data-no-print>
      {open > 0 ? <span>{words.before}</span> : null}
      <button type="button" onClick={() => ask({ step })} disabled={state === null}>
        <IconPlayerTrackNext size={14} stroke={1.8} aria-hidden />
        {words.here}
      </button>
    </span>
  );
}
