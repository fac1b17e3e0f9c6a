'use client';

import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ClassFrame, Gate } from '../../../server/lesson-protocol.ts';
import styles from './Dialogs.module.css';
import type { Lesson } from './lesson.ts';
import { gateHints, gates, timeWords as text, words } from './words.ts';

const CHOICES = ['10', '20', '30', '60'];

/** More time for some. */
export function ExtendForm(props: { lesson: Lesson; learners: string[]; onClose(): void }) {
  const { lesson, learners, onClose } = props;
  const [minutes, setMinutes] = useState('20');
  const yes = async () => {
    onClose();
    const about = { class: lesson.class, lab: lesson.lab, learners, minutes: Number(minutes) };
    if ((await lesson.wish('class:extend', about)) === null && lesson.view.get().refusal) return;
    lesson.view.set({ said: text.done(learners.length, Number(minutes)) });
  };
  return (
    <>
      <p className={styles.text}>{text.text}</p>
      <SegmentedControl
        aria-label={text.minutes}
        fullWidth
        value={minutes}
        onChange={setMinutes}
        data={CHOICES.map((value) => ({ value, label: `${value} 分钟` }))}
      />
      <div className={styles.foot}>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button onClick={yes} data-autofocus>
          {text.button}
        </Button>
      </div>
    </>
  );
}

/** A moment as a field for date and time has it, in the reader's own time zone. */
function fieldOf(at: number | null): string {
  if (at === null) return '';
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What the class may do, and until when it is in time. */
export function AssignForm(props: { lesson: Lesson; frame: ClassFrame; onClose(): void }) {
  const { lesson, frame, onClose } = props;
  const [gate, setGate] = useState<Gate>(frame.gate);
  const [until, setUntil] = useState(fieldOf(frame.deadline));
  const yes = async () => {
    onClose();
    const at = new Date(until).getTime();
    const deadline = until === '' || Number.isNaN(at) ? null : at;
    await lesson.wish('class:assign', { class: frame.class, lab: frame.lab, gate, deadline });
    if (!lesson.view.get().refusal) lesson.view.set({ said: text.saved });
  };
  return (
    <>
      <p className={styles.label}>{text.gate}</p>
      <SegmentedControl
        aria-label={text.gate}
        fullWidth
        value={gate}
        // The control knows only these three.
        onChange={(value) => setGate(value as Gate)}
        data={(['open', 'paused', 'closed'] as const).map((value) => ({ value, label: gates[value] }))}
      />
      <p className={styles.hint}>{gateHints[gate]}</p>
      <TextInput
        type="datetime-local"
        label={text.deadline}
        description={text.deadlineHint}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <div className={styles.foot}>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button onClick={yes} data-autofocus>
          {text.save}
        </Button>
      </div>
    </>
  );
}
