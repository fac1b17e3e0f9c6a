'use client';

import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import Link from 'next/link';
import type { GradedLab } from '../../../../server/record-protocol.ts';
import { called, moment, shortMoment, signs, span, standings } from '../../../report/words.ts';
import styles from './GradeTable.module.css';
import type { Choice, Line, SortKey } from './table.ts';
import { grades as words } from './words.ts';

interface Props {
  classId: string;
  labs: GradedLab[];
  /** What is shown, of all there are. */
  lines: readonly Line[];
  all: readonly Line[];
  sort: Choice['sort'];
  onSort(sort: Choice['sort']): void;
  onClear(): void;
}

/** One line per learner. Of one lab each checkpoint has its place; of several each lab has. */
export function GradeTable({ classId, labs, lines, all, sort, onSort, onClear }: Props) {
  if (lines.length === 0) {
    return (
      <p className={styles.none}>
        {all.length === 0 ? words.none : words.noneFound}
        {all.length > 0 && (
          <button type="button" onClick={onClear}>
            {words.clear}
          </button>
        )}
      </p>
    );
  }
  const [lab] = labs.length === 1 ? labs : [];
  const head = (key: SortKey, text: string, className?: string) => (
    <SortHead key={key} className={className} text={text} column={key} sort={sort} onSort={onSort} />
  );
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {head('no', words.columns.no)}
            <th scope="col">{words.columns.name}</th>
            {head('score', lab ? words.columns.score : words.columns.total, styles.number)}
            {lab
              ? lab.checkpoints.map(({ id, title, step }) => (
                  <th key={id} scope="col" className={styles.mark} title={`${words.step(step)}：${title}`}>
                    <span aria-hidden>{step}</span>
                    <span className="visually-hidden">{title}</span>
                  </th>
                ))
              : labs.map(({ id, title }) => (
                  <th key={id} scope="col" className={styles.lab} title={title}>
                    {title}
                  </th>
                ))}
            <th scope="col" className={styles.number}>
              {words.columns.hints}
            </th>
            {head('took', words.columns.took, styles.number)}
            <th scope="col">{words.columns.finished}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LearnerLine key={line.learner.person} classId={classId} lab={lab} labs={labs} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface SortProps {
  text: string;
  column: SortKey;
  sort: Choice['sort'];
  className?: string;
  onSort(sort: Choice['sort']): void;
}

function SortHead({ text, column, sort, className, onSort }: SortProps) {
  const on = sort.key === column;
  const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <th scope="col" className={className} aria-sort={on ? (sort.descending ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        // The best are looked for first, and so is the beginning of a list.
        onClick={() => onSort({ key: column, descending: on ? !sort.descending : column === 'score' })}
      >
        {text}
        {on ? <Arrow size={13} stroke={2.2} aria-hidden /> : null}
      </button>
    </th>
  );
}

interface LineProps {
  classId: string;
  lab: GradedLab | undefined;
  labs: GradedLab[];
  line: Line;
}

function LearnerLine({ classId, lab, labs, line }: LineProps) {
  const { learner, grades, score, points, progress, late, hints, tookMs, finishedAt } = line;
  const report = `/class/${classId}/learners/${learner.person}?lab=${lab?.id ?? labs[0]?.id ?? ''}`;
  return (
    <tr data-progress={progress}>
      <td className={styles.no}>{learner.studentNo ?? words.guest}</td>
      <th scope="row">
        <Link href={report} prefetch={false} title={words.report(called(learner))}>
          {called(learner)}
        </Link>
      </th>
      <td className={styles.number}>
        <b>{score}</b>
        <small> / {points}</small>
      </td>
      {lab
        ? lab.checkpoints.map(({ id, title }, index) => {
            const standing = grades[0]?.standings[index] ?? 'untouched';
            return (
              <td key={id} className={styles.mark}>
                <i data-standing={standing} title={`${title}：${standings[standing]}`}>
                  <span aria-hidden>{signs[standing]}</span>
                  <span className="visually-hidden">{standings[standing]}</span>
                </i>
              </td>
            );
          })
        : grades.map((grade) => (
            <td key={grade.lab} className={styles.lab}>
              <Link href={`/class/${classId}/learners/${learner.person}?lab=${grade.lab}`} prefetch={false}>
                {grade.score} <small>/ {grade.points}</small>
              </Link>
            </td>
          ))}
      <td className={styles.number}>{hints > 0 ? hints : ''}</td>
      <td className={styles.number}>{tookMs === undefined ? '' : span(tookMs)}</td>
      <td className={styles.end}>
        {finishedAt === undefined ? (
          <span>{progress === 'untouched' ? words.filters.untouched : words.filters.unfinished}</span>
        ) : (
          <time title={moment(finishedAt)}>{shortMoment(finishedAt)}</time>
        )}
        {late > 0 && <em title={words.lateTitle(late)}>{words.lateChip}</em>}
      </td>
    </tr>
  );
}
