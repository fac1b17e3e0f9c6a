'use client';

import { Button, SegmentedControl } from '@mantine/core';
import { useId, useState } from 'react';
import type { Row } from '../../../server/lesson-protocol.ts';
import reset from '../../labs/[lab]/[step]/machines/ResetDialog.module.css';
import type { Outline } from '../../labs/[lab]/outline.ts';
import { resetWords } from '../../live/words.ts';
import styles from './Dialogs.module.css';
import type { Lesson } from './lesson.ts';
import { resetDialogWords as words } from './words.ts';

/** Every node: no node is called so. */
const ALL = '';
/** Nothing is done for whoever has no nodes: no step is called so. */
const AS_NEW = '';

interface Props {
  lesson: Lesson;
  course: Outline;
  rows: ReadonlyMap<string, Row>;
  learners: string[];
  onClose(): void;
}

/** Which nodes, where they are to begin, whom it costs what; nothing happens without a yes. */
export function ResetForm({ lesson, course, rows, learners, onClose }: Props) {
  const [node, setNode] = useState(ALL);
  const [step, setStep] = useState(AS_NEW);
  const heading = useId();
  const without = learners.filter((learner) => {
    const status = rows.get(learner)?.session.status ?? 'none';
    return status === 'none' || status === 'queued' || status === 'gone';
  }).length;
  const number = course.steps.find(({ id }) => id === step)?.number ?? 1;
  const starts = step !== AS_NEW;
  const concerned = starts ? learners.length : learners.length - without;

  const yes = async () => {
    onClose();
    const about = { class: lesson.class, lab: lesson.lab, learners };
    const done = await lesson.wish('class:reset', {
      ...about,
      ...(node === ALL ? {} : { node }),
      ...(starts ? { step } : {}),
    });
    if (done) lesson.view.set({ said: words.done(done.queued, done.already, done.without) });
  };

  return (
    <>
      <SegmentedControl
        aria-label={resetWords.which}
        fullWidth
        value={node}
        onChange={setNode}
        data={[
          { value: ALL, label: resetWords.all },
          ...course.nodes.map(({ name }) => ({ value: name, label: resetWords.only(name) })),
        ]}
      />
      <div className={reset.columns}>
        <div>
          <h3 id={heading}>{resetWords.where}</h3>
          <div className={reset.steps} role="radiogroup" aria-labelledby={heading}>
            {[{ id: AS_NEW, number: 1, short: '' }, ...course.steps.filter((each) => each.number > 1)].map((each) => (
              <label
                key={each.id}
                data-on={each.id === step}
                data-past={starts && each.number < number ? '' : undefined}
              >
                <input type="radio" name={heading} checked={each.id === step} onChange={() => setStep(each.id)} />
                <i aria-hidden />
                <span>
                  {each.number === 1 ? resetWords.first : resetWords.step(each.number)}
                  {each.number === 1 ? null : <small>{each.short}</small>}
                </span>
              </label>
            ))}
          </div>
        </div>
        <div className={reset.costs}>
          <p>
            <b>{words.count(learners.length - without, without, starts)}</b>
          </p>
          {number > 1 ? (
            <>
              <h3>{resetWords.done}</h3>
              <p>{resetWords.doneText(number - 1)}</p>
            </>
          ) : null}
          <h3>{words.lost}</h3>
          <ul>
            {resetWords.losses(node === ALL ? resetWords.all : node).map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
          <h3>{words.kept}</h3>
          <ul>
            {resetWords.keeps.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </div>
      </div>
      <div className={styles.foot}>
        <Button variant="default" onClick={onClose}>
          {resetWords.cancel}
        </Button>
        <Button color="red.9" onClick={yes} disabled={concerned === 0} data-autofocus>
          {words.button(concerned)}
        </Button>
      </div>
    </>
  );
}
