'use client';

import { Button, Loader } from '@mantine/core';
import { useCallback } from 'react';
import { useLab } from '../../../../live/LabProvider.tsx';
import { refusals } from '../../../../words.ts';
import { clockTime } from '../../progress.ts';
import { useAsked } from '../../useAsked.ts';
import { CopyButton } from '../CopyButton.tsx';
import styles from './dialog.module.css';
import { NodeDialog } from './NodeDialog.tsx';
import { sshWords as words } from './words.ts';

/** Shows how a program of the learner's own opens this node: a command, and a token for one time. */
export function SshDialog({ node, opened, onClose }: { node: string; opened: boolean; onClose(): void }) {
  const { sshToken } = useLab();
  const [answer, again] = useAsked(
    opened,
    useCallback(() => sshToken(node), [sshToken, node]),
  );
  return (
    <NodeDialog node={node} opened={opened} title={words.title(node)} onClose={onClose}>
      <p className={styles.text}>{words.text}</p>
      <div className={styles.given} role="status">
        {answer === null ? <Loader size="sm" aria-label={words.making} /> : null}
        {answer && !answer.ok ? refusals[answer.code] : null}
        {answer?.ok ? (
          <dl>
            <dt>{words.command}</dt>
            <dd>
              <code>{answer.data.command}</code>
              <CopyButton text={answer.data.command} />
            </dd>
            <dt>{words.token}</dt>
            <dd>
              <code>{answer.data.token}</code>
              <CopyButton text={answer.data.token} />
            </dd>
            <dt>{words.fingerprint}</dt>
            <dd>
              <code>{answer.data.fingerprint}</code>
            </dd>
          </dl>
        ) : null}
      </div>
      {answer?.ok ? <p className={styles.text}>{words.compare}</p> : null}
      <div className={styles.foot}>
        <span>{answer?.ok ? words.once(clockTime(answer.data.expiresAt)) : null}</span>
        <Button size="xs" variant="default" disabled={answer === null} onClick={again}>
          {words.again}
        </Button>
      </div>
    </NodeDialog>
  );
}
