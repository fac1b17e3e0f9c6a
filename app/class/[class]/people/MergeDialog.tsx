'use client';

import { Button, Modal, Select } from '@mantine/core';
import { useState } from 'react';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

function called({ studentNo, name }: RosterEntry): string {
  return [studentNo, name].filter(Boolean).join(' ') || '没有学号和姓名';
}

/** Two entries are one learner: chooses the one that stays. */
export function MergeDialog(props: {
  one: RosterEntry;
  learners: RosterEntry[];
  close(): void;
  done(): Promise<void>;
}) {
  const { one, learners, close, done } = props;
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [into, setInto] = useState<string | null>(null);
  const others = learners.filter((each) => each.person !== one.person);
  const merge = async () => {
    if (!into) return;
    if (await run(desk.request('roster:merge', { class: id, learner: into, duplicate: one.person }))) await done();
  };
  return (
    <Modal opened onClose={close} title="合并重复">
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <p className={styles.soft}>
        把 <b>{called(one)}</b>{' '}
        并入下面这一名，名册上只留下面的学号和姓名。每个检查点留下更好的那个结果，判定记录、命令历史和提示全部合在一起。两边都有正在运行的节点时，
        {called(one)} 的那一对会结束。不能撤销。
      </p>
      <Select
        label="并入"
        placeholder="找学号或姓名"
        searchable
        nothingFoundMessage="没有这样的学号或姓名"
        data={others.map((each) => ({ value: each.person, label: called(each) }))}
        value={into}
        onChange={setInto}
        data-autofocus
      />
      <div className={styles.foot}>
        <Button variant="default" onClick={close}>
          取消
        </Button>
        <Button loading={busy} disabled={into === null} onClick={merge}>
          合并
        </Button>
      </div>
    </Modal>
  );
}
