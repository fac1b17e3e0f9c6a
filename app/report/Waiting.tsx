'use client';

import { Loader } from '@mantine/core';
import type { RefusalCode } from '../../server/protocol.ts';
import type { ConnectionState } from '../live/connection.ts';
import { refusals } from '../words.ts';
import styles from './Waiting.module.css';
import { waiting as words } from './words.ts';

interface Props {
  connection: ConnectionState;
  refusal: RefusalCode | null;
  again(): void;
}

/** Stands where something is not there yet, or why it will not be. */
export function Waiting({ connection, refusal, again }: Props) {
  if (connection === 'refused') return <p className={styles.note}>{words.refused}</p>;
  if (refusal && connection === 'open') {
    return (
      <div className={styles.note} role="alert">
        <p>{refusals[refusal]}</p>
        <button type="button" onClick={again}>
          {words.again}
        </button>
      </div>
    );
  }
  return (
    <div className={styles.note} role="status">
      <Loader size="sm" />
      <p>{connection === 'reconnecting' ? words.reconnecting : words.reading}</p>
    </div>
  );
}
