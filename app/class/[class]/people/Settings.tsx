'use client';

import { Button, Modal, Radio, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ClassView } from '../../../../server/people-protocol.ts';
import { useDesk } from '../../Desk.tsx';
import { joinings } from '../../words.ts';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

/** What the class is called, how learners come in, and whether terminals are recorded. */
export function Settings() {
  const { view } = useClass();
  return (
    <section aria-labelledby="settings" data-no-print>
      <h2 id="settings">班级设置</h2>
      {view && <Form key={view.name} view={view} />}
    </section>
  );
}

function Form({ view }: { view: ClassView }) {
  const { desk } = useDesk();
  const { id, refresh } = useClass();
  const { busy, wrong, run } = useDoing();
  const [name, setName] = useState(view.name);
  const [renewing, setRenewing] = useState(false);

  const change = async (next: { name?: string; joining?: ClassView['joining']; recording?: boolean }) => {
    await run(desk.request('class:change', { class: id, ...next }), '班级名称不能空，最多 60 个字。');
    await Promise.all([refresh(), desk.refresh()]);
  };
  const rename = (event: FormEvent) => {
    event.preventDefault();
    void change({ name });
  };
  const renew = async () => {
    await run(desk.request('class:code', { class: id }));
    setRenewing(false);
    await refresh();
  };

  return (
    <div className={styles.settings}>
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <form className={styles.line} onSubmit={rename}>
        <TextInput
          label="班级名称"
          value={name}
          maxLength={60}
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          disabled={name.trim() === view.name || name.trim() === ''}
          loading={busy}
        >
          改名
        </Button>
      </form>
      <Radio.Group
        label="学员怎么加入"
        value={view.joining}
        onChange={(value) => change({ joining: value as ClassView['joining'] })}
      >
        {Object.entries(joinings).map(([value, { label, note }]) => (
          <Radio key={value} value={value} mt="xs" label={label} description={note} disabled={busy} />
        ))}
      </Radio.Group>
      <div className={styles.line}>
        <div>
          <span className={styles.soft}>课堂码</span>
          <div className={styles.big}>{view.code ?? '还没有'}</div>
        </div>
        <Button variant="default" onClick={() => (view.code ? setRenewing(true) : void renew())}>
          {view.code ? '换一个…' : '生成'}
        </Button>
      </div>
      <Switch
        label="录下学员的终端"
        description="供课后回看。学员在终端旁边看得到正在录；关上以后新开的终端不再录。"
        checked={view.recording}
        disabled={busy}
        onChange={(event) => change({ recording: event.currentTarget.checked })}
      />
      {renewing && (
        <Modal opened onClose={() => setRenewing(false)} title="换一个课堂码">
          <p className={styles.soft}>
            原来的 {view.code} 马上作废，已经加入的学员不受影响。用初始密码登录的学员也要用新的课堂码。
          </p>
          <div className={styles.foot}>
            <Button variant="default" onClick={() => setRenewing(false)} data-autofocus>
              取消
            </Button>
            <Button loading={busy} onClick={renew}>
              换一个
            </Button>
          </div>
        </Modal>
      )}
    </div>
  );
}
