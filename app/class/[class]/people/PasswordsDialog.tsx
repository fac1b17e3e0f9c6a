'use client';

import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { RosterEntry } from '../../../../server/people-protocol.ts';
import type { Answers } from '../../../../server/protocol.ts';
import { useCopy } from '../../../labs/[lab]/[step]/useCopy.ts';
import { useDesk } from '../../Desk.tsx';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

type Given = Answers['roster:passwords']['passwords'];

/** Gives out initial passwords: shown once, to be copied or printed. */
export function PasswordsDialog(props: { several: RosterEntry[]; close(): void; done(): Promise<void> }) {
  const { several, close, done } = props;
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [given, setGiven] = useState<Given | null>(null);
  const without = several.filter((each) => each.studentNo === undefined).length;
  const again = several.filter((each) => each.hasPassword).length;
  const come = several.filter((each) => each.claimedAt !== undefined).length;
  const make = async () => {
    const learners = several.map((each) => each.person);
    const answer = await run(desk.request('roster:passwords', { class: id, learners }));
    if (!answer) return;
    setGiven(answer.data.passwords);
    await done();
  };
  if (given) return <Passwords given={given} close={close} />;
  return (
    <Modal opened onClose={close} title="发初始密码">
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <p className={styles.soft}>
        给 {several.length} 名学员各生成一个 8
        位的初始密码，只显示这一次。之后他们用课堂码、学号和密码登录，换电脑也能接着做。
        {again > 0 && `其中 ${again} 人原来的密码会作废。`}
        {come > 0 && `来过的 ${come} 人会在各自的浏览器里退出登录，要用新密码再进来；节点和结果都在。`}
        {without > 0 && `${without} 人没有学号，不会有密码。`}
      </p>
      <div className={styles.foot}>
        <Button variant="default" onClick={close}>
          取消
        </Button>
        <Button loading={busy} onClick={make} data-autofocus>
          生成
        </Button>
      </div>
    </Modal>
  );
}

function Passwords({ given, close }: { given: Given; close(): void }) {
  const { view } = useClass();
  const text = given.map(({ studentNo, name, password }) => `${studentNo}\t${name}\t${password}`).join('\n');
  const { said, copy } = useCopy(`学号\t姓名\t初始密码\n${text}\n`);
  return (
    <Modal opened onClose={close} title={`初始密码（${given.length} 人）`} size="lg" closeOnClickOutside={false}>
      <p className={styles.soft}>
        <span data-no-print>关上以后就看不到了，请先复制或打印。</span>登录：{location.origin}/join，课堂码{' '}
        <b className={styles.nowrap}>{view?.code ?? '—'}</b>
      </p>
      <div className={styles.scroll} data-sheet>
        <table className={styles.table}>
          <thead>
            <tr>
              <th>学号</th>
              <th>姓名</th>
              <th>初始密码</th>
            </tr>
          </thead>
          <tbody>
            {given.map(({ studentNo, name, password }) => (
              <tr key={studentNo}>
                <td className={styles.number}>{studentNo}</td>
                <td>{name}</td>
                <td className={styles.secret}>{password}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.foot} data-no-print>
        <span className={styles.chosen} role="status">
          {said === 'copied' ? '已复制，可以粘贴到表格里' : said === 'failed' ? '没能复制，请打印' : ''}
        </span>
        <Button variant="default" onClick={() => window.print()}>
          打印
        </Button>
        <Button variant="default" onClick={copy}>
          复制
        </Button>
        <Button onClick={close}>已经保存好了</Button>
      </div>
    </Modal>
  );
}
