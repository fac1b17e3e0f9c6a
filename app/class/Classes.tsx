'use client';

import { Button, Loader, TextInput } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Brand } from '../Brand.tsx';
import { refusals } from '../words.ts';
import { AccountMenu } from './AccountMenu.tsx';
import styles from './Classes.module.css';
import { useDesk } from './Desk.tsx';
import { roles } from './words.ts';

/** Leads to the classes one teaches, and founds a new one. */
export function Classes() {
  const { me, connection } = useDesk();
  const taught = me?.classes.filter((each) => each.role !== 'learner') ?? [];
  const joined = me?.classes.filter((each) => each.role === 'learner') ?? [];
  return (
    <div className={styles.page}>
      <header>
        <Brand />
        <span className={styles.grow} />
        <AccountMenu />
      </header>
      <main>
        <h1>我的班级</h1>
        {!me && (
          <p className={styles.soft} role="status">
            {connection === 'refused' ? '登录已经过期，请刷新页面。' : <Loader size="sm" aria-label="正在读取" />}
          </p>
        )}
        {me && !me.account && (
          <div className={styles.card}>
            <p>教师登录以后，在这里建班级、看课堂。学员用老师给的课堂码加入。</p>
            <p className={styles.actions}>
              <Button component="a" href="/sign-in">
                教师登录
              </Button>
              <Button component="a" href="/join" variant="default">
                加入班级
              </Button>
            </p>
          </div>
        )}
        {taught.length > 0 && (
          <ul className={styles.list}>
            {taught.map((each) => (
              <li key={each.class}>
                <Link href={`/class/${each.class}`} prefetch={false}>
                  <b>{each.name}</b>
                  <span>{roles[each.role]}</span>
                  <IconChevronRight size={18} stroke={1.7} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        )}
        {joined.length > 0 && (
          <p className={styles.soft}>
            你是学员的班级：{joined.map((each) => each.name).join('、')}。<Link href="/">去做实验</Link>
          </p>
        )}
        {me?.account && <NewClass first={taught.length === 0} />}
      </main>
    </div>
  );
}

function NewClass({ first }: { first: boolean }) {
  const { desk } = useDesk();
  const router = useRouter();
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const found = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const answer = await desk.request('class:create', { name });
    setBusy(false);
    if (!answer.ok)
      return setWrong(answer.code === 'bad-request' ? '请填班级名称，最多 60 个字。' : refusals[answer.code]);
    await desk.refresh();
    router.push(`/class/${answer.data.class}/people`);
  };

  return (
    <form className={styles.card} onSubmit={found}>
      <h2>新建班级</h2>
      {first && <p>给班级起个名字，然后导入名册，或者直接把课堂码写在黑板上。</p>}
      <div className={styles.row}>
        <TextInput
          aria-label="班级名称"
          placeholder="例如 计算机网络 2026-1 班"
          value={name}
          maxLength={60}
          required
          error={wrong}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy}>
          新建
        </Button>
      </div>
    </form>
  );
}
