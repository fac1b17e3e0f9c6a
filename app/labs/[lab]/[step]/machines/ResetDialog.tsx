'use client';

import { Button, Group, Modal } from '@mantine/core';
import { useCallback } from 'react';
import { useLab, useLive } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { resetWords as words } from '../../../../live/words.ts';
import styles from './dialog.module.css';

/** A function that asks whether a node, or all of them, shall be reset; nothing happens without a yes. */
export function useReset() {
  const live = useLive();
  return useCallback((node?: string) => live.view.set({ resetAsked: node ? { node } : {} }), [live]);
}

/** Names what a reset costs and waits for a yes. */
export function ResetDialog({ nodes }: { nodes: LabNode[] }) {
  const { resetAsked, reset } = useLab();
  const live = useLive();
  const close = () => live.view.set({ resetAsked: null });
  const one = nodes.find((node) => node.name === resetAsked?.node);
  const keeps = one && nodes.length > 1 ? [...words.keeps, words.keepsOther] : words.keeps;
  return (
    <Modal
      classNames={{ title: styles.title }}
      opened={resetAsked !== null}
      onClose={close}
      title={words.title(one?.name ?? words.all)}
    >
      <div className={styles.costs}>
        <h3>{words.lost}</h3>
        <ul>
          {words.losses.map((loss) => (
            <li key={loss}>{loss}</li>
          ))}
        </ul>
        <h3>{words.kept}</h3>
        <ul>
          {keeps.map((keep) => (
            <li key={keep}>{keep}</li>
          ))}
        </ul>
      </div>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={close} data-autofocus>
          {words.cancel}
        </Button>
        <Button
          color="red.9"
          onClick={() => {
            close();
            void reset(one?.name);
          }}
        >
          {words.button}
        </Button>
      </Group>
    </Modal>
  );
}
