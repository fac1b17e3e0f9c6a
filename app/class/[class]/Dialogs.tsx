'use client';

import { Modal } from '@mantine/core';
import type { ClassFrame, Row } from '../../../server/lesson-protocol.ts';
import type { Outline } from '../../labs/[lab]/outline.ts';
import styles from './Dialogs.module.css';
import type { Lesson } from './lesson.ts';
import { MessageForm } from './MessageForm.tsx';
import { ResetForm } from './ResetForm.tsx';
import { AssignForm, ExtendForm } from './TimeForms.tsx';
import { resetDialogWords, timeWords, words } from './words.ts';

/** What is asked before something is done; `learners` null means all. */
export type Dialog =
  | { kind: 'message'; learners: string[] | null }
  | { kind: 'reset'; learners: string[] }
  | { kind: 'extend'; learners: string[] }
  | { kind: 'assign' };

interface Props {
  lesson: Lesson;
  course: Outline;
  dialog: Dialog | null;
  rows: ReadonlyMap<string, Row>;
  frame: ClassFrame;
  onClose(): void;
}

/** The dialogs of a class page, one at a time. */
export function Dialogs({ lesson, course, dialog, rows, frame, onClose }: Props) {
  return (
    <Modal
      opened={dialog !== null}
      onClose={onClose}
      size={dialog?.kind === 'reset' ? 700 : 480}
      title={dialog ? titleOf(dialog, rows) : ''}
      classNames={{ title: styles.title }}
    >
      {dialog?.kind === 'message' ? (
        <MessageForm lesson={lesson} learners={dialog.learners} onClose={onClose} />
      ) : dialog?.kind === 'reset' ? (
        <ResetForm lesson={lesson} course={course} rows={rows} learners={dialog.learners} onClose={onClose} />
      ) : dialog?.kind === 'extend' ? (
        <ExtendForm lesson={lesson} learners={dialog.learners} onClose={onClose} />
      ) : dialog?.kind === 'assign' ? (
        <AssignForm lesson={lesson} frame={frame} onClose={onClose} />
      ) : null}
    </Modal>
  );
}

function titleOf(dialog: Dialog, rows: ReadonlyMap<string, Row>): string {
  if (dialog.kind === 'assign') return timeWords.assignTitle;
  const { learners } = dialog;
  const [only] = learners ?? [];
  const name = learners?.length === 1 && only !== undefined ? (rows.get(only)?.name ?? words.nameless) : '';
  if (dialog.kind === 'message') {
    if (learners === null) return '发给全班';
    return name ? `发给 ${name}` : `发给 ${learners.length} 人`;
  }
  const count = learners?.length ?? 0;
  if (dialog.kind === 'reset') return name ? `重置 ${name} 的节点` : resetDialogWords.title(count);
  return name ? `给 ${name} 延长时间` : timeWords.title(count);
}
