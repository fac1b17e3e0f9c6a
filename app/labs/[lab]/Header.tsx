'use client';

import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core';
import { IconChevronDown, IconLayoutSidebar, IconRotate } from '@tabler/icons-react';
import { useState } from 'react';
import { Brand } from '../../Brand.tsx';
import { useReset } from './[step]/machines/ResetDialog.tsx';
import { Clock } from './Clock.tsx';
import { Deadline } from './Deadline.tsx';
import { HandButton } from './HandButton.tsx';
import styles from './Header.module.css';
import { MeMenu } from './MeMenu.tsx';
import type { Outline } from './outline.ts';
import { ProgressBar } from './ProgressBar.tsx';
import { StepList } from './StepList.tsx';

/** Where the learner is, how far they are, and what concerns the lab as a whole. */
export function Header(props: { course: Outline; step: string | undefined; stepsShown: boolean; toggleSteps(): void }) {
  const { course, step, stepsShown, toggleSteps } = props;
  const reset = useReset();
  return (
    <header className={styles.header} data-no-print>
      <Tooltip label={stepsShown ? '收起步骤' : '展开步骤'}>
        <ActionIcon
          className={styles.fold}
          variant="subtle"
          color="gray"
          size={32}
          aria-label={stepsShown ? '收起步骤' : '展开步骤'}
          aria-expanded={stepsShown}
          onClick={toggleSteps}
          data-needs-script
        >
          <IconLayoutSidebar size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Brand />
      <p className={styles.crumb}>
        <span className={styles.subject}>
          {course.subject}
          <span aria-hidden> / </span>
        </span>
        <b title={course.title}>{course.title}</b>
      </p>
      <StepsMenu course={course} step={step} />
      <div className={styles.grow} />
      <ProgressBar course={course} />
      <Deadline />
      <Clock />
      <HandButton />
      <Button
        className={styles.reset}
        variant="default"
        size="xs"
        leftSection={<IconRotate size={15} stroke={1.7} />}
        onClick={() => reset()}
        data-needs-script
      >
        重置…
      </Button>
      <MeMenu />
    </header>
  );
}

/** The list of steps where there is no room for it beside the text. */
function StepsMenu({ course, step }: { course: Outline; step: string | undefined }) {
  const [open, setOpen] = useState(false);
  const current = course.steps.find((item) => item.id === step);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={264} trapFocus>
      <Popover.Target>
        <Button
          className={styles.steps}
          variant="default"
          size="xs"
          rightSection={<IconChevronDown size={14} stroke={1.8} />}
          onClick={() => setOpen(!open)}
          data-needs-script
        >
          {current ? `${current.number} / ${course.steps.length} ${current.short}` : '步骤'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <nav aria-label="步骤菜单">
          <StepList course={course} step={step} onChoose={() => setOpen(false)} />
        </nav>
      </Popover.Dropdown>
    </Popover>
  );
}
