'use client';

import { IconFileText, IconTerminal } from '@tabler/icons-react';
import { useState } from 'react';
import { useLab } from '../../../live/LabProvider.tsx';
import { useRun } from '../../../live/useRun.ts';
import type { OutlineNode } from '../outline.ts';
import { BlockStatus } from './BlockStatus.tsx';
import styles from './CodeBlock.module.css';
import { CopyButton } from './CopyButton.tsx';
import { NodeChip } from './NodeChip.tsx';
import { RunButton } from './RunButton.tsx';

/** A piece of a line: text, or the place of a live value. */
export type Segment = string | { live: string };

interface Props {
  id: string;
  kind: 'run' | 'output' | 'plain';
  nodes: string[];
  course: OutlineNode[];
  stream: boolean;
  optional: boolean;
  lines: Segment[][];
}

/** Code of the text: commands for a node, an output to expect, or something to read. */
export function CodeBlock(props: Props) {
  const { kind, nodes, course } = props;
  const first = course.findIndex((node) => node.name === nodes[0]) + 1;
  const names = nodes.map((name) => course.find((node) => node.name === name)?.label ?? name).join(' 和 ');
  const label = kind === 'run' ? `在 ${names} 上执行的命令` : kind === 'output' ? '预期输出' : '代码';
  return (
    <section
      className={styles.block}
      data-kind={kind}
      data-block={props.id}
      data-node-color={first > 0 ? first : undefined}
      data-both={nodes.length > 1 ? '' : undefined}
      aria-label={label}
    >
      {kind === 'run' && <Command {...props} names={names} />}
      {kind === 'output' && (
        <>
          <div className={styles.top}>
            <span className={styles.caption}>
              <IconTerminal size={15} stroke={1.7} aria-hidden />
              预期输出
            </span>
            {nodes.map((name) => (
              <NodeChip key={name} name={name} course={course} quiet />
            ))}
          </div>
          <Lines lines={props.lines} course={course} />
        </>
      )}
      {kind === 'plain' && (
        <div className={styles.plain}>
          <IconFileText size={15} stroke={1.7} aria-hidden />
          <Lines lines={props.lines} course={course} />
        </div>
      )}
    </section>
  );
}

function Command({ id, nodes, course, stream, optional, lines, names }: Props & { names: string }) {
  const { state } = useLab();
  const { run, status, canRun, interrupt, elsewhere, cancel } = useRun();
  const [why, setWhy] = useState<string | null>(null);
  const keys = [...new Set(lines.flat().flatMap((part) => (typeof part === 'string' ? [] : [part.live])))];
  const missing = keys.filter((key) => !state?.values[key]?.value);
  const text = lines
    .map((line) =>
      line.map((part) => (typeof part === 'string' ? part : (state?.values[part.live]?.value ?? ''))).join(''),
    )
    .join('\n');
  const ready = canRun();
  const able = ready === true && missing[0] ? `${labelOf(missing[0], state)}还不存在，先把它创建出来` : ready;
  const now = status(id);

  return (
    <>
      <div className={styles.top}>
        {nodes.map((name) => (
          <NodeChip key={name} name={name} course={course} />
        ))}
        {optional && <span className={styles.tag}>选做</span>}
        <BlockStatus
          status={now}
          stream={stream}
          why={why}
          several={nodes.length > 1}
          note={note(keys, missing, stream, state)}
          choose={{ interrupt: () => interrupt(id), elsewhere: () => elsewhere(id), cancel: () => cancel(id) }}
        />
        <span className={styles.buttons}>
          {missing.length === 0 && <CopyButton text={text} label={`复制在 ${names} 上执行的命令`} />}
          <RunButton
            able={able}
            label={`在 ${names} 上运行`}
            run={() => {
              setWhy(null);
              run({ id, nodes, text });
            }}
            explain={setWhy}
          />
        </span>
      </div>
      <Lines lines={lines} course={course} />
    </>
  );
}

type Values = ReturnType<typeof useLab>['state'];

function labelOf(key: string, state: Values): string {
  return state?.values[key]?.label ?? '这个值';
}

/** What is worth knowing before running: where live values come from, or how it ends. */
function note(keys: string[], missing: string[], stream: boolean, state: Values): string {
  if (keys[0] && state) {
    return missing[0]
      ? `等待 ${labelOf(missing[0], state)}`
      : `${keys.map((key) => labelOf(key, state)).join('、')}，取自你的节点`;
  }
  return stream ? '持续输出，按 Ctrl-C 结束' : '';
}

function Lines({ lines, course }: { lines: Segment[][]; course: OutlineNode[] }) {
  return (
    <pre className={styles.code}>
      <code>
        {lines.map((line, number) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text's lines have no other name and never move.
          <span key={number} className={styles.line} data-comment={isComment(line) ? '' : undefined}>
            {line.map((part) =>
              typeof part === 'string' ? part : <LiveText key={part.live} name={part.live} course={course} />,
            )}
            {'\n'}
          </span>
        ))}
      </code>
    </pre>
  );
}

function isComment(line: Segment[]): boolean {
  return typeof line[0] === 'string' && line[0].trimStart().startsWith('#');
}

/** A value of the learner's own nodes, in the colour of the node it comes from. */
function LiveText({ name, course }: { name: string; course: OutlineNode[] }) {
  const { state } = useLab();
  const entry = state?.values[name];
  const color = course.findIndex((node) => node.name === entry?.node) + 1;
  return (
    <span
      className={styles.live}
      data-node-color={color > 0 ? color : undefined}
      data-missing={entry?.value ? undefined : ''}
      title={entry?.value ? `${entry.label}（实时）` : undefined}
    >
      {entry?.value ?? `<${entry?.label ?? name}>`}
    </span>
  );
}
