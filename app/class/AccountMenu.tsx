'use client';

import { Menu, UnstyledButton } from '@mantine/core';
import { IconHome, IconKey, IconLogin2, IconLogout, IconSchool, IconUser } from '@tabler/icons-react';
import Link from 'next/link';
import { ThemeSwitch } from '../ThemeSwitch.tsx';
import styles from './AccountMenu.module.css';
import { useDesk } from './Desk.tsx';

/** Leaves: a plain form, so that the server takes the cookie away and every page begins anew. */
export function signOut(): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/sign-out';
  document.body.append(form);
  form.submit();
}

/** Who one is, outside a lab: theme, password, the way out. */
export function AccountMenu() {
  const { me } = useDesk();
  const account = me?.account;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={styles.who} aria-label="我的菜单" data-needs-script>
          {account ? [...account.name][0] : <IconUser size={17} stroke={1.8} />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {account && (
          <Menu.Label>
            {account.name}（{account.login}）
          </Menu.Label>
        )}
        <ThemeSwitch />
        <Menu.Divider />
        <Menu.Item component={Link} href="/class" leftSection={<IconSchool size={16} stroke={1.7} />}>
          我的班级
        </Menu.Item>
        <Menu.Item component={Link} href="/" leftSection={<IconHome size={16} stroke={1.7} />}>
          全部实验
        </Menu.Item>
        <Menu.Divider />
        {account ? (
          <>
            <Menu.Item component="a" href="/password" leftSection={<IconKey size={16} stroke={1.7} />}>
              修改密码…
            </Menu.Item>
            <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} />} onClick={signOut}>
              退出登录
            </Menu.Item>
          </>
        ) : (
          <Menu.Item component="a" href="/sign-in" leftSection={<IconLogin2 size={16} stroke={1.7} />}>
            教师登录…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
