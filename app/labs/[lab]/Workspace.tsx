'use client';

import { IconBook2, IconTerminal2 } from '@tabler/icons-react';
import { useParams } from 'next/navigation';
import { type CSSProperties, type ReactNode, useEffect, useState } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { Header } from './Header.tsx';
import { Notices } from './Notices.tsx';
import type { Outline } from './outline.ts';
import { remember, SPLIT_COOKIE, STEPS_COOKIE } from './preferences.ts';
import { Refused } from './Refused.tsx';
import { StepList } from './StepList.tsx';
import styles from './Workspace.module.css';

/** The text's share of the room beside the steps, percent, until the learner drags the border. */
const SPLIT_DEFAULT = 46.5;
/** Narrower than this, pixels, neither prose nor an 80-column terminal can be read. */
const PANE_MIN_PX = 320;

type View = 'prose' | 'machines';

/** Steps, text and machines side by side; on a narrow screen text and machines are two tabs. */
export function Workspace(props: {
  course: Outline;
  split: number | undefined;
  stepsShown: boolean;
  machines: ReactNode;
  children: ReactNode;
}) {
  const { course, machines, children } = props;
  const { step } = useParams<{ step?: string }>();
  const [view, setView] = useState<View>('prose');
  const [stepsShown, setStepsShown] = useState(props.stepsShown);
  const prose = props.split ?? SPLIT_DEFAULT;

  useEffect(() => {
    const show = (event: Event) => {
      if (event instanceof CustomEvent && (event.detail === 'prose' || event.detail === 'machines')) {
        setView(event.detail);
      }
    };
    window.addEventListener('netloom:show', show);
    return () => window.removeEventListener('netloom:show', show);
  }, []);

  const toggleSteps = () => {
    setStepsShown(!stepsShown);
    remember(STEPS_COOKIE, stepsShown ? 'hidden' : 'shown');
  };

  return (
    <div
      className={styles.frame}
      style={{ '--prose-share': `${prose}%` } as CSSProperties}
      data-steps={stepsShown ? 'shown' : 'hidden'}
      data-view={view}
    >
      <a href="#text" className="skip">
        跳到课文
      </a>
      <Header course={course} step={step} stepsShown={stepsShown} toggleSteps={toggleSteps} />
      <div className={styles.notices} data-notices>
        <Refused />
        <Notices />
      </div>
      <div className={styles.tabs} role="tablist" aria-label="课文与机器" data-needs-script data-no-print>
        <Tab view="prose" now={view} choose={setView} icon={<IconBook2 size={17} stroke={1.7} />} label="课文" />
        <Tab view="machines" now={view} choose={setView} icon={<IconTerminal2 size={17} stroke={1.7} />} label="机器" />
      </div>
      <nav className={styles.steps} aria-label="步骤" data-no-print>
        <StepList course={course} step={step} />
      </nav>
      <Group
        id="workspace"
        className={styles.split}
        defaultLayout={{ prose, machines: 100 - prose }}
        onLayoutChanged={(layout, meta) => {
          if (meta.isUserInteraction && layout.prose) remember(SPLIT_COOKIE, layout.prose.toFixed(2));
        }}
      >
        <Panel id="prose" className={styles.prose} defaultSize={`${prose}%`} minSize={PANE_MIN_PX}>
          {children}
        </Panel>
        <Separator className={styles.separator} aria-label="调整课文和机器的宽度" data-no-print />
        <Panel
          id="machines"
          className={styles.machines}
          defaultSize={`${100 - prose}%`}
          minSize={PANE_MIN_PX}
          data-no-print
        >
          {machines}
        </Panel>
      </Group>
    </div>
  );
}

function Tab(props: { view: View; now: View; choose(view: View): void; icon: ReactNode; label: string }) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={props.view === props.now}
      className={styles.tab}
      onClick={() => props.choose(props.view)}
    >
      {props.icon}
      {props.label}
    </button>
  );
}
