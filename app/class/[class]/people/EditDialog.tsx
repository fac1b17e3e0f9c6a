'use client';

import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

const BAD = '学号只能是字母、数字、- 和 _，最多 40 个；姓名不能空，最多 60 个字。';

/** A line of the roster: a new one, or one that is changed. */
export function EditDialog({ one, close, done }: { one?: RosterEntry; close(): void; done(): Promise<void> }) {
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [studentNo, setNumber] = useState(one?.studentNo ?? '');
  const [name, setName] = useState(one?.name ?? '');

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const line = { class: id, studentNo, name };
    const was = { ...(one?.studentNo && { studentNo: one.studentNo }), ...(one?.name && { name: one.name }) };
    const asked = one
      ? run(desk.request('roster:change', { ...line, learner: one.person, was }), BAD)
      : run(desk.request('roster:add', line), BAD);
    if (await asked) await done();
  };

  return (
    <Modal opened onClose={close} title={one ? '改学号和姓名' : '加一名学员'}>
      <form onSubmit={save}>
        {wrong && (
          <p role="alert" className={styles.wrong}>
            {wrong}
          </p>
        )}
        <TextInput
          label="学号"
          required
          maxLength={40}
          value={studentNo}
          onChange={(event) => setNumber(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          mt="sm"
          label="姓名"
          required
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={styles.foot}>
          <Button variant="default" onClick={close}>
            取消
          </Button>
          <Button type="submit" loading={busy}>
            {one ? '保存' : '加进名册'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
