'use client';

import { Button } from '@mantine/core';
import { IconClock, IconMessage, IconRotate } from '@tabler/icons-react';
import type { Dialog } from './Dialogs.tsx';
import styles from './Selection.module.css';
import { words } from './words.ts';

interface Props {
  learners: string[];
  /** Whether one may decide about time. */
  mayRun: boolean;
  onDialog(dialog: Dialog): void;
  onClear(): void;
}

/** What can be done with those who are chosen; stays in sight at the lower edge. */
export function Selection({ learners, mayRun, onDialog, onClear }: Props) {
  if (learners.length === 0) return null;
  return (
    <section className={styles.selection} aria-label={words.selected(learners.length)}>
      <b role="status">{words.selected(learners.length)}</b>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconMessage size={15} stroke={1.7} />}
        onClick={() => onDialog({ kind: 'message', learners })}
      >
        {words.message}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRotate size={15} stroke={1.7} />}
        onClick={() => onDialog({ kind: 'reset', learners })}
      >
        {words.reset}
      </Button>
      {mayRun ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconClock size={15} stroke={1.7} />}
          onClick={() => onDialog({ kind: 'extend', learners })}
        >
          {words.extend}
        </Button>
      ) : null}
      <button type="button" onClick={onClear}>
        {words.deselect}
      </button>
    </section>
  );
}
