'use client';

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { AuditView } from '../../../../server/people-protocol.ts';
import { moment } from '../../../report/words.ts';
import { refusals } from '../../../words.ts';
import { auditWords } from '../../audit-words.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';

/** The log of a class, newest first. */
export function Audit() {
  const { desk, epoch } = useDesk();
  const { id } = useClass();
  const [entries, setEntries] = useState<AuditView[] | null>(null);
  const [more, setMore] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);

  useEffect(() => {
    if (epoch === 0) return;
    void desk.request('audit:list', { class: id }).then((answer) => {
      if (!answer.ok) return setWrong(answer.code === 'not-yours' ? '助教看不到这一页。' : refusals[answer.code]);
      setWrong(null);
      setEntries(answer.data.entries);
      setMore(answer.data.more);
    });
  }, [desk, epoch, id]);

  const older = async () => {
    const before = entries?.at(-1)?.id;
    const answer = await desk.request('audit:list', { class: id, ...(before !== undefined && { before }) });
    if (!answer.ok) return setWrong(refusals[answer.code]);
    setEntries([...(entries ?? []), ...answer.data.entries]);
    setMore(answer.data.more);
  };

  return (
    <main className={styles.page}>
      <h1>记录</h1>
      <p className={styles.soft}>
        教师和助教凭权限做过的事，新的在前。这些记录不能修改；抹去一名学员时，其中能认出他的内容也会抹去。
      </p>
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      {entries && (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th className={styles.narrow}>时间</th>
                <th className={styles.narrow}>谁</th>
                <th>做了什么</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.id}>
                  <td className={styles.time}>{moment(entry.at)}</td>
                  <td className={styles.nowrap}>{entry.actorName ?? '一位已不在这里的教师'}</td>
                  <td>{auditWords(entry)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {entries.length === 0 && <p className={styles.none}>还没有记录。</p>}
        </div>
      )}
      {more && (
        <p>
          <Button variant="default" size="sm" onClick={older}>
            更早的
          </Button>
        </p>
      )}
    </main>
  );
}
