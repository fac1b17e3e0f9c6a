'use client';

import { Button, Group, Modal, SegmentedControl } from '@mantine/core';
import { useCallback, useId, useState } from 'react';
import { useLab, useLive } from '../../../../live/LabProvider.tsx';
import type { LabNode } from '../../../../live/live.ts';
import { resetWords as words } from '../../../../live/words.ts';
import type { OutlineStep } from '../../outline.ts';
import styles from './ResetDialog.module.css';
import { show } from './show.ts';

/** Every node: no node is called so. */
const ALL = '';

/** What a wish to reset begins with: a node alone, a step other than the first. */
export interface ResetWish {
  node?: string;
  step?: string;
}

interface Props {
  nodes: LabNode[];
  steps: Pick<OutlineStep, 'id' | 'number' | 'short'>[];
}

/** A function that asks which nodes shall be made anew, and where they shall begin; nothing happens without a yes. */
export function useReset() {
  const live = useLive();
  return useCallback((wish: ResetWish = {}) => live.view.set({ resetAsked: wish }), [live]);
}

/** Asks for which nodes and which step, names what it costs, and waits for a yes. */
export function ResetDialog({ nodes, steps }: Props) {
  const { resetAsked } = useLab();
  const live = useLive();
  const close = () => live.view.set({ resetAsked: null });
  return (
    <Modal
      classNames={{ title: styles.title }}
      size={680}
      opened={resetAsked !== null}
      onClose={close}
      title={resetAsked?.step ? words.travelTitle : words.title}
    >
      {resetAsked ? <Choice wish={resetAsked} nodes={nodes} steps={steps} onClose={close} /> : null}
    </Modal>
  );
}

function Choice({ wish, nodes, steps, onClose }: Props & { wish: ResetWish; onClose(): void }) {
  const { state, reset, start } = useLab();
  const [node, setNode] = useState(wish.node ?? ALL);
  const [step, setStep] = useState(wish.step ?? steps[0]?.id ?? '');
  const arrive = useArrival(nodes);
  const heading = useId();
  const number = steps.find((each) => each.id === step)?.number ?? 1;
  const status = state?.session.status;
  // Without nodes there is nothing to lose, and none to choose.
  const isNew = status === 'none' || status === 'queued' || status === 'gone';
  const isWhole = node === ALL || isNew || status === 'broken';
  const rest = nodes.filter((each) => each.name !== node).map((each) => each.name);
  const to = { ...(number > 1 ? { step } : {}), ...(isWhole ? {} : { node }) };

  const yes = async () => {
    onClose();
    show('machines');
    const forget = arrive(isWhole ? undefined : node);
    if (!(await (isNew ? start(to.step) : reset(to)))) forget();
  };

  return (
    <>
      {isNew || status === 'broken' || nodes.length < 2 ? null : (
        <SegmentedControl
          aria-label={words.which}
          fullWidth
          value={node}
          onChange={setNode}
          data={[
            { value: ALL, label: words.all },
            ...nodes.map((each) => ({ value: each.name, label: words.only(each.name) })),
          ]}
        />
      )}
      <div className={styles.columns}>
        <div>
          <h3 id={heading}>{words.where}</h3>
          <div className={styles.steps} role="radiogroup" aria-labelledby={heading}>
            {steps.map((each) => (
              <label key={each.id} data-on={each.id === step} data-past={each.number < number ? '' : undefined}>
                <input
                  type="radio"
                  name={heading}
                  checked={each.id === step}
                  onChange={() => setStep(each.id)}
                  data-autofocus={each.id === step ? true : undefined}
                />
                <i aria-hidden />
                <span>
                  {each.number === 1 ? words.first : words.step(each.number)}
                  {each.number === 1 ? null : <small>{each.short}</small>}
                </span>
              </label>
            ))}
          </div>
        </div>
        <div className={styles.costs}>
          {number > 1 ? (
            <>
              <h3>{words.done}</h3>
              <p>
                {words.doneText(number - 1)}
                {isWhole ? null : words.othersToo(rest.join('、'))}
              </p>
            </>
          ) : null}
          {isNew ? null : (
            <>
              <h3>{words.lost}</h3>
              <List items={words.losses(isWhole ? words.all : node)} />
            </>
          )}
          <h3>{words.kept}</h3>
          <List items={isWhole ? words.keeps : [...words.keeps, words.keepsOther(rest.join('、'), number > 1)]} />
        </div>
      </div>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button color={isNew ? 'indigo' : 'red.9'} onClick={yes}>
          {number > 1 ? words.travelButton(number) : isNew ? words.startButton : words.button}
        </Button>
      </Group>
    </>
  );
}

function List({ items }: { items: readonly string[] }) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

/** A function after which a terminal takes the focus as soon as the nodes are there; it answers one that forgets this. */
function useArrival(nodes: LabNode[]): (node: string | undefined) => () => void {
  const live = useLive();
  return useCallback(
    (node) => {
      const target = node ?? nodes[0]?.name;
      let isUnderWay = false;
      const leave = live.view.subscribe(() => {
        const status = live.view.get().state?.session.status;
        if (status === 'queued' || status === 'creating' || status === 'resetting') isUnderWay = true;
        else if (isUnderWay) {
          leave();
          if (status === 'ready' && target) live.view.set({ focus: { node: target } });
        }
      });
      return leave;
    },
    [live, nodes],
  );
}
