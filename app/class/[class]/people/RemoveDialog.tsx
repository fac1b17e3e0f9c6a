'use client';

import { Button, Modal } from '@mantine/core';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

/** Takes learners out of the class, having said what becomes of what is theirs. */
export function RemoveDialog(props: { several: RosterEntry[]; close(): void; done(): Promise<void> }) {
  const { several, close, done } = props;
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const names = several.map((each) => each.name ?? each.studentNo ?? '没有姓名的一名');
  const remove = async () => {
    const learners = several.map((each) => each.person);
    if (await run(desk.request('roster:remove', { class: id, learners }))) await done();
  };
  return (
    <Modal opened onClose={close} title="移出班级">
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <p className={styles.soft}>
        {names.slice(0, 8).join('、')}
        {names.length > 8 && ` 等 ${names.length} 人`}将不在这个班里，成绩表和课堂实况里也不再有他们。
        来过的人自己的实验和结果都留着，以后可以再加入；没有来过的，名册上的这一行就没有了。
      </p>
      <div className={styles.foot}>
        <Button variant="default" onClick={close} data-autofocus>
          取消
        </Button>
        <Button color="red" loading={busy} onClick={remove}>
          移出 {several.length} 人
        </Button>
      </div>
    </Modal>
  );
}
