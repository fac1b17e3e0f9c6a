'use client';

import { ActionIcon, Button, Checkbox, Menu, TextInput } from '@mantine/core';
import { IconDots, IconFileImport, IconKey, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import { shortMoment } from '../../../report/words.ts';
import styles from '../table.module.css';
import { EditDialog } from './EditDialog.tsx';
import { EraseDialog } from './EraseDialog.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { PasswordsDialog } from './PasswordsDialog.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';

/** What is open over the roster, and about whom. */
type Open =
  | { what: 'import' | 'add' }
  | { what: 'edit' | 'merge' | 'erase'; one: RosterEntry }
  | { what: 'passwords' | 'remove'; several: RosterEntry[] };

/** The learners of a class, and what is done with them. */
export function Roster(props: { learners: RosterEntry[]; mayRun: boolean; refresh(): Promise<void> }) {
  const { learners, mayRun, refresh } = props;
  const [sought, setSought] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<Open | null>(null);
  const shown = learners.filter(({ studentNo = '', name = '' }) => `${studentNo} ${name}`.includes(sought.trim()));
  const picked = learners.filter((each) => chosen.has(each.person));
  const come = learners.filter((each) => each.claimedAt !== undefined).length;

  const choose = (people: string[], on: boolean) => {
    const next = new Set(chosen);
    for (const person of people) on ? next.add(person) : next.delete(person);
    setChosen(next);
  };
  const close = () => setOpen(null);
  const done = async () => {
    close();
    setChosen(new Set());
    await refresh();
  };

  return (
    <section aria-labelledby="roster">
      <h1 id="roster">名册</h1>
      <p className={styles.soft}>
        {learners.length === 0
          ? '还没有学员。导入名册，或者让学员用课堂码加入。'
          : `${learners.length} 名学员，${come} 人来过。`}
      </p>
      <div className={styles.bar} data-no-print>
        <TextInput
          aria-label="找学号或姓名"
          placeholder="找学号或姓名"
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
        {mayRun && (
          <>
            {picked.length > 0 && <span className={styles.chosen}>选了 {picked.length} 人</span>}
            <Button
              variant="default"
              leftSection={<IconKey size={16} stroke={1.7} />}
              disabled={learners.length === 0}
              onClick={() => setOpen({ what: 'passwords', several: picked.length > 0 ? picked : learners })}
            >
              {picked.length > 0 ? '发初始密码…' : '给全班发初始密码…'}
            </Button>
            {picked.length > 0 && (
              <Button variant="default" onClick={() => setOpen({ what: 'remove', several: picked })}>
                移出班级…
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<IconPlus size={16} stroke={1.7} />}
              onClick={() => setOpen({ what: 'add' })}
            >
              加一名…
            </Button>
            <Button leftSection={<IconFileImport size={16} stroke={1.7} />} onClick={() => setOpen({ what: 'import' })}>
              导入名册…
            </Button>
          </>
        )}
      </div>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              {mayRun && (
                <th className={styles.last}>
                  <Checkbox
                    size="xs"
                    aria-label="全选"
                    checked={shown.length > 0 && shown.every((each) => chosen.has(each.person))}
                    onChange={(event) =>
                      choose(
                        shown.map((each) => each.person),
                        event.currentTarget.checked,
                      )
                    }
                  />
                </th>
              )}
              <th>学号</th>
              <th>姓名</th>
              <th>来过</th>
              <th>密码</th>
              {mayRun && (
                <th className={styles.last}>
                  <span className="visually-hidden">操作</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.person} data-chosen={chosen.has(each.person) || undefined}>
                {mayRun && (
                  <td className={styles.last}>
                    <Checkbox
                      size="xs"
                      aria-label={`选 ${each.name ?? each.studentNo ?? '这一名'}`}
                      checked={chosen.has(each.person)}
                      onChange={(event) => choose([each.person], event.currentTarget.checked)}
                    />
                  </td>
                )}
                <td className={styles.number}>{each.studentNo ?? '—'}</td>
                <td>{each.name ?? '—'}</td>
                <td className={styles.time}>
                  {each.claimedAt === undefined ? '没有来过' : shortMoment(each.claimedAt)}
                </td>
                <td className={styles.time}>{each.hasPassword ? '发过' : '—'}</td>
                {mayRun && (
                  <td className={styles.last}>
                    <RowMenu one={each} open={setOpen} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && (
          <p className={styles.none}>{learners.length === 0 ? '名册是空的。' : '没有这样的学号或姓名。'}</p>
        )}
      </div>
      {open?.what === 'import' && <ImportDialog close={close} done={refresh} />}
      {open?.what === 'add' && <EditDialog close={close} done={done} />}
      {open?.what === 'edit' && <EditDialog one={open.one} close={close} done={done} />}
      {open?.what === 'merge' && <MergeDialog one={open.one} learners={learners} close={close} done={done} />}
      {open?.what === 'erase' && <EraseDialog one={open.one} close={close} done={done} />}
      {open?.what === 'remove' && <RemoveDialog several={open.several} close={close} done={done} />}
      {open?.what === 'passwords' && <PasswordsDialog several={open.several} close={close} done={refresh} />}
    </section>
  );
}

function RowMenu({ one, open }: { one: RosterEntry; open(next: Open): void }) {
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          aria-label={`${one.name ?? one.studentNo ?? '这一名'} 的操作`}
        >
          <IconDots size={17} stroke={1.8} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => open({ what: 'edit', one })}>改学号和姓名…</Menu.Item>
        <Menu.Item onClick={() => open({ what: 'passwords', several: [one] })}>发初始密码…</Menu.Item>
        <Menu.Item onClick={() => open({ what: 'merge', one })}>合并重复…</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => open({ what: 'remove', several: [one] })}>移出班级…</Menu.Item>
        <Menu.Item color="var(--bad)" onClick={() => open({ what: 'erase', one })}>
          抹去这名学员…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
