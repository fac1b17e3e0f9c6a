'use client';

import { IconArrowLeft } from '@tabler/icons-react';
import Link from 'next/link';
import { useCallback, useEffect, useState } from 'react';
import type { Recording, Replay } from '../../../../../../../server/record-protocol.ts';
import { Waiting } from '../../../../../../report/Waiting.tsx';
import { called, length, moment, shortMoment } from '../../../../../../report/words.ts';
import { useDesk } from '../../../../../Desk.tsx';
import { useAnswer } from '../../../../../useAnswer.ts';
import { type Cast, readCast } from './cast.ts';
import styles from './ReplayDesk.module.css';
import { Screen } from './Screen.tsx';
import { Verdicts } from './Verdicts.tsx';
import { replay as words } from './words.ts';

/** Whoever jumps to a verdict wants to see what led to it. */
const LEAD_SECONDS = 2;

interface Props {
  classId: string;
  learner: string;
  lab: string;
  recording: string;
}

/** A recording, and whether it has come. */
type Fetched = { text: string; cast: Cast } | 'loading' | 'gone' | 'broken' | 'failed';

/** A recording being played, beside the verdicts of its time. */
export function ReplayDesk({ classId, learner, lab, recording }: Props) {
  const { connection } = useDesk();
  const { data, refusal, ask } = useAnswer('recording:open', { class: classId, lab, learner, recording });
  const place = `/class/${classId}/learners/${learner}`;
  const [fetched, fetchAgain] = useRecording(`/recordings/${classId}/${learner}/${lab}/${recording}`);
  const [goal, setGoal] = useState({ seconds: 0, count: 0 });
  const [now, setNow] = useState(0);
  const again = () => {
    ask();
    fetchAgain();
  };
  return (
    <main className={styles.page}>
      <div className={styles.head}>
        <Link href={`${place}?lab=${lab}`} className={styles.back}>
          <IconArrowLeft size={17} stroke={1.8} aria-hidden />
          {data ? words.back(called(data.learner)) : words.title}
        </Link>
        {data && <About replay={data} onMore={again} />}
      </div>
      {data ? (
        <div className={styles.parts}>
          {typeof fetched === 'object' ? (
            <Screen text={fetched.text} cast={fetched.cast} goal={goal} onTime={setNow} />
          ) : (
            <div className={styles.instead} role="status">
              <p>{words[fetched]}</p>
              {fetched === 'failed' && (
                <button type="button" onClick={fetchAgain}>
                  {words.again}
                </button>
              )}
            </div>
          )}
          <aside className={styles.side}>
            <Verdicts
              replay={data}
              markers={typeof fetched === 'object' ? fetched.cast.markers : []}
              now={now}
              onJump={(seconds) =>
                setGoal(({ count }) => ({ seconds: Math.max(0, seconds - LEAD_SECONDS), count: count + 1 }))
              }
            />
            <Others recordings={data.others} href={(id) => `${place}/replay/${id}?lab=${lab}`} />
          </aside>
        </div>
      ) : (
        <Waiting connection={connection} refusal={refusal} again={ask} />
      )}
    </main>
  );
}

/** Fetches a recording; the second part fetches it again, for it may have grown. */
function useRecording(address: string): [Fetched, () => void] {
  const [fetched, setFetched] = useState<Fetched>('loading');
  const get = useCallback(
    async (signal?: AbortSignal): Promise<Fetched> => {
      try {
        const response = await fetch(address, { signal });
        if (response.status === 404) return 'gone';
        if (!response.ok) return 'failed';
        const text = await response.text();
        const cast = readCast(text);
        return cast && cast.times.length > 0 ? { text, cast } : 'broken';
      } catch {
        // The server could not be reached, or the page is being left.
        return 'failed';
      }
    },
    [address],
  );
  useEffect(() => {
    const leaving = new AbortController();
    setFetched('loading');
    void get(leaving.signal).then((next) => !leaving.signal.aborted && setFetched(next));
    return () => leaving.abort();
  }, [get]);
  return [fetched, () => void get().then(setFetched)];
}

function About({ replay, onMore }: { replay: Replay; onMore(): void }) {
  const { recording, lab, learner } = replay;
  return (
    <p className={styles.about}>
      <b>{called(learner)}</b>
      <span>{lab.title}</span>
      <span>{recording.node}</span>
      <time>{moment(recording.startedAt)}</time>
      {recording.grows && (
        <span className={styles.grows}>
          {words.grows}
          <button type="button" onClick={onMore}>
            {words.more}
          </button>
        </span>
      )}
    </p>
  );
}

function Others({ recordings, href }: { recordings: readonly Recording[]; href(id: string): string }) {
  if (recordings.length === 0) return null;
  return (
    <section className={styles.others}>
      <h2>{words.others}</h2>
      <ul>
        {recordings.map(({ id, node, startedAt, seconds }) => (
          <li key={id}>
            <a href={href(id)}>
              <b>{node}</b>
              <time>{shortMoment(startedAt)}</time>
              <span>{length(seconds)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
