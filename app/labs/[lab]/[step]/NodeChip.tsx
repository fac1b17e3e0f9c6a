import type { OutlineNode } from '../outline.ts';
import styles from './NodeChip.module.css';

/** A node's name in its colour. */
export function NodeChip({ name, course, quiet }: { name: string; course: OutlineNode[]; quiet?: boolean }) {
  const place = course.findIndex((node) => node.name === name);
  return (
    <span className={styles.chip} data-node-color={place + 1} data-quiet={quiet ? '' : undefined}>
      {course[place]?.label ?? name}
    </span>
  );
}
