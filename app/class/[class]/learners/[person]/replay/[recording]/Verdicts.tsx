'use client';

import type { Replay } from '../../../../../../../server/record-protocol.ts';
import { clockTime, length } from '../../../../../../report/words.ts';
import type { Cast } from './cast.ts';
import styles from './Verdicts.module.css';
import { replay as words } from './words.ts';

/** How ptyd's markers of passed checkpoints begin (server/web.ts): the log has the same, with its facts. */
const PASSED_MARKER = '检查点通过';

interface Props {
  replay: Replay;
  markers: Cast['markers'];
  /** The position, seconds. */
  now: number;
  onJump(seconds: number): void;
}

/** Something that happened while it was recorded. */
interface Moment {
  key: string;
  seconds: number;
  title: string;
  /** Absent for what is no verdict. */
  status?: 'passed' | 'failed' | 'unknown' | 'skipped';
  failing: Replay['verdicts'][number]['facts'];
}

function momentsOf({ verdicts }: Replay, markers: Cast['markers']): Moment[] {
  const judged = verdicts.map(({ seconds, title, status, skipped, facts }, index): Moment => {
    const said = status === 'passed' && skipped ? 'skipped' : status;
    return { key: `v${index}`, seconds, title, status: said, failing: facts.filter(({ ok }) => !ok) };
  });
  const isLogged = judged.some(({ status }) => status === 'passed');
  const noted = markers
    .filter(({ text }) => !(isLogged && text.startsWith(PASSED_MARKER)))
    .map(({ seconds, text }, index): Moment => ({ key: `m${index}`, seconds, title: text, failing: [] }));
  return [...judged, ...noted].sort((a, b) => a.seconds - b.seconds);
}

/** What was judged while it was recorded, in order; each leads to its moment. */
export function Verdicts({ replay, markers, now, onJump }: Props) {
  const moments = momentsOf(replay, markers);
  const current = moments.findLast(({ seconds }) => seconds <= now + 1 && now > 0);
  const { startedAt } = replay.recording;
  return (
    <section className={styles.verdicts}>
      <h2>{words.verdicts}</h2>
      {moments.length === 0 ? <p>{words.verdictsNone}</p> : <p>{words.verdictsHint}</p>}
      <ol>
        {moments.map(({ key, seconds, title, status, failing }) => (
          <li key={key} data-status={status} aria-current={key === current?.key ? 'step' : undefined}>
            <button type="button" onClick={() => onJump(seconds)} title={words.jump(title, length(seconds))}>
              <time title={clockTime(startedAt + seconds * 1_000)}>{length(seconds)}</time>
              <span>
                {status && <b>{status === 'skipped' ? words.skipped : words.status[status]}</b>}
                {title}
              </span>
            </button>
            {failing.length > 0 && (
              <ul>
                {failing.map((fact) => (
                  <li key={`${fact.title} ${fact.actual}`}>
                    {fact.title.replaceAll('`', '')}
                    <span>
                      {words.expected} <b>{fact.expected}</b>
                    </span>
                    <span>
                      {words.actual} <b>{fact.actual}</b>
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
