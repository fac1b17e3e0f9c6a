'use client';

import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowsDiagonal, IconArrowsDiagonalMinimize2, IconHandOff, IconX } from '@tabler/icons-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Row } from '../../../server/lesson-protocol.ts';
import type { ShownResult } from '../../../server/protocol.ts';
import type { Outline } from '../../labs/[lab]/outline.ts';
import { WatchedNode } from '../../watch/[code]/WatchedNode.tsx';
import { waiting } from '../../watch/[code]/words.ts';
import { teacher } from '../../words.ts';
import { useDesk } from '../Desk.tsx';
import { Commands } from './Commands.tsx';
import type { Dialog } from './Dialogs.tsx';
import { createMirror, type Lesson } from './lesson.ts';
import styles from './Panel.module.css';
import { type Column, isDone, stuckFor } from './rows.ts';
import { alarmText, panelWords as words } from './words.ts';

interface Props {
  lesson: Lesson;
  course: Outline;
  columns: readonly Column[];
  row: Row;
  name: string;
  now: number;
  onClose(): void;
  onDialog(dialog: Dialog): void;
}

/** One learner, looked at: where they read, what does not hold, their terminals, what they ran; and helping them. */
export function Panel({ lesson, course, columns, row, name, now, onClose, onDialog }: Props) {
  const { desk, epoch } = useDesk();
  const { self } = lesson.view.get();
  const about = { class: lesson.class, lab: lesson.lab, learner: row.learner };
  const [mirror] = useState(() => createMirror(desk, about));
  const { watched, closed, looked } = useSyncExternalStore(mirror.view.subscribe, mirror.view.get, mirror.view.initial);
  const [wide, setWide] = useState(false);
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    const shut = mirror.open();
    return () => {
      shut();
      void desk.request('class:unwatch', {});
    };
  }, [mirror, desk]);
  useEffect(() => {
    if (epoch > 0) void mirror.enter();
  }, [mirror, epoch]);

  const mine = row.typing?.some(({ person }) => person === self) ?? false;
  const others = row.typing?.filter(({ person }) => person !== self) ?? [];
  // Once it was answered, a question is over.
  useEffect(() => {
    if (mine) setAsked(false);
  }, [mine]);
  const ask = async () => setAsked((await lesson.wish('help:ask', about)) !== null || asked);
  const stop = () => {
    setAsked(false);
    void lesson.wish('help:stop', about);
  };

  const step = course.steps.find(({ id }) => id === row.step);
  const stuck = Math.floor(stuckFor(row, columns, now) / 60_000);
  const session = watched?.session;
  const where = [
    step ? words.step(step.number, step.short) : words.noStep,
    stuck > 0 ? words.stuck(stuck) : '',
    words.points(row.points),
  ];
  return (
    <aside className={styles.panel} data-wide={wide || undefined} aria-label={words.label(name)}>
      <header>
        <div>
          <h2>{name}</h2>
          <p>{where.filter(Boolean).join(' · ')}</p>
        </div>
        <Tooltip label={wide ? words.narrow : words.wide}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={34}
            aria-label={wide ? words.narrow : words.wide}
            aria-pressed={wide}
            onClick={() => setWide(!wide)}
          >
            {wide ? <IconArrowsDiagonalMinimize2 size={18} /> : <IconArrowsDiagonal size={18} />}
          </ActionIcon>
        </Tooltip>
        <ActionIcon variant="subtle" color="gray" size={34} aria-label={words.close} onClick={onClose}>
          <IconX size={19} />
        </ActionIcon>
      </header>
      <div className={styles.acts}>
        {mine || asked ? (
          <Button size="xs" variant={mine ? 'filled' : 'light'} onClick={stop}>
            {mine ? words.stop : `${words.asking}（${words.takeBack}）`}
          </Button>
        ) : (
          <Button size="xs" onClick={ask} disabled={!session || !row.online}>
            {words.ask}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => onDialog({ kind: 'message', learners: [row.learner] })}>
          {words.message}
        </Button>
        <Button size="xs" variant="default" onClick={() => onDialog({ kind: 'reset', learners: [row.learner] })}>
          重置…
        </Button>
        {lesson.view.get().role === 'assistant' ? null : (
          <Button size="xs" variant="default" onClick={() => onDialog({ kind: 'extend', learners: [row.learner] })}>
            延长时间…
          </Button>
        )}
        {row.handSince === undefined ? null : (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHandOff size={15} stroke={1.7} />}
            onClick={() => void lesson.wish('class:lower', about)}
          >
            {words.lower}
          </Button>
        )}
      </div>
      <div className={styles.body}>
        <Failing row={row} columns={columns} results={watched?.results} />
        <p className={styles.mirror} role="status" data-typing={mine || undefined}>
          {mine ? words.typing : others.length > 0 ? words.otherTyping(others.map(teacher).join('、')) : words.mirror}
        </p>
        {closed ? <p className={styles.quiet}>{closed === 'over' ? words.over : words.failed}</p> : null}
        {session?.status === 'ready'
          ? session.alarms?.map((alarm) => (
              <p key={`${alarm.node} ${alarm.found}`} className={styles.quiet}>
                {alarmText(alarm)}
              </p>
            ))
          : null}
        {session?.status === 'ready' || session?.status === 'resetting' ? (
          <div className={styles.nodes}>
            {course.nodes.map((node, index) => (
              <WatchedNode
                key={node.name}
                live={mirror}
                node={node}
                colour={index + 1}
                terminals={session.terminals.filter((one) => one.node === node.name)}
                looked={looked[node.name]}
                onLook={(terminal) => mirror.look(node.name, terminal)}
                resetting={session.status === 'resetting' && session.nodes.includes(node.name)}
                hand={mine ? 'help' : 'none'}
              />
            ))}
          </div>
        ) : session ? (
          <p className={styles.quiet}>{waiting[session.status].title}</p>
        ) : null}
        <Commands about={about} course={course} />
      </div>
    </aside>
  );
}

/** What does not hold now: expected against actual, as the learner is told it. */
function Failing(props: { row: Row; columns: readonly Column[]; results: Record<string, ShownResult> | undefined }) {
  const { row, columns, results } = props;
  if (!results) return null;
  const failing = columns.flatMap(({ id, title }) => {
    const result = results[id];
    return result?.status === 'failed' ? [{ id, title, result }] : [];
  });
  if (failing.length === 0) {
    return <p className={styles.quiet}>{isDone(row, columns) ? words.allDone : words.none}</p>;
  }
  return (
    <div className={styles.facts}>
      {failing.map(({ id, title, result }) => (
        <section
          key={id}
          className={styles.failing}
          data-checkpoint={id}
          data-lapsed={result.passedAt ? '' : undefined}
        >
          <h3>{title}</h3>
          {result.facts
            .filter(({ ok }) => !ok)
            .map((fact) => (
              <dl key={fact.id}>
                <dt>{fact.title.replaceAll('`', '')}</dt>
                <dd>
                  {words.expected} <code>{fact.expected}</code>
                </dd>
                <dd>
                  {words.actual} <code>{fact.actual}</code>
                </dd>
              </dl>
            ))}
        </section>
      ))}
    </div>
  );
}
