'use client';

import { Loader } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useParams } from 'next/navigation';
import type { ReactNode } from 'react';
import type { Stage } from '../../../../../server/protocol.ts';
import { useLab } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { panels, machines as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import { Elapsed } from './Elapsed.tsx';
import styles from './Provision.module.css';
import { useReset } from './ResetDialog.tsx';
import shared from './shared.module.css';

const order: Stage[] = ['queued', 'files', 'network', 'starting', 'ready'];

/** What stands in the terminals' place while there are none: how to get nodes, how far they are, or what became of them. */
export function Provision({ nodes, steps }: { nodes: LabNode[]; steps: Pick<OutlineStep, 'id' | 'number'>[] }) {
  const lab = useLab();
  if (!lab.state) {
    if (lab.connection === 'refused')
      return (
        <Sheet nodes={nodes} title={words.refused} text={words.refusedHint}>
          <Start label={words.reconnect} onStart={lab.retry} />
        </Sheet>
      );
    return (
      <div className={styles.sheet} role="status">
        <Loader size="sm" color="var(--term-soft)" />
        <p>{lab.connection === 'open' ? words.loading : words.connecting}</p>
      </div>
    );
  }
  const { session } = lab.state;
  const start = () => {
    void lab.start();
    if (nodes[0]) lab.focusOn({ node: nodes[0].name });
  };
  switch (session.status) {
    case 'none':
      return (
        <Sheet nodes={nodes} title={panels.none.title(nodes.length)} text={panels.none.text}>
          <Start label={panels.none.button(nodes.length)} onStart={start} />
          <Here steps={steps} />
        </Sheet>
      );
    case 'queued':
      return (
        <Sheet nodes={nodes} title={panels.queued.title(session.ahead)} text={panels.queued.text}>
          <span className={styles.waiting}>
            <Loader size={14} color="var(--term-ink)" />
            <Elapsed since={session.since} clock={lab.clock} />
          </span>
          <button type="button" className={shared.act} onClick={() => void lab.end()}>
            {panels.queued.leave}
          </button>
        </Sheet>
      );
    case 'creating':
      return (
        <Sheet nodes={nodes} title={panels.creating.title} text={panels.creating.text}>
          <Stages stage={session.stage} node={session.node} since={session.since} clock={lab.clock} />
        </Sheet>
      );
    case 'broken': {
      const dead = nodes.filter(({ name }) => session.nodes?.includes(name));
      const others = nodes.filter((node) => !dead.includes(node)).map(({ name }) => name);
      const [one] = dead;
      if (one && dead.length === 1 && others.length > 0) {
        const words = panels.broken.one;
        return (
          <Sheet nodes={nodes} title={words.title(one.name)} text={words.text(one.name, others.join('、'))} bad>
            <Start label={words.button(one.name)} onStart={() => void lab.reset({ node: one.name })} />
            <button type="button" className={shared.act} onClick={start}>
              {words.all}
            </button>
          </Sheet>
        );
      }
      return (
        <Sheet nodes={nodes} {...panels.broken[session.reason]} why={session.detail} bad>
          <Start label={panels.broken.button} onStart={start} />
          <Here steps={steps} />
        </Sheet>
      );
    }
    case 'gone':
      return (
        <Sheet nodes={nodes} {...panels.gone[session.reason]}>
          <Start label={panels.gone.button} onStart={start} />
          <Here steps={steps} />
        </Sheet>
      );
    case 'ready':
    case 'resetting':
      return null;
  }
}

interface SheetProps {
  nodes: LabNode[];
  title: string;
  text: string;
  /** What the platform says is wrong. */
  why?: string | undefined;
  bad?: boolean;
  children: ReactNode;
}

function Sheet({ nodes, title, text, why, bad = false, children }: SheetProps) {
  return (
    <div className={styles.sheet} role={bad ? 'alert' : undefined} data-bad={bad}>
      <div className={styles.chips} aria-hidden>
        {nodes.map((node, index) => (
          <span key={node.name} data-node-color={index + 1}>
            <i className={shared.dot} />
            {node.name}
          </span>
        ))}
      </div>
      <h3 aria-live="polite">{title}</h3>
      {why && <p>{panels.why(why)}</p>}
      <p>{text}</p>
      {children}
    </div>
  );
}

function Start({ label, onStart }: { label: string; onStart(): void }) {
  const { connection } = useLab();
  return (
    <button type="button" className={shared.button} onClick={onStart} disabled={connection === 'reconnecting'}>
      {label}
    </button>
  );
}

/** The way to the step that is read, for whom the beginning is behind them. */
function Here({ steps }: { steps: Pick<OutlineStep, 'id' | 'number'>[] }) {
  const params = useParams<{ step?: string }>();
  const ask = useReset();
  const step = steps.find((each) => each.id === params.step);
  if (!step || step.number === 1) return null;
  return (
    <button type="button" className={shared.act} onClick={() => ask({ step: step.id })}>
      {panels.here(step.number)}
    </button>
  );
}

interface StagesProps {
  stage: Stage;
  node: string | undefined;
  since: number;
  clock: number;
}

function Stages({ stage, node, since, clock }: StagesProps) {
  const at = order.indexOf(stage);
  return (
    <ol className={styles.stages}>
      {order.map((one, index) => (
        <li
          key={one}
          data-at={index < at ? 'done' : index === at ? 'now' : 'later'}
          aria-current={index === at ? 'step' : undefined}
        >
          <span className={styles.sign}>
            {index < at ? (
              <IconCheck size={15} stroke={2.2} />
            ) : index === at ? (
              <Loader size={14} color="var(--term-ink)" />
            ) : null}
          </span>
          <span>
            {words.stages[one][0]}
            {index === at ? (
              <small role="status">
                {node ? `${node}：` : ''}
                {words.stages[one][1]}
              </small>
            ) : null}
          </span>
          {index === at ? <Elapsed since={since} clock={clock} /> : null}
        </li>
      ))}
    </ol>
  );
}
