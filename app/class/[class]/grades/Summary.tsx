import type { Gradebook } from '../../../../server/record-protocol.ts';
import styles from './Summary.module.css';
import { type Line, passedOf, type Sums } from './table.ts';
import { grades as words } from './words.ts';

/** What a class comes to: the sums, and of one lab how many have passed each checkpoint. */
export function Summary({ book, lines, sums }: { book: Gradebook; lines: readonly Line[]; sums: Sums }) {
  if (lines.length === 0) return null;
  const { count, average, points } = sums;
  const [lab] = book.labs.length === 1 ? book.labs : [];
  return (
    <section className={styles.summary}>
      <dl className={styles.sums}>
        <div title={words.averageHint}>
          <dt>{words.average}</dt>
          <dd>
            {average} <small>{words.of(points)}</small>
          </dd>
        </div>
        <div>
          <dt>{words.finished}</dt>
          <dd>
            {count.finished} <small>{words.of(count.all)}</small>
          </dd>
        </div>
        <div>
          <dt>{words.unfinished}</dt>
          <dd>{count.unfinished}</dd>
        </div>
        <div>
          <dt>{words.untouched}</dt>
          <dd>{count.untouched}</dd>
        </div>
        <div data-late={count.late > 0 || undefined}>
          <dt>{words.late}</dt>
          <dd>{count.late}</dd>
        </div>
      </dl>
      {lab && (
        <figure className={styles.passing}>
          <figcaption>{words.passing}</figcaption>
          <ol>
            {passedOf(lines, lab.checkpoints.length).map((passed, index) => {
              const { id = '', title = '', step = 0 } = lab.checkpoints[index] ?? {};
              return (
                <li key={id} title={`${title}：${words.passed(passed, lines.length)}`}>
                  <span className="visually-hidden">
                    {title}：{words.passed(passed, lines.length)}
                  </span>
                  <b aria-hidden>{passed}</b>
                  <i aria-hidden>
                    <i style={{ height: `${(100 * passed) / lines.length}%` }} />
                  </i>
                  <small aria-hidden>{step}</small>
                </li>
              );
            })}
          </ol>
        </figure>
      )}
    </section>
  );
}
