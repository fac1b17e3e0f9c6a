'use client';

import { Button, Loader, Modal } from '@mantine/core';
import { useLab } from '../../live/LabProvider.tsx';
import { refusals } from '../../words.ts';
import { clockTime } from './progress.ts';
import styles from './TransferDialog.module.css';
import { useAsked } from './useAsked.ts';

/** Shows a one-time code that makes another browser this person. */
export function TransferDialog({ opened, close }: { opened: boolean; close(): void }) {
  const { transferCode } = useLab();
  const [answer, again] = useAsked(opened, transferCode);

  return (
    <Modal opened={opened} onClose={close} title="换浏览器继续">
      <p className={styles.text}>在另一个浏览器里打开下面的地址，输入代码，节点、终端和结果都会跟过去。</p>
      <dl className={styles.card}>
        <dt>地址</dt>
        <dd>{opened && <code>{window.location.origin}/resume</code>}</dd>
        <dt>代码</dt>
        <dd className={styles.code}>
          <span role="status">
            {answer === null && <Loader size="sm" aria-label="正在生成代码" />}
            {answer?.ok && <code>{answer.data.code}</code>}
            {answer && !answer.ok && refusals[answer.code]}
          </span>
        </dd>
      </dl>
      <div className={styles.foot}>
        <span>{answer?.ok && `只能用一次，${clockTime(answer.data.expiresAt)} 前有效。不要给别人看。`}</span>
        <Button size="xs" variant="default" disabled={answer === null} onClick={again}>
          换一个代码
        </Button>
      </div>
    </Modal>
  );
}
