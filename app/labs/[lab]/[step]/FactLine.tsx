'use client';

import { IconCheck, IconX } from '@tabler/icons-react';
import Link from 'next/link';
import type { ShownFact } from '../../../../server/protocol.ts';
import type { Outline } from '../outline.ts';
import { FactCommand } from './FactCommand.tsx';
import { FactHints } from './FactHints.tsx';
import styles from './FactLine.module.css';
import { Words } from './Words.tsx';

interface Props {
  checkpoint: string;
  fact: ShownFact;
  course: Outline;
}

/** One line of a verdict: holds or not; if not, expected beside actual, how to see it oneself, and the hints. */
export function FactLine({ checkpoint, fact, course }: Props) {
  const { id, ok, look, notice } = fact;
  return (
    <li className={styles.fact} data-ok={ok ? '' : undefined} data-fact={id}>
      {ok ? <IconCheck size={17} stroke={2.2} aria-hidden /> : <IconX size={17} stroke={2.2} aria-hidden />}
      <div>
        <p className={styles.title}>
          <span className="visually-hidden">{ok ? '成立：' : '不成立：'}</span>
          <Words>{fact.title}</Words>
        </p>
        {!ok && (
          <dl className={styles.pair}>
            <div>
              <dt>期望</dt>
              <dd>{fact.expected}</dd>
            </div>
            <div data-actual>
              <dt>实际</dt>
              <dd>{fact.actual}</dd>
            </div>
          </dl>
        )}
        {notice !== '' && (
          <p className={styles.notice}>
            <Words code={(text) => <CheckpointLink id={text} course={course} />}>{notice}</Words>
          </p>
        )}
        {!ok && look && (
          <div className={styles.look}>
            <span>自己看一眼</span>
            <FactCommand
              id={`look:${checkpoint}:${id}`}
              node={look.node}
              command={look.command}
              course={course.nodes}
            />
          </div>
        )}
        <FactHints checkpoint={checkpoint} fact={fact} course={course} />
      </div>
    </li>
  );
}

/** Code that is the id of a checkpoint reads as its claim and leads there; other code is code. */
function CheckpointLink({ id, course }: { id: string; course: Outline }) {
  const step = course.steps.find((each) => each.checkpoints.some((checkpoint) => checkpoint.id === id));
  const claim = step?.checkpoints.find((checkpoint) => checkpoint.id === id)?.title;
  if (!step || !claim) return <code>{id}</code>;
  return (
    <Link href={`/labs/${course.id}/${step.id}`}>
      「第 {step.number} 步：{claim}」
    </Link>
  );
}
