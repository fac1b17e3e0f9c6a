'use client';

import { Button, Tooltip } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { guideWords as words } from '../../live/guide-words.ts';
import { useLab } from '../../live/LabProvider.tsx';
import styles from './HandButton.module.css';

/** Raises one's hand in class, and lowers it; not there for who learns in none. */
export function HandButton() {
  const { state, raiseHand } = useLab();
  const guide = state?.guide;
  if (!guide) return null;
  const up = guide.handSince !== undefined;
  return (
    <Tooltip label={up ? words.raised : words.raiseHint}>
      <Button
        className={styles.hand}
        variant={up ? 'light' : 'default'}
        size="xs"
        aria-pressed={up}
        leftSection={<IconHandStop size={15} stroke={1.7} />}
        onClick={() => void raiseHand(!up)}
        data-needs-script
      >
        {up ? words.lower : words.raise}
      </Button>
    </Tooltip>
  );
}
