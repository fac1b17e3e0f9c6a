'use client';

import { Menu } from '@mantine/core';
import { IconLogout, IconSchool, IconUsersGroup } from '@tabler/icons-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { Me } from '../../../server/people-protocol.ts';
import { signOut } from '../../class/AccountMenu.tsx';
import { useLive } from '../../live/LabProvider.tsx';

/** The part of the learner's menu that says in which class one is, and as whom; asked each time the menu opens. */
export function Belonging() {
  const live = useLive();
  const [me, setMe] = useState<Me | null>(null);
  useEffect(() => {
    void live.request('me:who', {}).then((answer) => answer.ok && setMe(answer.data));
  }, [live]);
  if (!me) return null;
  const joined = me.classes.filter((each) => each.role === 'learner');
  const known = me.account !== undefined || me.classes.length > 0;
  return (
    <>
      {joined.map((each) => (
        <Menu.Label key={each.class}>
          {each.name}
          {each.calledAs && ` · ${each.calledAs}`}
        </Menu.Label>
      ))}
      {me.account && (
        <Menu.Item component={Link} href="/class" leftSection={<IconSchool size={16} stroke={1.7} />}>
          我的班级
        </Menu.Item>
      )}
      {!me.account && (
        <Menu.Item component="a" href="/join" leftSection={<IconUsersGroup size={16} stroke={1.7} />}>
          {joined.length > 0 ? '加入另一个班级…' : '加入班级…'}
        </Menu.Item>
      )}
      {known && (
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={signOut}>
          退出登录
        </Menu.Item>
      )}
      <Menu.Divider />
    </>
  );
}
