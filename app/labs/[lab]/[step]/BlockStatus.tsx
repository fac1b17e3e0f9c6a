'use client';

import { IconCheck, IconLoader2, IconX } from '@tabler/icons-react';
import type { RunStatus } from '../../../live/run.ts';
import styles from './BlockStatus.module.css';

interface Choices {
  interrupt(): void;
  elsewhere(): void;
  cancel(): void;
}

interface Props {
  status: RunStatus;
  stream: boolean;
  why: string | null;
  note: string;
  /** Whether the block is for several nodes, so that an exit code needs its node's name. */
  several: boolean;
  choose: Choices;
}

/** One line on a code block: how its last run went, or what is worth knowing before it. */
export function BlockStatus(props: Props) {
  const { status, stream, why, note, several, choose } = props;
  return (
    <>
      <span className={styles.status} role="status">
        <Words status={status} stream={stream} why={why} note={note} several={several} />
      </span>
      {status.state === 'blocked' && (
        <span className={styles.blocked}>
          <span>{status.nodes.join('、')} 的终端里有程序在运行，命令在等它结束。</span>
          <span>
            <button type="button" onClick={choose.interrupt}>
              按 Ctrl-C 中断它再运行
            </button>
            <button type="button" onClick={choose.elsewhere}>
              在新终端里运行
            </button>
            <button type="button" onClick={choose.cancel}>
              不运行了
            </button>
          </span>
        </span>
      )}
    </>
  );
}

function Words({ status, stream, why, note, several }: Omit<Props, 'choose'>) {
  switch (status.state) {
    case 'waiting':
    case 'blocked':
      return (
        <>
          <IconLoader2 className={styles.turning} size={14} stroke={2} aria-hidden />
          等待终端
        </>
      );
    case 'running':
      return (
        <>
          <IconLoader2 className={styles.turning} size={14} stroke={2} aria-hidden />
          {stream ? '运行中，按 Ctrl-C 结束' : '运行中'}
        </>
      );
    case 'done':
      if (status.code === 0) {
        return (
          <span data-tone="ok">
            <IconCheck size={14} stroke={2.4} aria-hidden />
            已运行
          </span>
        );
      }
      // 130 is what Ctrl-C leaves: the ordinary end of a command that streams.
      if (status.code === null || status.code === 130) return '已中断';
      return (
        <span data-tone="bad">
          <IconX size={14} stroke={2.4} aria-hidden />
          退出码 {status.code}
          {several && status.node ? `（${status.node}）` : ''}
        </span>
      );
    case 'refused':
      return <span data-tone="bad">{status.why}</span>;
    default:
      return why ?? note;
  }
}
