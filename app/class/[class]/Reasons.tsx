import { useState } from 'react';
import styles from './Reasons.module.css';
import type { Column, Filter, Reason } from './rows.ts';
import { words } from './words.ts';

/** Reasons shown before the others are asked for: what fits on two lines. */
const FIRST = 5;

interface Props {
  reasons: Reason[];
  columns: readonly Column[];
  filter: Filter | null;
  onFilter(filter: Filter | null): void;
}

/** What keeps learners, by how many; each narrows the list to them. */
export function Reasons({ reasons, columns, filter, onFilter }: Props) {
  const [whole, setWhole] = useState(false);
  const active = filter?.kind === 'reason' ? filter.key : undefined;
  if (reasons.length === 0) return null;
  const shown = whole ? reasons : reasons.filter(({ key }, index) => index < FIRST || key === active);
  return (
    <ul className={styles.reasons} aria-label={words.reasons}>
      {shown.map(({ key, checkpoint, title, learners, lapsed }) => {
        const short = columns.find(({ id }) => id === checkpoint)?.short ?? '';
        return (
          <li key={key}>
            <button
              type="button"
              data-lapsed={lapsed || undefined}
              aria-pressed={key === active}
              title={title.replaceAll('`', '')}
              onClick={() => onFilter(key === active ? null : { kind: 'reason', key })}
            >
              <b>{learners.length}</b> 人 <span>{short}</span> <em>{title.replaceAll('`', '')}</em>
            </button>
          </li>
        );
      })}
      {reasons.length > FIRST ? (
        <li>
          <button type="button" data-more onClick={() => setWhole(!whole)}>
            {whole ? words.fewer : words.more(reasons.length - FIRST)}
          </button>
        </li>
      ) : null}
    </ul>
  );
}
