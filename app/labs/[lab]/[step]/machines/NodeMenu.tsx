'use client';

import { Menu } from '@mantine/core';
import { IconDots, IconEraser, IconFile, IconMaximize, IconMinimize, IconTerminal2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { machines as words } from '../../../../live/words.ts';
import styles from './NodePane.module.css';

interface Props {
  node: string;
  /** Whether there is a terminal to clear. */
  clearable: boolean;
  /** Whether files can be brought to the node just now. */
  reachable: boolean;
  /** Whether a terminal of one's own may come in. */
  ssh: boolean;
  full: boolean;
  onClear(): void;
  onFull(): void;
  onFiles(): void;
  onSsh(): void;
}

/** What is seldom done with a node. */
export function NodeMenu({ node, clearable, reachable, ssh, full, onClear, onFull, onFiles, onSsh }: Props) {
  const item = (label: string, Icon: typeof IconDots, onClick: () => void, disabled = false, key?: ReactNode) => (
    <Menu.Item
      leftSection={<Icon size={16} stroke={1.7} aria-hidden />}
      rightSection={key}
      onClick={onClick}
      disabled={disabled}
    >
      {label}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width="max-content">
      <Menu.Target>
        <button type="button" className={styles.action} aria-label={words.more(node)} title={words.more(node)}>
          <IconDots size={16} stroke={1.7} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown miw={200}>
        {item(
          full ? words.leaveFull : words.full,
          full ? IconMinimize : IconMaximize,
          onFull,
          false,
          <kbd className={styles.key}>{words.fullKey}</kbd>,
        )}
        {item(words.clear, IconEraser, onClear, !clearable)}
        <Menu.Divider />
        {item(words.files, IconFile, onFiles, !reachable)}
        {ssh ? item(words.ssh, IconTerminal2, onSsh, !reachable) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
