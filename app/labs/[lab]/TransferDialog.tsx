'use client';

import { Button, Loader, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Answer } from '../../../server/protocol.ts';
import { useLab } from '../../live/LabProvider.tsx';
import { refusals } from '../../words.ts';
import styles from './TransferDialog.module.css';

/** Shows a one-time code that makes another browser this person. */
export function TransferDialog({ opened, close }: { opened: boolean; close(): void }) {
  const { transferCode } = useLab();
  const [answer, setAnswer] = useState<Answer<'me:code'> | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks for a new code.
  useEffect(() => {
    if (!opened) return;
    let wanted = true;
    setAnswer(null);
    void transferCode().then((result) => {
      if (wanted) setAnswer(result);
    });
    return () => {
      wanted = false;
    };
  }, [opened, attempt, transferCode]);

  return (
    <Modal opened={opened} onClose={close} title="换浏览器继续" closeButtonProps={{ 'aria-label': '关闭' }}>
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
        <Button size="xs" variant="default" disabled={answer === null} onClick={() => setAttempt(attempt + 1)}>
          换一个代码
        </Button>
      </div>
    </Modal>
  );
}

function clockTime(at: number): string {
  return new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false }).format(at);
}
