'use client';

import { Loader } from '@mantine/core';
import Link from 'next/link';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { done } from '../../labs/[lab]/progress.ts';
import type { LabNode } from '../../live/live.ts';
import { createWatch } from '../../live/watch.ts';
import { machines } from '../../live/words.ts';
import { WatchedCheckpoints } from './WatchedCheckpoints.tsx';
import { WatchedNode } from './WatchedNode.tsx';
import styles from './WatchedSession.module.css';
import { closedBy, waiting, watch as words } from './words.ts';

/** What the page knows of a lab. */
export interface Course {
  title: string;
  nodes: LabNode[];
  checkpoints: { id: string; title: string }[];
}

/** The session behind an invitation, live: its terminals, or why there are none. */
export function WatchedSession({ code, courses }: { code: string; courses: Record<string, Course> }) {
  const [watch] = useState(() => createWatch(code));
  const { watched, closed, connection, looked } = useSyncExternalStore(
    watch.view.subscribe,
    watch.view.get,
    watch.view.get,
  );
  useEffect(() => {
    watch.open();
    return () => watch.close();
  }, [watch]);

  if (connection === 'refused') {
    return (
      <Note title={machines.refused} text={machines.refusedHint}>
        <Again onClick={watch.retry} />
      </Note>
    );
  }
  if (closed) {
    return (
      <Note {...closedBy(closed)}>
        {closed === 'over' || closed === 'not-found' ? (
          <Link href="/" className={styles.action}>
            {words.home}
          </Link>
        ) : (
          <Again onClick={watch.retry} />
        )}
      </Note>
    );
  }
  if (!watched) {
    return (
      <Note text={connection === 'reconnecting' ? words.reconnecting : words.asking}>
        <Loader size="sm" color="var(--term-soft)" />
      </Note>
    );
  }
  const course = Object.hasOwn(courses, watched.lab) ? courses[watched.lab] : undefined;
  const { session, results } = watched;
  const checkpoints = course?.checkpoints ?? [];
  return (
    <section className={styles.session} data-needs-script>
      <div className={styles.bar}>
        <h2>{course?.title ?? words.unknownLab}</h2>
        <span className={styles.progress}>
          {words.passed(checkpoints.filter(({ id }) => done(results[id])).length, checkpoints.length)}
        </span>
        <p role="status">{connection === 'open' ? null : words.reconnecting}</p>
      </div>
      <WatchedCheckpoints checkpoints={checkpoints} results={results} />
      {session.status === 'ready' || session.status === 'resetting' ? (
        <div className={styles.nodes}>
          {(course?.nodes ?? []).map((node, index) => (
            <WatchedNode
              key={node.name}
              live={watch}
              node={node}
              colour={index + 1}
              terminals={session.terminals.filter((one) => one.node === node.name)}
              looked={looked[node.name]}
              onLook={(terminal) => watch.look(node.name, terminal)}
              resetting={session.status === 'resetting' && session.nodes.includes(node.name)}
            />
          ))}
        </div>
      ) : (
        <Note {...waiting[session.status]}>
          {session.status === 'creating' ? <Loader size="sm" color="var(--term-soft)" /> : null}
        </Note>
      )}
    </section>
  );
}

/** One thing to say in the terminals' place. */
function Note({ title, text, children }: { title?: string; text: string; children?: ReactNode }) {
  return (
    <div className={styles.note} role="status" data-needs-script>
      {title ? <h2>{title}</h2> : null}
      <p>{text}</p>
      {children}
    </div>
  );
}

function Again({ onClick }: { onClick(): void }) {
  return (
    <button type="button" className={styles.action} onClick={onClick}>
      {words.again}
    </button>
  );
}
