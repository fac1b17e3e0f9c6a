'use client';

import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import styles from './Dialogs.module.css';
import type { Lesson } from './lesson.ts';
import { words } from './words.ts';

/** What a message may have at most, UTF-16 units: as the contract has it (server/lesson-protocol.ts). */
const MESSAGE_MAX = 500;

/** Something said to some learners, or to all. */
export function MessageForm(props: { lesson: Lesson; learners: string[] | null; onClose(): void }) {
  const { lesson, learners, onClose } = props;
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    const about = { class: lesson.class, lab: lesson.lab, text, ...(learners && { learners }) };
    const sent = await lesson.wish('class:message', about);
    setBusy(false);
    // What was written is not lost where it was not sent.
    if (!sent) return;
    lesson.view.set({ said: words.sent(sent.learners) });
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        aria-label="消息"
        placeholder="显示在课文旁边，只有文字"
        autosize
        minRows={4}
        maxRows={10}
        maxLength={MESSAGE_MAX}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
        }}
        data-autofocus
      />
      <div className={styles.foot}>
        <span className={styles.count}>
          {text.length} / {MESSAGE_MAX}　Ctrl + Enter 发送
        </span>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button type="submit" disabled={text.trim() === ''} loading={busy}>
          {words.send}
        </Button>
      </div>
    </form>
  );
}
