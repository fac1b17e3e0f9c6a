'use client';

import { Button, FileButton, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { RosterPlan } from '../../../../server/people-protocol.ts';
import { useDesk } from '../../Desk.tsx';
import { rosterMistakes } from '../../words.ts';
import { useClass } from '../OneClass.tsx';
import styles from '../table.module.css';
import { useDoing } from './useDoing.ts';

/** The longest roster that the server takes, UTF-16 units. */
const TEXT_MAX = 50_000;
const WHAT = { add: '新增', rename: '改名', same: '已有' } as const;
const BAD = '这份名册太长了：一次最多 5 万字。';

/** Reads a file as what it is: UTF-8 with or without its mark, or else GB18030, in which Excel saves CSV in China. */
async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8; whatever bytes these are, GB18030 shows what they look like, and the preview whether that is right.
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** Imports a roster: paste or file, then a preview, then all of it or nothing. */
export function ImportDialog({ close, done }: { close(): void; done(): Promise<void> }) {
  const { desk } = useDesk();
  const { id } = useClass();
  const { busy, wrong, run } = useDoing();
  const [text, setText] = useState('');
  const [plan, setPlan] = useState<RosterPlan | null>(null);

  const change = (next: string) => {
    setText(next);
    setPlan(null);
  };
  const ask = async (name: 'roster:preview' | 'roster:import') => {
    const answer = await run(desk.request(name, { class: id, text }), BAD);
    if (!answer) return;
    setPlan(answer.data);
    if (answer.data.done) await done();
  };
  const fresh = plan?.lines.filter((line) => line.what === 'add').length ?? 0;
  const renamed = plan?.lines.filter((line) => line.what === 'rename').length ?? 0;
  const isGood = plan !== null && plan.mistakes.length === 0 && plan.lines.length > 0;

  if (plan?.done) {
    return (
      <Modal opened onClose={close} title="导入名册">
        <p role="status" className={styles.good}>
          已经导入：新增 {fresh} 人，改名 {renamed} 人。
        </p>
        <div className={styles.foot}>
          <Button onClick={close} data-autofocus>
            好
          </Button>
        </div>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={close} title="导入名册" size="lg">
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <p className={styles.soft}>
        一行一名学员：学号、姓名，用逗号或制表符分开，可以直接从 Excel
        粘贴。有表头「学号、姓名」时按表头认列，其余的列不读。已经在班里的学号只改姓名。
      </p>
      <Textarea
        aria-label="名册"
        placeholder={'20260001,王小明\n20260002,李小红'}
        autosize
        minRows={6}
        maxRows={10}
        value={text}
        maxLength={TEXT_MAX}
        onChange={(event) => change(event.currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 14 } }}
        data-autofocus
      />
      {plan && plan.mistakes.length > 0 && (
        <div role="alert">
          <p className={styles.soft} style={{ margin: '14px 0 6px' }}>
            有 {plan.mistakes.length} 处要改，什么也没有导入：
          </p>
          <ul className={styles.mistakes}>
            {plan.mistakes.map(({ line, why, text: shown }) => (
              <li key={`${line} ${why}`}>
                第 {line} 行：{rosterMistakes[why]}　<code>{shown}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {plan && plan.lines.length === 0 && plan.mistakes.length === 0 && (
        <p role="alert" className={styles.wrong} style={{ marginTop: 14 }}>
          里面没有学员。
        </p>
      )}
      {isGood && (
        <div className={styles.scroll} style={{ maxHeight: 240, marginTop: 14 }}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th>学号</th>
                <th>姓名</th>
                <th>导入后</th>
              </tr>
            </thead>
            <tbody>
              {plan.lines.map(({ studentNo, name, what }) => (
                <tr key={studentNo}>
                  <td className={styles.number}>{studentNo}</td>
                  <td>{name}</td>
                  <td>{WHAT[what]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className={styles.foot}>
        <FileButton
          accept=".csv,.txt,.tsv,text/plain,text/csv"
          onChange={(file) => file && void textOf(file).then((read) => change(read.slice(0, TEXT_MAX)))}
        >
          {(file) => (
            <Button variant="default" style={{ marginRight: 'auto' }} {...file}>
              选文件…
            </Button>
          )}
        </FileButton>
        <Button variant="default" onClick={close}>
          取消
        </Button>
        {isGood ? (
          <Button loading={busy} onClick={() => ask('roster:import')}>
            导入：新增 {fresh} 人{renamed > 0 && `，改名 ${renamed} 人`}
          </Button>
        ) : (
          <Button loading={busy} disabled={text.trim() === ''} onClick={() => ask('roster:preview')}>
            预览
          </Button>
        )}
      </div>
    </Modal>
  );
}
