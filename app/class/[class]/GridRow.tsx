'use client';

import {
  IconCheck,
  IconEye,
  IconHandStop,
  IconKeyboard,
  IconPlayerTrackNext,
  IconQuestionMark,
  IconRotate2,
} from '@tabler/icons-react';
import { memo } from 'react';
import type { Mark, Row } from '../../../server/lesson-protocol.ts';
import { teacher } from '../../words.ts';
import styles from './Grid.module.css';
import type { Column, Standing } from './rows.ts';
import { markText, sessionText, standingText, words } from './words.ts';

interface Props {
  row: Row;
  columns: readonly Column[];
  /** The step they read, by number. */
  step: number | undefined;
  /** The checkpoint they are at. */
  current: string | undefined;
  what: Standing['what'];
  minutes: number;
  chosen: boolean;
  looked: boolean;
  called: string | null;
  onChoose(learner: string, on: boolean): void;
  onLook(learner: string): void;
}

/** One learner of the grid; drawn anew only when something of it has changed. */
export const GridRow = memo(function GridRow(props: Props) {
  const { row, columns, step, current, what, minutes, chosen, looked, called, onChoose, onLook } = props;
  const { learner } = row;
  const name = called ?? row.name ?? words.nameless;
  const busy = sessionText(row);
  const standing = standingText({ what, minutes });
  return (
    <tr
      data-learner={learner}
      data-what={what}
      data-offline={row.online ? undefined : ''}
      aria-selected={looked}
      onClick={(event) => {
        if (event.target instanceof HTMLElement && !event.target.closest('input, button')) onLook(learner);
      }}
    >
      <td className={styles.check}>
        <input
          type="checkbox"
          data-cell="check"
          aria-label={words.select(name)}
          checked={chosen}
          onChange={(event) => onChoose(learner, event.currentTarget.checked)}
        />
      </td>
      <td className={styles.number}>{called === null ? (row.studentNo ?? '—') : '—'}</td>
      <th scope="row" className={styles.name}>
        <button type="button" data-cell="name" aria-expanded={looked} onClick={() => onLook(learner)}>
          {name}
        </button>
        {step === undefined ? null : <small title={words.columns.step}>第 {step} 步</small>}
        {row.typing ? (
          <IconKeyboard
            size={15}
            stroke={1.8}
            role="img"
            aria-label={`${row.typing.map(teacher).join('、')} 正在协助操作`}
          />
        ) : row.watching ? (
          <IconEye size={15} stroke={1.8} role="img" aria-label={`${row.watching.map(teacher).join('、')} 正在看`} />
        ) : null}
      </th>
      {columns.map(({ id, title, step: of }, index) => (
        <Cell
          key={id}
          title={title}
          mark={row.marks[id]}
          current={id === current}
          first={index > 0 && columns[index - 1]?.step !== of}
        />
      ))}
      <td className={styles.points}>{row.points}</td>
      <td className={styles.need}>
        {what === 'hand' ? <IconHandStop size={16} stroke={1.8} aria-hidden /> : null}
        <span>{busy ? [what === 'hand' ? standing : '', busy].filter(Boolean).join(' · ') : standing}</span>
      </td>
    </tr>
  );
});

function Cell({
  title,
  mark,
  current,
  first,
}: {
  title: string;
  mark: Mark | undefined;
  current: boolean;
  first: boolean;
}) {
  const state = mark?.state ?? (current ? 'current' : 'untouched');
  const text = markText(title, mark, current);
  return (
    <td className={styles.mark} data-first={first ? '' : undefined} title={text}>
      <span data-state={state} data-current={current || undefined}>
        {state === 'passed' ? <IconCheck size={14} stroke={2.6} aria-hidden /> : null}
        {state === 'failed' ? <b aria-hidden>!</b> : null}
        {state === 'lapsed' ? <IconRotate2 size={14} stroke={2.2} aria-hidden /> : null}
        {state === 'unknown' ? <IconQuestionMark size={13} stroke={2.2} aria-hidden /> : null}
        {state === 'skipped' ? <IconPlayerTrackNext size={13} stroke={2} aria-hidden /> : null}
        {mark?.late ? <sup aria-hidden>迟</sup> : null}
        <span className="visually-hidden">{text}</span>
      </span>
    </td>
  );
}
