'use client';

import { IconPlayerPlayFilled } from '@tabler/icons-react';
import styles from './buttons.module.css';

/** Runs a block; stays reachable while it cannot run, so that the reason can be read. */
export function RunButton(props: {
  able: true | string;
  quiet?: boolean;
  label?: string;
  run(): void;
  explain(why: string): void;
}) {
  const { able, quiet, label, run, explain } = props;
  return (
    <button
      type="button"
      className={styles.button}
      data-primary={quiet ? undefined : ''}
      aria-disabled={able !== true}
      aria-label={label}
      title={able === true ? undefined : able}
      onClick={() => (able === true ? run() : explain(able))}
      data-needs-script
    >
      <IconPlayerPlayFilled size={12} aria-hidden />
      运行
    </button>
  );
}
