'use client';

import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Row } from '../../../server/lesson-protocol.ts';
import type { Outline } from '../../labs/[lab]/outline.ts';
import { refusals } from '../../words.ts';
import { useDesk } from '../Desk.tsx';
import styles from './ClassRoom.module.css';
import { type Dialog, Dialogs } from './Dialogs.tsx';
import { Grid } from './Grid.tsx';
import { createLesson, type Lesson } from './lesson.ts';
import { Panel } from './Panel.tsx';
import { Reasons } from './Reasons.tsx';
import { type Column, countsOf, type Filter, type Order, reasonsOf, sifted, sorted } from './rows.ts';
import { Selection } from './Selection.tsx';
import { Summary } from './Summary.tsx';
import { Tools } from './Tools.tsx';
import { useNow } from './useNow.ts';
import { words } from './words.ts';

interface Props {
  classId: string;
  /** The lab that the address names. */
  asked: string | undefined;
  courses: Outline[];
}

/** A class at work on one lab. */
export function ClassRoom({ classId, asked, courses }: Props) {
  const course = courses.find(({ id }) => id === asked) ?? courses[0];
  if (!course) return null;
  return <Room key={course.id} classId={classId} course={course} courses={courses} isAsked={asked !== undefined} />;
}

function Room(props: { classId: string; course: Outline; courses: Outline[]; isAsked: boolean }) {
  const { classId, course, courses, isAsked } = props;
  const { desk, epoch, connection } = useDesk();
  const router = useRouter();
  const [lesson] = useState(() => createLesson(desk, classId, course.id));
  const view = useSyncExternalStore(lesson.view.subscribe, lesson.view.get, lesson.view.initial);
  useEffect(() => lesson.open(), [lesson]);
  useEffect(() => {
    if (epoch > 0) void lesson.enter();
  }, [lesson, epoch]);
  const go = useCallback(
    (lab: string) => router.replace(`/class/${classId}?lab=${encodeURIComponent(lab)}`),
    [router, classId],
  );
  // Where the address names none, the lab the class was given is meant.
  const given = view.frame?.labs.find((lab) => courses.some(({ id }) => id === lab));
  useEffect(() => {
    if (!isAsked && given && given !== course.id) go(given);
  }, [isAsked, given, course.id, go]);

  if (view.closed) {
    const { closed } = words;
    const text = view.closed in closed ? closed[view.closed as keyof typeof closed] : closed.other;
    return <Note text={text} />;
  }
  if (!view.frame) return <Note text={connection === 'reconnecting' ? words.reconnecting : words.connecting} />;
  return <AtWork lesson={lesson} course={course} courses={courses} go={go} />;
}

function Note({ text }: { text: string }) {
  return (
    <main className={styles.note}>
      <h1>{words.title}</h1>
      <p role="status">{text}</p>
    </main>
  );
}

function AtWork(props: { lesson: Lesson; course: Outline; courses: Outline[]; go(lab: string): void }) {
  const { lesson, course } = props;
  const { connection } = useDesk();
  const { frame, rows, clock, refusal, said } = useSyncExternalStore(
    lesson.view.subscribe,
    lesson.view.get,
    lesson.view.initial,
  );
  const now = useNow() + clock;
  const [filter, setFilter] = useState<Filter | null>(null);
  const [text, setText] = useState('');
  const [order, setOrder] = useState<Order>('need');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [looked, setLooked] = useState<string | null>(null);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [projector, setProjector] = useState(false);
  const [namesHidden, setNamesHidden] = useState(false);

  const columns = useMemo<Column[]>(
    () =>
      course.steps.flatMap((step) =>
        step.checkpoints.map(({ id, title, short }) => ({ id, title, short: short ?? title, step: step.id })),
      ),
    [course],
  );
  const all = useMemo(() => [...rows.values()], [rows]);
  // The order follows the clock and the hands: rows that moved at every change would run away from under the pointer.
  const hands = all.filter(({ handSince }) => handSince !== undefined).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: for that reason not at every change of a row.
  const places = useMemo(
    () => new Map(sorted(all, columns, now, order).map(({ learner }, index) => [learner, index])),
    [columns, now, order, hands, all.length],
  );
  const shown = useMemo(() => {
    const place = ({ learner }: Row) => places.get(learner) ?? all.length;
    return sifted(all, columns, now, { filter, text }).sort((a, b) => place(a) - place(b));
  }, [all, columns, now, filter, text, places]);
  const reasons = useMemo(() => reasonsOf(all, columns), [all, columns]);
  const picked = useMemo(() => [...chosen].filter((learner) => rows.has(learner)), [chosen, rows]);
  const choose = useCallback((learner: string, on: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(learner);
      else next.delete(learner);
      return next;
    });
  }, []);
  const open = looked === null ? undefined : rows.get(looked);
  // What a name is without one: its place in the list of the class.
  const called = (learner: string) => `学员 ${String((frame?.learners.indexOf(learner) ?? 0) + 1).padStart(2, '0')}`;
  if (!frame) return null;

  return (
    <div className={styles.room} data-projector={projector || undefined} data-open={open ? '' : undefined}>
      <main className={styles.main}>
        <Tools
          {...props}
          frame={frame}
          now={now}
          projector={projector}
          namesHidden={namesHidden}
          onProjector={setProjector}
          onNames={setNamesHidden}
          onDialog={setDialog}
        />
        <div role="status" className={styles.status}>
          {connection === 'open' ? null : <p data-kind="weather">{words.reconnecting}</p>}
          {refusal || said ? (
            <p data-kind={refusal ? 'refused' : 'said'}>
              {refusal ? <IconAlertTriangle size={16} stroke={1.8} aria-hidden /> : null}
              <span>{refusal ? refusals[refusal] : said}</span>
              <button
                type="button"
                aria-label={words.dismiss}
                onClick={() => lesson.view.set({ refusal: null, said: '' })}
              >
                <IconX size={15} stroke={1.8} />
              </button>
            </p>
          ) : null}
        </div>
        <Summary counts={countsOf(all, columns, now)} filter={filter} onFilter={setFilter} />
        <Reasons reasons={reasons} columns={columns} filter={filter} onFilter={setFilter} />
        <Grid
          rows={shown}
          total={all.length}
          columns={columns}
          steps={course.steps}
          now={now}
          order={order}
          chosen={chosen}
          looked={open?.learner}
          text={text}
          narrowed={filter !== null || text !== ''}
          called={namesHidden ? called : null}
          onOrder={setOrder}
          onText={setText}
          onClear={() => {
            setFilter(null);
            setText('');
          }}
          onChoose={choose}
          onChooseAll={(on) => setChosen(on ? new Set(shown.map(({ learner }) => learner)) : new Set())}
          onLook={setLooked}
        />
        <Selection
          learners={picked}
          onDialog={setDialog}
          onClear={() => setChosen(new Set())}
          mayRun={lesson.view.get().role !== 'assistant'}
        />
      </main>
      {open ? (
        <Panel
          key={open.learner}
          lesson={lesson}
          course={course}
          columns={columns}
          row={open}
          name={namesHidden ? called(open.learner) : (open.name ?? words.nameless)}
          now={now}
          onClose={() => setLooked(null)}
          onDialog={setDialog}
        />
      ) : null}
      <Dialogs
        lesson={lesson}
        course={course}
        dialog={dialog}
        rows={rows}
        frame={frame}
        onClose={() => setDialog(null)}
      />
    </div>
  );
}
