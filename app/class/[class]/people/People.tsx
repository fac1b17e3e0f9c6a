'use client';

import { useCallback, useEffect, useState } from 'react';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import { refusals } from '../../../words.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { Roster } from './Roster.tsx';
import { Settings } from './Settings.tsx';
import { Staff } from './Staff.tsx';

/** The roster, the staff, and the class's settings; asked anew when the window is looked at again. */
export function People() {
  const { desk, epoch } = useDesk();
  const { id, role } = useClass();
  const [learners, setLearners] = useState<RosterEntry[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);

  const refresh = useCallback(async () => {
    const answer = await desk.request('roster:list', { class: id });
    if (answer.ok) setLearners(answer.data.learners);
    setWrong(answer.ok ? null : refusals[answer.code]);
  }, [desk, id]);
  useEffect(() => {
    if (epoch === 0) return;
    void refresh();
    window.addEventListener('focus', refresh);
    return () => window.removeEventListener('focus', refresh);
  }, [epoch, refresh]);

  const mayRun = role === 'instructor' || role === 'admin';
  return (
    <main className={styles.page}>
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      {learners && <Roster learners={learners} mayRun={mayRun} refresh={refresh} />}
      <Staff mayOwn={role === 'admin'} />
      {mayRun && <Settings />}
    </main>
  );
}
