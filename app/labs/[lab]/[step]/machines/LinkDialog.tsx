'use client';

import { Button, Group, Modal, Text } from '@mantine/core';
import { pasteWords as words } from '../../../../live/words.ts';
import styles from './dialog.module.css';

/** Asks before an address from a terminal's output is opened; it comes here only as http or https. */
export function LinkDialog({ address, onClose }: { address: string | null; onClose(): void }) {
  return (
    <Modal classNames={{ title: styles.title }} opened={address !== null} onClose={onClose} title={words.linkTitle}>
      <Text size="sm">{words.linkText(address ? new URL(address).hostname : '')}</Text>
      <pre className={styles.pasted}>{address}</pre>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button
          component="a"
          href={address ?? '#'}
          target="_blank"
          rel="noopener noreferrer"
          onClick={onClose}
          data-autofocus
        >
          {words.open}
        </Button>
      </Group>
    </Modal>
  );
}
