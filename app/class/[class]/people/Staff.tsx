'use client';

import { Button, Modal, Radio, Select } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import type { Membership, StaffEntry } from '../../../../server/people-protocol.ts';
import { CopyButton } from '../../../labs/[lab]/[step]/CopyButton.tsx';
import { useDesk } from '../../Desk.tsx';
import { roleNotes, roles } from '../../words.ts';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

type StaffRole = Exclude<Membership['role'], 'learner'>;
const CHOICES = (['assistant', 'instructor', 'admin'] as const).map((value) => ({ value, label: roles[value] }));

/** Those who teach the class; its admins decide who that is. */
export function Staff({ mayOwn }: { mayOwn: boolean }) {
  const { desk, epoch } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [staff, setStaff] = useState<StaffEntry[]>([]);
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<StaffEntry | null>(null);

  const refresh = useCallback(async () => {
    const answer = await desk.request('staff:list', { class: id });
    if (answer.ok) setStaff(answer.data.staff);
  }, [desk, id]);
  useEffect(() => {
    if (epoch > 0) void refresh();
  }, [epoch, refresh]);

  const change = async (person: string, role: StaffRole) => {
    await run(desk.request('staff:change', { class: id, person, role }));
    await Promise.all([refresh(), desk.refresh()]);
  };
  const remove = async ({ person }: StaffEntry) => {
    await run(desk.request('staff:remove', { class: id, person }));
    setLeaving(null);
    await Promise.all([refresh(), desk.refresh()]);
  };

  return (
    <section aria-labelledby="staff">
      <h2 id="staff">教师和助教</h2>
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th>姓名</th>
              <th>登录名</th>
              <th>角色</th>
              <th>可以做什么</th>
              {mayOwn && (
                <th className={styles.last}>
                  <span className="visually-hidden">操作</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {staff.map((each) => (
              <tr key={each.person}>
                <td>{each.name}</td>
                <td className={styles.number}>{each.login}</td>
                <td className={styles.nowrap}>
                  {mayOwn ? (
                    <Select
                      aria-label={`${each.name} 的角色`}
                      size="xs"
                      w={110}
                      allowDeselect={false}
                      disabled={busy}
                      data={CHOICES}
                      value={each.role}
                      onChange={(value) => value && value !== each.role && change(each.person, value as StaffRole)}
                    />
                  ) : (
                    roles[each.role]
                  )}
                </td>
                <td className={styles.time}>{roleNotes[each.role]}</td>
                {mayOwn && (
                  <td className={styles.last}>
                    <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setLeaving(each)}>
                      移除…
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {mayOwn && (
        <p>
          <Button variant="default" size="sm" onClick={() => setInviting(true)}>
            请一位来教…
          </Button>
        </p>
      )}
      {inviting && <InviteStaff close={() => setInviting(false)} />}
      {leaving && (
        <Modal opened onClose={() => setLeaving(null)} title="移除">
          <p className={styles.soft}>{leaving.name} 将不能再看这个班。账号还在，以后可以用新的链接回来。</p>
          <div className={styles.foot}>
            <Button variant="default" onClick={() => setLeaving(null)} data-autofocus>
              取消
            </Button>
            <Button color="red" loading={busy} onClick={() => remove(leaving)}>
              移除
            </Button>
          </div>
        </Modal>
      )}
    </section>
  );
}

function InviteStaff({ close }: { close(): void }) {
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [role, setRole] = useState<StaffRole>('assistant');
  const [link, setLink] = useState<string | null>(null);
  const make = async () => {
    const answer = await run(desk.request('staff:invite', { class: id, role }));
    if (answer) setLink(location.origin + answer.data.path);
  };
  return (
    <Modal opened onClose={close} title="请一位来教" size="lg">
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      {link ? (
        <>
          <p className={styles.soft}>
            把这个链接发给对方，24 小时内有效，只能用一次。打开后可以新建账号，也可以用已有的账号。
          </p>
          <p className={styles.line} style={{ alignItems: 'center', flexWrap: 'nowrap' }}>
            <code style={{ overflowWrap: 'anywhere', fontSize: 14 }}>{link}</code>
            <CopyButton text={link} />
          </p>
        </>
      ) : (
        <Radio.Group label="作为" value={role} onChange={(value) => setRole(value as StaffRole)}>
          {CHOICES.map(({ value, label }) => (
            <Radio key={value} value={value} mt="xs" label={label} description={roleNotes[value]} />
          ))}
        </Radio.Group>
      )}
      <div className={styles.foot}>
        <Button variant="default" onClick={close}>
          {link ? '关闭' : '取消'}
        </Button>
        {!link && (
          <Button loading={busy} onClick={make}>
            生成链接
          </Button>
        )}
      </div>
    </Modal>
  );
}
