'use client';

import { useState } from 'react';
import { useRun } from '../../../live/useRun.ts';
import type { OutlineNode } from '../outline.ts';
import { BlockStatus } from './BlockStatus.tsx';
import { CopyButton } from './CopyButton.tsx';
import styles from './FactCommand.module.css';
import { NodeChip } from './NodeChip.tsx';
import { RunButton } from './RunButton.tsx';

interface Props {
  /** Names its runs. */
  id: string;
  node: string;
  command: string;
  course: OutlineNode[];
  /** The command on lines of its own: it is what the matter is about. */
  apart?: boolean;
}

/** One command of a fact, on its node: to run or to copy. */
export function FactCommand({ id, node, command, course, apart }: Props) {
  const { run, status, canRun, interrupt, elsewhere, cancel } = useRun();
  const [why, setWhy] = useState<string | null>(null);
  return (
    <div className={styles.row} data-apart={apart ? '' : undefined}>
      <NodeChip name={node} course={course} />
      <code>{command}</code>
      <span className={styles.buttons}>
        <CopyButton bare text={command} label={`复制 ${command}`} />
        <RunButton
          quiet
          able={canRun()}
          label={`运行 ${command}`}
          run={() => {
            setWhy(null);
            run({ id, nodes: [node], text: command });
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
