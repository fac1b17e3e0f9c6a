import type { ShownResult } from '../../../server/protocol.ts';
import { hints } from '../../words.ts';
import styles from './WatchedCheckpoints.module.css';
import { watch as words } from './words.ts';

interface Props {
  checkpoints: { id: string; title: string }[];
  results: Record<string, ShownResult>;
}

/** What the learner is told of the checkpoints that fail now: expected against actual, and how many hints were opened. */
export function WatchedCheckpoints({ checkpoints, results }: Props) {
  const failing = checkpoints.flatMap(({ id, title }) => {
    const result = results[id];
    return result?.status === 'failed' ? [{ id, title, result }] : [];
  });
  if (failing.length === 0) return null;
  return (
    // The list scrolls, so that it must be reached by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls needs the focus to be scrolled without a mouse.
    <section className={styles.checkpoints} aria-label={words.failing} tabIndex={0}>
      {failing.map(({ id, title, result }) => (
        <div key={id} data-checkpoint={id}>
          <h3>
            {title}
            {result.hintsOpened > 0 && <span> · {hints.opened(result.hintsOpened)}</span>}
          </h3>
          <ul>
            {result.facts
              .filter(({ ok }) => !ok)
              .map((fact) => (
                <li key={fact.id}>
                  {fact.title.replaceAll('`', '')}
                  <span>
                    期望 <b>{fact.expected}</b>
                  </span>
                  <span>
                    实际 <b>{fact.actual}</b>
                  </span>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
