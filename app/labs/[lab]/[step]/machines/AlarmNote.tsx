'use client';

import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { SessionState } from '../../../../../server/protocol.ts';
import { alarmWords as words } from '../../../../live/words.ts';
import { useReset } from './ResetDialog.tsx';
import styles from './StoppedNote.module.css';
import shared from './shared.module.css';

type Ready = Extract<SessionState, { status: 'ready' }>;

/** What the platform found in the nodes, why it matters, and what to do now. One of a node that goes on can be put away. */
export function AlarmNote({ session }: { session: Ready }) {
  const ask = useReset();
  const [shut, setShut] = useState<number[]>([]);
  const shown = (session.alarms ?? []).filter(({ did, at }) => did === 'halted' || !shut.includes(at));
  return shown.map((alarm) => (
    <div key={`${alarm.node} ${alarm.found}`} className={styles.note} role="alert">
      <IconInfoCircle size={18} stroke={1.7} aria-hidden />
      <div>
        <p>
          <b>{words.title(alarm)}</b>
          {words.text[alarm.found]}
          {words.now(alarm)}
        </p>
        <p className={styles.acts}>
          <button type="button" className={shared.act} onClick={() => ask({ node: alarm.node })}>
            {words.reset(alarm.node)}
          </button>
          {alarm.did === 'halted' ? null : (
            <button type="button" className={shared.act} onClick={() => setShut([...shut, alarm.at])}>
              {words.shut}
            </button>
          )}
        </p>
      </div>
    </div>
  ));
}
