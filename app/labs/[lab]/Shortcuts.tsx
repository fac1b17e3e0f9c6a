'use client';

import { Modal } from '@mantine/core';
import { machines } from '../../live/words.ts';
import styles from './Shortcuts.module.css';

const page: [string, string][] = [['?', '打开这张表']];
const list: [string, string][] = [
  ['Tab / Shift + Tab', '在按钮、链接和代码块之间移动'],
  ['← →', '焦点在分隔线上时调整宽度'],
];

/** The keys that work here. */
export function Shortcuts({ opened, close }: { opened: boolean; close(): void }) {
  return (
    <Modal opened={opened} onClose={close} title="快捷键" size="md">
      <h3 className={styles.head}>整个页面</h3>
      <Keys keys={[...page, ...list]} />
      <h3 className={styles.head}>终端</h3>
      <Keys keys={machines.keys} />
    </Modal>
  );
}

function Keys({ keys }: { keys: readonly (readonly [string, string])[] }) {
  return (
    <dl className={styles.keys}>
      {keys.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
