'use client';

import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

/** Forgets a learner for good, having named what is lost. */
export function EraseDialog({ one, close, done }: { one: RosterEntry; close(): void; done(): Promise<void> }) {
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [typed, setTyped] = useState('');
  const called = one.name ?? one.studentNo ?? '抹去';
  const erase = async () => {
    if (await run(desk.request('learner:erase', { class: id, learner: one.person }))) await done();
  };
  return (
    <Modal opened onClose={close} title="抹去这名学员">
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <p className={styles.soft}>
        {called}{' '}
        的一切都会删除，不能找回：学号和姓名、每个实验的结果和得分、判定的全部记录、命令历史、终端录像、消息；正在运行的节点会结束，他会退出登录。只有「抹去过一名学员」这件事留在记录里。
      </p>
      <TextInput
        label={`为了不弄错，请输入：${called}`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-autofocus
      />
      <div className={styles.foot}>
        <Button variant="default" onClick={close}>
          取消
        </Button>
        <Button color="red" loading={busy} disabled={typed.trim() !== called} onClick={erase}>
          抹去
        </Button>
      </div>
    </Modal>
  );
}
