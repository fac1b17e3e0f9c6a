'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Command } from '../../../server/protocol.ts';
import type { Outline } from '../../labs/[lab]/outline.ts';
import { clockTime } from '../../report/words.ts';
import { useDesk } from '../Desk.tsx';
import styles from './Commands.module.css';
import { panelWords as words } from './words.ts';

/** A command that ends brings several pieces of news at once, and is written down a moment later, ms. */
const REST_MS = 400;
/** Commands listed: what a teacher looks back at. */
const LISTED = 100;

/** What a learner ran, the newest first, with how each ended. */
export function Commands({
  about,
  course,
}: {
  about: { class: string; lab: string; learner: string };
  course: Outline;
}) {
  const { desk, epoch } = useDesk();
  const { class: id, lab, learner } = about;
  const [commands, setCommands] = useState<Command[] | null>(null);
  const turn = useRef(0);
  const load = useCallback(async () => {
    const mine = ++turn.current;
    const answer = await desk.request('class:commands', { class: id, lab, learner });
    if (mine === turn.current && answer.ok) setCommands(answer.data.commands.slice(0, LISTED));
  }, [desk, id, lab, learner]);

  useEffect(() => {
    if (epoch === 0) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      clearTimeout(rest);
      rest = setTimeout(() => void load(), REST_MS);
    };
    void load();
    const offs = [desk.on('terminal:command', soon), desk.on('terminal:prompt', soon)];
    return () => {
      turn.current += 1;
      clearTimeout(rest);
      for (const off of offs) off();
    };
  }, [desk, epoch, load]);

  return (
    <section className={styles.commands}>
      <h3>{words.commands}</h3>
      {commands === null ? <p>{words.loading}</p> : commands.length === 0 ? <p>{words.noCommands}</p> : null}
      <ol>
        {(commands ?? []).map((command) => (
          <li key={command.id} data-node-color={course.nodes.findIndex(({ name }) => name === command.node) + 1}>
            <code>{command.text}</code>
            <span>
              <b>{command.node}</b>
              <Exit code={command.code} />
              <time dateTime={new Date(command.at).toISOString()}>{clockTime(command.at)}</time>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Exit({ code }: { code: number | null }) {
  if (code === null) return <span>{words.running}</span>;
  return <span data-good={code === 0}>{code === 0 ? words.success : words.exit(code)}</span>;
}
