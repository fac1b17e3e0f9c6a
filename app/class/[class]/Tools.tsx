'use client';

import { Button, Menu, Select, Switch } from '@mantine/core';
import { IconCheck, IconChevronDown, IconEye, IconMessage, IconPresentation, IconRotate } from '@tabler/icons-react';
import type { ClassFrame } from '../../../server/lesson-protocol.ts';
import type { Outline } from '../../labs/[lab]/outline.ts';
import type { Dialog } from './Dialogs.tsx';
import type { Lesson } from './lesson.ts';
import styles from './Tools.module.css';
import { gates, words } from './words.ts';

interface Props {
  lesson: Lesson;
  course: Outline;
  courses: Outline[];
  go(lab: string): void;
  frame: ClassFrame;
  now: number;
  projector: boolean;
  namesHidden: boolean;
  onProjector(on: boolean): void;
  onNames(hidden: boolean): void;
  onDialog(dialog: Dialog): void;
}

/** What concerns the class as a whole: which lab, what it may do until when, what all are told. */
export function Tools(props: Props) {
  const { lesson, course, courses, go, frame, now, projector, namesHidden, onDialog } = props;
  const mayRun = lesson.view.get().role !== 'assistant';
  const { gate, deadline, learners } = frame;
  const isPast = deadline !== null && deadline < now;
  return (
    <div className={styles.tools}>
      <h1>{words.title}</h1>
      <Select
        aria-label={words.lab}
        size="sm"
        w={210}
        allowDeselect={false}
        value={course.id}
        onChange={(lab) => lab && lab !== course.id && go(lab)}
        data={courses.map(({ id, title }) => ({ value: id, label: title }))}
      />
      <button
        type="button"
        className={styles.gate}
        data-gate={gate}
        disabled={!mayRun}
        onClick={() => onDialog({ kind: 'assign' })}
        aria-label={`${gates[gate]}${deadline === null ? '' : ` ${words.until(deadline)}`}：${words.assign}`}
        title={words.assign}
      >
        <i aria-hidden />
        {gates[gate]}
        {deadline === null ? null : (
          <span data-past={isPast || undefined}>
            {words.until(deadline)}
            {isPast ? '（已过）' : ''}
          </span>
        )}
        {mayRun ? <IconChevronDown size={14} stroke={2} aria-hidden /> : null}
      </button>
      <span className={styles.grow} />
      {projector ? (
        <Switch
          size="sm"
          label={words.hideNames}
          checked={namesHidden}
          onChange={(event) => props.onNames(event.currentTarget.checked)}
        />
      ) : null}
      <Button
        variant={projector ? 'light' : 'default'}
        size="xs"
        aria-pressed={projector}
        leftSection={<IconPresentation size={15} stroke={1.7} />}
        onClick={() => {
          props.onProjector(!projector);
          if (projector) props.onNames(false);
        }}
      >
        {words.projector}
      </Button>
      <Highlight lesson={lesson} course={course} frame={frame} />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconMessage size={15} stroke={1.7} />}
        onClick={() => onDialog({ kind: 'message', learners: null })}
      >
        {words.messageAll}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={learners.length === 0}
        leftSection={<IconRotate size={15} stroke={1.7} />}
        onClick={() => onDialog({ kind: 'reset', learners })}
      >
        {words.resetAll}
      </Button>
    </div>
  );
}

function Highlight({ lesson, course, frame }: { lesson: Lesson; course: Outline; frame: ClassFrame }) {
  const { class: id, lab, highlight } = frame;
  const show = (step: string | null) => void lesson.wish('class:highlight', { class: id, lab, step });
  const shown = course.steps.find((step) => step.id === highlight);
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Button
          variant={shown ? 'light' : 'default'}
          size="xs"
          leftSection={<IconEye size={15} stroke={1.7} />}
          data-highlight={shown?.id}
        >
          {shown ? words.highlighting(shown.number) : words.highlight}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {course.steps.map((step) => (
          <Menu.Item
            key={step.id}
            onClick={() => show(step.id)}
            rightSection={step.id === highlight ? <IconCheck size={15} /> : null}
          >
            {step.number}　{step.short}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item disabled={!highlight} onClick={() => show(null)}>
          {words.noHighlight}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
