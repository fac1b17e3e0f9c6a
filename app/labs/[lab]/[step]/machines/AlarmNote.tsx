'use client';

import { useState } from 'react';
import type { SessionState } from '../../../../../server/protocol.ts';
import { alarmWords as words } from '../../../../live/words.ts';
import { Act, Note } from './Note.tsx';
import { useReset } from './ResetDialog.tsx';

type Ready = Extract<SessionState, { status: 'ready' }>;

/** What the platform found in the nodes, why it matters, and what to do now. One of a node that goes on can be put away. */
export function AlarmNote({ session }: { session: Ready }) {
  const ask = useReset();
  const [shut, setShut] = useState<number[]>([]);
  const shown = (session.alarms ?? []).filter(({ did, at }) => did === 'halted' || !shut.includes(at));
  return shown.map((alarm) => (
    <Note
      key={`${alarm.node} ${alarm.found}`}
      role="alert"
      told={[{ title: words.title(alarm), text: words.text[alarm.found] + words.now(alarm) }]}
      acts={
        <>
          <Act label={words.reset(alarm.node)} onClick={() => ask({ node: alarm.node })} />
          {alarm.did === 'halted' ? null : <Act label={words.shut} onClick={() => setShut([...shut, alarm.at])} />}
        </>
      }
    />
  ));
}
