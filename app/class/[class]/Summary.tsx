import type { countsOf, Filter } from './rows.ts';
import styles from './Summary.module.css';
import { words } from './words.ts';

type Kind = 'online' | 'done' | 'stuck' | 'hands';
const KINDS: Kind[] = ['online', 'done', 'stuck', 'hands'];

interface Props {
  counts: ReturnType<typeof countsOf>;
  filter: Filter | null;
  onFilter(filter: Filter | null): void;
}

/** The four numbers; each narrows the list to those it counts. */
export function Summary({ counts, filter, onFilter }: Props) {
  return (
    <div className={styles.summary}>
      {KINDS.map((kind) => (
        <button
          key={kind}
          type="button"
          data-kind={counts[kind] > 0 ? kind : undefined}
          aria-pressed={filter?.kind === kind}
          onClick={() => onFilter(filter?.kind === kind ? null : { kind })}
        >
          <b>
            {counts[kind]}
            {kind === 'online' || kind === 'done' ? <i> / {counts.all}</i> : null}
          </b>
          <small>{words.counts[kind]}</small>
        </button>
      ))}
    </div>
  );
}
