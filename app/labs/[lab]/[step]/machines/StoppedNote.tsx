'use client';

import { useState } from 'react';
import type { SessionState } from '../../../../../server/protocol.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import { travelWords as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import { Act, Note } from './Note.tsx';
import { useReset } from './ResetDialog.tsx';

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
  const because = words.because[why](step, node, why === 'exit' ? String(code) : label);
  return (
    <Note
      role="alert"
      told={[{ title: words.stopped(to), text: because + words.notYours }]}
      acts={
        <>
          <Act label={open ? words.hide : words.show} expanded={open} onClick={() => setOpen(!open)} />
          <Act label={words.again} onClick={() => ask(target ? { step: target } : {})} />
          <Act label={words.shut} onClick={() => setShut(since)} />
        </>
      }
    >
      {open ? (
        <pre>
          {text}
          {output ? <samp>{`\n\n${output}`}</samp> : null}
        </pre>
      ) : null}
    </Note>
  );
}
