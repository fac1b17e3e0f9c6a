'use client';

import { Button, Loader, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import Link from 'next/link';
import { useParams, usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { Brand } from '../../Brand.tsx';
import { useCopy } from '../../labs/[lab]/[step]/useCopy.ts';
import { Message } from '../../Message.tsx';
import { AccountMenu } from '../AccountMenu.tsx';
import { useDesk } from '../Desk.tsx';
import styles from './ClassFrame.module.css';
import { ClassContext, useClassView } from './OneClass.tsx';

const TABS = [
  { path: '', label: '课堂实况' },
  { path: '/people', label: '名册' },
  { path: '/grades', label: '成绩', needs: ['instructor', 'admin'] },
  { path: '/audit', label: '记录', needs: ['instructor', 'admin'] },
] as const;

/** The head of a class's pages, for those who teach it; anybody else is told so. */
export function ClassFrame({ children }: { children: ReactNode }) {
  const { class: id } = useParams<{ class: string }>();
  const path = usePathname();
  const { me, connection, desk } = useDesk();
  const mine = me?.classes.find((each) => each.class === id);
  const isStaff = mine !== undefined && mine.role !== 'learner';
  const one = useClassView(id, isStaff);

  if (me && !isStaff) {
    return (
      <Message
        title="没有权限看这个班级"
        action={
          <button type="button" onClick={() => location.assign('/sign-in')}>
            教师登录
          </button>
        }
      >
        <p>
          {me.account
            ? `你现在是 ${me.account.name}，不在教这个班。请班级的管理员给你一个链接，或者换一个账号登录。`
            : '只有教这个班的人能看。登录以后再来，什么也没有丢。'}
        </p>
      </Message>
    );
  }
  return (
    <div className={styles.frame}>
      <header className={styles.header} data-no-print>
        <Brand />
        <Link href="/class" className={styles.name} title="我的班级">
          {one.view?.name ?? mine?.name ?? '…'}
        </Link>
        <nav className={styles.tabs} aria-label="班级">
          {TABS.map(({ path: end, label, ...tab }) => {
            if ('needs' in tab && !(tab.needs as readonly string[]).includes(mine?.role ?? '')) return null;
            const href = `/class/${id}${end}`;
            const isHere = end === '' ? path === href : path.startsWith(href);
            return (
              <Link key={end} href={href} prefetch={false} aria-current={isHere ? 'page' : undefined}>
                {label}
              </Link>
            );
          })}
        </nav>
        <span className={styles.grow} />
        {one.view?.code && one.view.joining !== 'closed' && <CodeChip code={one.view.code} />}
        <AccountMenu />
      </header>
      {connection === 'reconnecting' && (
        <p className={styles.weather} role="status">
          和服务器的连接断了，正在重新连接…
        </p>
      )}
      {connection === 'refused' && (
        <p className={styles.weather} role="alert">
          登录已经过期，或者在别处退出了。
          <Button size="compact-xs" variant="default" onClick={() => desk.retry()}>
            再试
          </Button>
          <Button size="compact-xs" variant="default" component="a" href="/sign-in">
            登录
          </Button>
        </p>
      )}
      {mine ? (
        <ClassContext value={{ ...one, id, role: mine.role }}>{children}</ClassContext>
      ) : (
        <div className={styles.waiting}>
          <Loader size="sm" aria-label="正在读取班级" />
        </div>
      )}
    </div>
  );
}

function CodeChip({ code }: { code: string }) {
  const { said, copy } = useCopy(code);
  const copied = said === 'copied';
  return (
    <Tooltip label={copied ? '已复制' : said === 'failed' ? '没能复制，请手抄' : '复制代码'}>
      <button type="button" className={styles.code} onClick={copy}>
        课堂码 <b>{code}</b>
        {copied ? <IconCheck size={15} stroke={1.9} aria-hidden /> : <IconCopy size={15} stroke={1.7} aria-hidden />}
      </button>
    </Tooltip>
  );
}
