'use client';

import { useEffect, useState } from 'react';
import type { Answer } from '../../../server/protocol.ts';
import { useDesk } from '../../class/Desk.tsx';
import { roles } from '../../class/words.ts';
import styles from '../../FormPage.module.css';

/** What the link grants; somebody who has an account already takes it up with that. */
export function Granted({ secret, action }: { secret: string; action: string }) {
  const { desk, epoch, me } = useDesk();
  const [answer, setAnswer] = useState<Answer<'invite:look'> | null>(null);
  useEffect(() => {
    if (epoch > 0) void desk.request('invite:look', { secret }).then(setAnswer);
  }, [desk, epoch, secret]);

  if (!answer) return null;
  if (!answer.ok) {
    if (answer.code !== 'not-found') return null;
    return <p className={styles.note}>这个链接已经用过或者过期了。请向给你链接的人再要一个。</p>;
  }
  const { className, role } = answer.data;
  if (!className) return null;
  return (
    <div className={styles.note}>
      这个链接让你成为班级 <b>{className}</b> 的<b>{roles[role]}</b>。
      {me?.account && (
        <form method="post" action={action}>
          <input type="hidden" name="with" value="account" />
          <button type="submit">用现在的账号「{me.account.name}」加入</button>，或者在下面另建一个。
        </form>
      )}
    </div>
  );
}
