import { IconAlertTriangle, IconBulb, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './Note.module.css';

const kinds = {
  why: { Icon: IconInfoCircle, title: '为什么' },
  tip: { Icon: IconBulb, title: '提示' },
  warn: { Icon: IconAlertTriangle, title: '注意' },
} as const;

/** A remark beside the thread: background, advice, or a trap. */
export function Note(props: { kind: keyof typeof kinds; title?: string | undefined; children: ReactNode }) {
  const { Icon, title } = kinds[props.kind];
  return (
    <aside className={styles.note} data-kind={props.kind} aria-label={props.title ?? title}>
      <p className={styles.title}>
        <Icon size={18} stroke={1.8} aria-hidden />
        {props.title ?? title}
      </p>
      <div className={styles.body}>{props.children}</div>
    </aside>
  );
}
