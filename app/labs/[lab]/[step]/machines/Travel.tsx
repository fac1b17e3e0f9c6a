'use client';

import type { SessionState } from '../../../../../server/protocol.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import { travelWords as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import { Elapsed } from './Elapsed.tsx';
import styles from './Travel.module.css';

type Resetting = Extract<SessionState, { status: 'resetting' }>;

/** The way of new nodes to the start of a step: a line that fills from step to step while the platform goes it. */
export function Travel({ session, steps }: { session: Resetting; steps: Pick<OutlineStep, 'number' | 'short'>[] }) {
  const { clock } = useLab();
  const { to, playing, since } = session;
  const way = steps.filter((each) => each.number < to);
  const filled = (number: number) => {
    if (!playing || number > playing.step) return 0;
    return number < playing.step ? 1 : playing.done / playing.total;
  };
  const here = steps.find((each) => each.number === playing?.step);
  return (
    <div className={styles.travel}>
      <h3>{words.title(to)}</h3>
      <div
        className={styles.line}
        role="progressbar"
        aria-label={words.title(to)}
        aria-valuemin={0}
        aria-valuemax={way.length}
        aria-valuenow={playing ? playing.step - 1 : 0}
        aria-valuetext={here ? words.at(here.number, here.short) : words.making}
      >
        {way.map(({ number }) => (
          <span key={number} data-at={filled(number) === 1 ? 'done' : number === playing?.step ? 'now' : 'later'}>
            <b>{number}</b>
            <i>
              <i style={{ transform: `scaleX(${filled(number)})` }} />
            </i>
          </span>
        ))}
        <span>
          <b>{to}</b>
        </span>
      </div>
      <p>
        <span role="status">{here ? words.at(here.number, here.short) : words.making}</span>
        <small>
          {playing ? `${playing.nodes.join('、')} · ` : null}
          <Elapsed since={since} clock={clock} />
        </small>
      </p>
    </div>
  );
}
