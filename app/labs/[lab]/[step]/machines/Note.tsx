import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './Note.module.css';
import shared from './shared.module.css';

interface Props {
  /** `alert` interrupts whoever is read to. */
  role: 'alert' | 'status';
  /** The paragraphs: each with what it is about in front. */
  told: { title: string; text: string }[];
  /** What one can do about it. */
  acts?: ReactNode;
  children?: ReactNode;
}

/** What the platform has to say about the nodes, above the terminals: what is, why, and what can be done now. */
export function Note({ role, told, acts, children }: Props) {
  return (
    <div className={styles.note} role={role}>
      <IconInfoCircle size={18} stroke={1.7} aria-hidden />
      <div>
        {told.map(({ title, text }) => (
          <p key={title}>
            <b>{title}</b>
            {text}
          </p>
        ))}
        {acts ? <p className={styles.acts}>{acts}</p> : null}
        {children}
      </div>
    </div>
  );
}

/** Something that can be done about a note; `expanded` says whether what it opens is open. */
export function Act({ label, expanded, onClick }: { label: string; expanded?: boolean; onClick(): void }) {
  return (
    <button type="button" className={shared.act} aria-expanded={expanded} onClick={onClick}>
      {label}
    </button>
  );
}
