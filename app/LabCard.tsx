import { IconCheckbox, IconClock, IconListNumbers, IconServer2 } from '@tabler/icons-react';
import { ContinueLink } from './ContinueLink.tsx';
import styles from './LabCard.module.css';
import type { Outline } from './labs/[lab]/outline.ts';

/** One lab in the list: what it is, what it takes, what will stand at the end of each step. */
export function LabCard({ course }: { course: Outline }) {
  const checkpoints = course.steps.reduce((sum, step) => sum + step.checkpoints.length, 0);
  const facts = [
    { Icon: IconClock, words: `约 ${course.minutes} 分钟` },
    { Icon: IconListNumbers, words: `${course.steps.length} 步` },
    { Icon: IconCheckbox, words: `${checkpoints} 个检查点` },
    { Icon: IconServer2, words: `${course.nodes.length} 台节点` },
  ];
  return (
    <article className={styles.card}>
      <div className={styles.about}>
        <p className={styles.subject}>{course.subject}</p>
        <h3>{course.title}</h3>
        <p className={styles.summary}>{course.summary}</p>
        <ul className={styles.facts}>
          {facts.map(({ Icon, words }) => (
            <li key={words}>
              <Icon size={17} stroke={1.7} aria-hidden />
              {words}
            </li>
          ))}
        </ul>
        <ContinueLink
          lab={course.id}
          title={course.title}
          steps={course.steps.map(({ id, number, short }) => ({ id, number, short }))}
        />
      </div>
      <ol className={styles.steps} aria-label={`${course.title}的步骤`}>
        {course.steps.map((step) => (
          <li key={step.id}>
            <span className={styles.number}>{step.number}</span>
            <span className={styles.title}>{step.title}</span>
            {step.checkpoints.length > 0 && <small>{step.checkpoints.length} 个检查点</small>}
          </li>
        ))}
      </ol>
    </article>
  );
}
