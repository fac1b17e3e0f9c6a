'use client';

import { Button, Select, TextInput } from '@mantine/core';
import { IconRefresh, IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { Waiting } from '../../../report/Waiting.tsx';
import { clockTime, moment } from '../../../report/words.ts';
import { useDesk } from '../../Desk.tsx';
import { useAnswer } from '../../useAnswer.ts';
import { ExportMenu } from './ExportMenu.tsx';
import styles from './Grades.module.css';
import { GradeTable } from './GradeTable.tsx';
import { Summary } from './Summary.tsx';
import { type Choice, chosen, type Filter, linesOf, sumsOf } from './table.ts';
import { grades as words } from './words.ts';

const ALL = '';
const FILTERS: Filter[] = ['all', 'finished', 'unfinished', 'untouched', 'late'];
const EVERYTHING: Choice = { filter: 'all', search: '', sort: { key: 'no', descending: false } };

interface Props {
  classId: string;
  labs: { id: string; title: string }[];
  /** The lab that is shown first; null for all. */
  first: string | null;
}

/** The grades of a class: what they come to, who has which, and the way out of here. */
export function Grades({ classId, labs, first }: Props) {
  const { connection } = useDesk();
  const [lab, setLab] = useState<string | null>(first);
  const [choice, setChoice] = useState<Choice>(EVERYTHING);
  const { data, refusal, asking, ask } = useAnswer('grades:read', { class: classId, ...(lab && { lab }) });
  const lines = useMemo(() => (data ? linesOf(data) : []), [data]);
  const shown = useMemo(() => chosen(lines, choice), [lines, choice]);
  const sums = useMemo(() => sumsOf(lines), [lines]);

  // Grades move while one looks away; whoever comes back sees them as they are.
  useEffect(() => {
    const back = () => document.visibilityState === 'visible' && ask();
    document.addEventListener('visibilitychange', back);
    return () => document.removeEventListener('visibilitychange', back);
  }, [ask]);

  const look = (id: string | null) => {
    setLab(id || null);
    const address = new URL(window.location.href);
    if (id) address.searchParams.set('lab', id);
    else address.searchParams.delete('lab');
    window.history.replaceState(null, '', address);
  };
  const only = data?.labs.length === 1 ? data.labs[0] : undefined;
  return (
    <main className={styles.page}>
      <div className={styles.head}>
        <h1>{words.title}</h1>
        {labs.length > 1 && (
          <Select
            aria-label={words.lab}
            data={[{ value: ALL, label: words.all }, ...labs.map(({ id, title }) => ({ value: id, label: title }))]}
            value={lab ?? ALL}
            onChange={look}
            allowDeselect={false}
            w={280}
          />
        )}
        {labs.length === 1 && <span className={styles.lab}>{labs[0]?.title}</span>}
        {only?.deadline !== undefined && (
          <span className={styles.deadline}>{words.deadline(moment(only.deadline).slice(0, 16))}</span>
        )}
        <span className={styles.grow} />
        {data && <span className={styles.asOf}>{words.asOf(clockTime(data.at))}</span>}
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} stroke={1.7} />}
          loading={asking && data !== null}
          onClick={ask}
        >
          {words.refresh}
        </Button>
        <ExportMenu classId={classId} lab={lab} disabled={lines.length === 0} />
      </div>
      {data ? (
        <>
          <Summary book={data} lines={lines} sums={sums} />
          {lines.length > 0 && (
            <div className={styles.tools}>
              <fieldset className={styles.filters} aria-label={words.show}>
                {FILTERS.map((filter) => (
                  <label key={filter} data-on={choice.filter === filter || undefined}>
                    <input
                      type="radio"
                      name="filter"
                      checked={choice.filter === filter}
                      onChange={() => setChoice({ ...choice, filter })}
                    />
                    {words.filters[filter]}
                    <b>{sums.count[filter]}</b>
                  </label>
                ))}
              </fieldset>
              <TextInput
                className={styles.search}
                aria-label={words.search}
                placeholder={words.search}
                leftSection={<IconSearch size={16} stroke={1.7} />}
                value={choice.search}
                onChange={(event) => setChoice({ ...choice, search: event.currentTarget.value })}
              />
            </div>
          )}
          <GradeTable
            classId={classId}
            labs={data.labs}
            lines={shown}
            all={lines}
            sort={choice.sort}
            onSort={(sort) => setChoice({ ...choice, sort })}
            onClear={() => setChoice({ ...choice, filter: 'all', search: '' })}
          />
        </>
      ) : (
        <Waiting connection={connection} refusal={refusal} again={ask} />
      )}
    </main>
  );
}
