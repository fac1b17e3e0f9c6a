'use client';

import { IconEye, IconMessage } from '@tabler/icons-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { GuideMessage } from '../../../../server/lesson-protocol.ts';
import { guideWords as words } from '../../../live/guide-words.ts';
import { useLab } from '../../../live/LabProvider.tsx';
import { teacher } from '../../../words.ts';
import type { Outline } from '../outline.ts';
import { clockTime } from '../progress.ts';
import styles from './Messages.module.css';

/** Where a browser keeps which message its reader has put away last. */
const READ_KEY = 'netloom-read';

function readSoFar(lab: string): number {
  try {
    return Number(window.localStorage.getItem(`${READ_KEY}/${lab}`)) || 0;
  } catch {
    // A browser may keep nothing: then messages are new on each page.
    return 0;
  }
}

/** What those who teach have said, and the step they ask all to look at, above the text. */
export function Messages({ course, step }: { course: Outline; step: string }) {
  const { state } = useLab();
  const [read, setRead] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => setRead(readSoFar(course.id)), [course.id]);
  const guide = state?.guide;
  if (!guide || read === null) return null;
  const { messages, highlight } = guide;
  const unread = messages.filter(({ id }) => id > read);
  const shown = open ? messages : unread;
  const earlier = messages.length - unread.length;
  const putAway = () => {
    const newest = messages[0]?.id ?? 0;
    setRead(newest);
    setOpen(false);
    try {
      window.localStorage.setItem(`${READ_KEY}/${course.id}`, String(newest));
    } catch {
      // As above.
    }
  };
  const target = course.steps.find(({ id }) => id === highlight);
  return (
    <div className={styles.messages} data-no-print>
      <div role="status">
        {target ? (
          <p className={styles.highlight}>
            <IconEye size={17} stroke={1.8} aria-hidden />
            <span>{words.highlight(target.number, target.short)}</span>
            {target.id === step ? (
              <em>{words.here}</em>
            ) : (
              <Link href={`/labs/${course.id}/${target.id}`} prefetch={false}>
                {words.go}
              </Link>
            )}
          </p>
        ) : null}
        {shown.length > 0 ? (
          <section className={styles.card} aria-label={words.messages}>
            <h2>
              <IconMessage size={16} stroke={1.8} aria-hidden />
              {words.messages}
              {unread.length > 0 ? <b>{words.unread(unread.length)}</b> : null}
            </h2>
            {shown.map((message) => (
              <One key={message.id} message={message} />
            ))}
            <button type="button" onClick={putAway}>
              {unread.length > 0 ? words.read : words.fewer}
            </button>
          </section>
        ) : null}
      </div>
      {earlier > 0 && !open ? (
        <button type="button" className={styles.earlier} onClick={() => setOpen(true)}>
          {words.earlier(earlier)}
        </button>
      ) : null}
    </div>
  );
}

function One({ message: { from, text, at, toAll } }: { message: GuideMessage }) {
  return (
    <div className={styles.one}>
      <p>{text}</p>
      <small>
        {teacher(from)} · {clockTime(at)}
        {toAll ? ` · ${words.toAll}` : ''}
      </small>
    </div>
  );
}
