import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLab } from '../../../../live/LabProvider.tsx';
import styles from './dialog.module.css';

interface Props {
  node: string;
  opened: boolean;
  title: string;
  onClose(): void;
  children: ReactNode;
}

/** A dialog about a node, whose terminal has the focus afterwards. */
export function NodeDialog({ node, opened, title, onClose, children }: Props) {
  const { focusOn } = useLab();
  return (
    <Modal
      classNames={{ title: styles.title }}
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => focusOn({ node })}
      returnFocus={false}
      title={title}
      size="lg"
    >
      {children}
    </Modal>
  );
}
