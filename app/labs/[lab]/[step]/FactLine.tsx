'use client';

import { IconCheck, IconX } from '@tabler/icons-react';
import Link from 'next/link';
import { Fragment, type ReactNode, useState } from 'react';
import type { Fact } from '../../../../content/check.ts';
import { useRun } from '../../../live/run.ts';
import type { Outline, OutlineNode } from '../outline.ts';
import { BlockStatus } from './BlockStatus.tsx';
import { CopyButton } from './CopyButton.tsx';
import styles from './FactLine.module.css';
import { NodeChip } from './NodeChip.tsx';
import { RunButton } from './RunButton.tsx';

/** One line of a verdict: holds or not; if not, expected against actual, then what to do and how to see it oneself. */
export function FactLine({ id, fact, course }: { id: string; fact: Fact; course: Outline }) {
  return (
    <li className={styles.fact} data-ok={fact.ok ? '' : undefined}>
      {fact.ok ? <IconCheck size={17} stroke={2.2} aria-hidden /> : <IconX size={17} stroke={2.2} aria-hidden />}
      <div>
        <p className={styles.title}>
          <span className="visually-hidden">{fact.ok ? '成立：' : '不成立：'}</span>
          <Text>{fact.title}</Text>
        </p>
        {!fact.ok && (
          <dl className={styles.pair}>
            <dt>期望</dt>
            <dd>{fact.expected}</dd>
            <dt>实际</dt>
            <dd>{fact.actual}</dd>
          </dl>
        )}
        {fact.advice !== '' && (
          <p className={styles.advice}>
            <Text code={(text) => <CheckpointLink id={text} course={course} />}>{fact.advice}</Text>
          </p>
        )}
        {!fact.ok && fact.look && <Look id={id} look={fact.look} course={course.nodes} />}
      </div>
    </li>
  );
}

/** A command that shows it, to run or copy. */
function Look({ id, look, course }: { id: string; look: NonNullable<Fact['look']>; course: OutlineNode[] }) {
  const { run, status, canRun, interrupt, elsewhere, cancel } = useRun();
  const [why, setWhy] = useState<string | null>(null);
  return (
    <div className={styles.look}>
      <span className={styles.lookHead}>自己看一眼</span>
      <NodeChip name={look.node} course={course} />
      <code>{look.command}</code>
      <span className={styles.lookButtons}>
        <CopyButton text={look.command} label={`复制 ${look.command}`} />
        <RunButton
          quiet
          able={canRun()}
          label={`运行 ${look.command}`}
          run={() => {
            setWhy(null);
            run({ id, nodes: [look.node], text: look.command });
          }}
          explain={setWhy}
        />
      </span>
      <BlockStatus
        status={status(id)}
        stream={false}
        why={why}
        note=""
        several={false}
        choose={{ interrupt: () => interrupt(id), elsewhere: () => elsewhere(id), cancel: () => cancel(id) }}
      />
    </div>
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

/** Words in which backticks mark code. `code` may show a piece of it otherwise. */
export function Text({ children, code }: { children: string; code?: (text: string) => ReactNode }) {
  return children.split('`').map((part, place) =>
    place % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never move.
      <Fragment key={place}>{code ? code(part) : <code>{part}</code>}</Fragment>
    ) : (
      part
    ),
  );
}
