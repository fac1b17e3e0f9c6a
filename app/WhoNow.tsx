'use client';

import { useDesk } from './class/Desk.tsx';
import styles from './FormPage.module.css';

/** Says who this browser is already, beside a form that would make it somebody: another may have sat here before. */
export function WhoNow() {
  const { me } = useDesk();
  const known = me?.classes.find((each) => each.calledAs);
  const name = me?.account?.name ?? known?.calledAs;
  if (!name) return null;
  return (
    <div className={styles.note}>
      这个浏览器现在是 <b>{name}</b>
      {known && !me?.account && `（${known.studentNo ? `${known.studentNo}，` : ''}${known.name}）`}。不是你的话，请先
      <form method="post" action="/sign-out">
        <button type="submit">退出登录</button>
      </form>
      。
    </div>
  );
}
