'use client';

import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { SessionState } from '../../../../../server/protocol.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import { travelWords as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import { useReset } from './ResetDialog.tsx';
import styles from './StoppedNote.module.css';
import shared from './shared.module.css';

type Ready = Extract<SessionState, { status: 'ready' }>;

/** Why the nodes are not at the start of the step they were to be brought to: which block, what it said, what now. */
export function StoppedNote({ session, steps }: { session: Ready; steps: Pick<OutlineStep, 'id' | 'number'>[] }) {
  const { state } = useLab();
  const ask = useReset();
  const [shut, setShut] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const { stopped, since } = session;
  if (!stopped || shut === since) return null;
  const { to, step, node, why, code, value, text, output } = stopped;
  const label = value === undefined ? '' : (state?.values[value]?.label ?? value);
  const target = steps.find((each) => each.number === to)?.id;
  return (
    <div className={styles.note} role="alert">
      <IconInfoCircle size={18} stroke={1.7} aria-hidden />
      <div>
        <p>
          <b>{words.stopped(to)}</b>
          {words.because[why](step, node, why === 'exit' ? String(code) : label)}
          {words.notYours}
        </p>
        <p className={styles.acts}>
          <button type="button" className={shared.act} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? words.hide : words.show}
          </button>
          <button type="button" className={shared.act} onClick={() => ask(target ? { step: target } : {})}>
            {words.again}
          </button>
          <button type="button" className={shared.act} onClick={() => setShut(since)}>
            {words.shut}
          </button>
        </p>
        {open ? (
          <pre>
            {text}
            {output ? <samp>{`\n\n${output}`}</samp> : null}
          </pre>
        ) : null}
      </div>
    </div>
  );
}
