'use client';

import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useRef } from 'react';
import type { Row } from '../../../server/lesson-protocol.ts';
import type { OutlineStep } from '../../labs/[lab]/outline.ts';
import styles from './Grid.module.css';
import { GridRow } from './GridRow.tsx';
import { type Column, currentOf, type Order, standingOf } from './rows.ts';
import { words } from './words.ts';

interface Props {
  rows: Row[];
  total: number;
  columns: readonly Column[];
  steps: readonly OutlineStep[];
  now: number;
  order: Order;
  chosen: ReadonlySet<string>;
  looked: string | undefined;
  text: string;
  narrowed: boolean;
  /** What learners are called where their names are hidden. */
  called: ((learner: string) => string) | null;
  onOrder(order: Order): void;
  onText(text: string): void;
  onClear(): void;
  onChoose(learner: string, on: boolean): void;
  onChooseAll(on: boolean): void;
  onLook(learner: string): void;
}

/** Learners × checkpoints. */
export function Grid(props: Props) {
  const { rows, total, columns, steps, now, order, chosen, looked, called } = props;
  const table = useRef<HTMLTableElement>(null);
  const all = rows.length > 0 && rows.every(({ learner }) => chosen.has(learner));
  const some = !all && rows.some(({ learner }) => chosen.has(learner));

  /** The arrows go from learner to learner. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const at = document.activeElement?.closest('tr');
    const kind = document.activeElement?.getAttribute('data-cell');
    const next = event.key === 'ArrowDown' ? at?.nextElementSibling : at?.previousElementSibling;
    const target = kind && next?.querySelector<HTMLElement>(`[data-cell="${kind}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
  };

  return (
    <section className={styles.grid}>
      <div className={styles.bar}>
        <label className={styles.find}>
          <IconSearch size={15} stroke={1.7} aria-hidden />
          <input
            type="search"
            aria-label={words.search}
            placeholder={words.search}
            value={props.text}
            onChange={(event) => props.onText(event.currentTarget.value)}
            spellCheck={false}
          />
        </label>
        <span role="status">{props.narrowed ? words.shown(rows.length, total) : words.people(total)}</span>
        {props.narrowed ? (
          <button type="button" className={styles.link} onClick={props.onClear}>
            {words.clearFilter}
          </button>
        ) : null}
      </div>
      <table ref={table} onKeyDown={onKeyDown}>
        <caption className="visually-hidden">{words.title}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.check}>
              <input
                type="checkbox"
                aria-label={words.all}
                checked={all}
                ref={(box) => {
                  if (box) box.indeterminate = some;
                }}
                onChange={(event) => props.onChooseAll(event.currentTarget.checked)}
              />
            </th>
            <th scope="col" aria-sort={order === 'number' ? 'ascending' : undefined}>
              <button type="button" title={words.order.number} onClick={() => props.onOrder('number')}>
                {words.columns.number}
                <i aria-hidden data-on={order === 'number' || undefined} />
              </button>
            </th>
            <th scope="col">{words.columns.name}</th>
            {columns.map(({ id, title, short }, index) => (
              <th
                key={id}
                scope="col"
                className={styles.mark}
                title={title}
                data-first={index > 0 && columns[index - 1]?.step !== columns[index]?.step ? '' : undefined}
              >
                <abbr title={title}>{short}</abbr>
              </th>
            ))}
            <th scope="col" className={styles.points}>
              {words.columns.points}
            </th>
            <th scope="col" aria-sort={order === 'need' ? 'descending' : undefined}>
              <button type="button" title={words.order.need} onClick={() => props.onOrder('need')}>
                {words.columns.need}
                <i aria-hidden data-on={order === 'need' || undefined} />
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const { what, minutes } = standingOf(row, columns, now);
            return (
              <GridRow
                key={row.learner}
                row={row}
                columns={columns}
                step={steps.find(({ id }) => id === row.step)?.number}
                current={currentOf(row, columns)}
                what={what}
                minutes={minutes}
                chosen={chosen.has(row.learner)}
                looked={looked === row.learner}
                called={called?.(row.learner) ?? null}
                onChoose={props.onChoose}
                onLook={props.onLook}
              />
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 ? (
        <div className={styles.empty}>
          <p>{total === 0 ? words.empty : words.none}</p>
          {total === 0 ? <p>{words.emptyHint}</p> : null}
        </div>
      ) : null}
    </section>
  );
}
