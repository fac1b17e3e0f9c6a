'use client';

import Link from 'next/link';
import { DeskProvider, useDesk } from './class/Desk.tsx';

/** In the head of the labs' page: the way into a class, or the class one is in. */
export function Belonging() {
  return (
    <DeskProvider>
      <Links />
    </DeskProvider>
  );
}

function Links() {
  const { me } = useDesk();
  const joined = me?.classes.find((each) => each.role === 'learner');
  if (me?.account) return <Link href="/class">我的班级（{me.account.name}）</Link>;
  return (
    <>
      {joined ? (
        <Link href="/join" title="加入另一个班级">
          {joined.name}
          {joined.calledAs && ` · ${joined.calledAs}`}
        </Link>
      ) : (
        <Link href="/join">加入班级</Link>
      )}
      {!joined && <Link href="/sign-in">教师登录</Link>}
    </>
  );
}
