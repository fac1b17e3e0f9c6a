import { toJsxRuntime } from 'hast-util-to-jsx-runtime';
import { type ComponentProps, isValidElement, type ReactNode } from 'react';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import type { Step } from '../../../../content/load.ts';
import { LIVE_VALUE } from '../../../../content/schema.ts';
import type { Outline, OutlineNode } from '../outline.ts';
import { CheckpointCard } from './CheckpointCard.tsx';
import { CodeBlock, type Segment } from './CodeBlock.tsx';
import { Details } from './Details.tsx';
import { Figure } from './Figure.tsx';
import { Note } from './Note.tsx';
import styles from './Prose.module.css';

/** What content/prose.ts leaves in the tree in place of a code block; the other elements are their components' props. */
interface BlockElement {
  id: string;
  kind: 'run' | 'output' | 'plain';
  /** Names, with blanks between them. */
  nodes?: string;
  stream?: boolean;
  optional?: boolean;
  children?: ReactNode;
}

/** A step's text as elements; runs on the server, so that it is in the page without a script. */
export function Prose({ step, course }: { step: Step; course: Outline }) {
  const byName = (name: string): OutlineNode | undefined => course.nodes.find((node) => node.name === name);
  return (
    <div className={styles.prose}>
      {toJsxRuntime(step.prose.tree, {
        Fragment,
        jsx,
        jsxs,
        components: {
          'x-block': ({ id, kind, nodes, stream, optional, children }: BlockElement) => (
            <CodeBlock
              id={`${step.id}:${id}`}
              kind={kind}
              nodes={(nodes ?? '').split(' ').filter((name) => byName(name))}
              course={course.nodes}
              stream={stream === true}
              optional={optional === true}
              lines={segments(String(children ?? ''))}
            />
          ),
          'x-checkpoint': ({ id }: { id: string }) => {
            const checkpoint = step.head.checkpoints.find((one) => one.id === id);
            return checkpoint ? <CheckpointCard checkpoint={checkpoint} course={course} /> : null;
          },
          'x-figure': Figure,
          'x-note': Note,
          'x-details': Details,
          a: Anchor,
          table: Table,
          td: Cell,
        },
      })}
    </div>
  );
}

function segments(text: string): Segment[][] {
  return text.split('\n').map((line) => {
    const parts: Segment[] = [];
    let from = 0;
    for (const match of line.matchAll(LIVE_VALUE)) {
      if (match.index > from) parts.push(line.slice(from, match.index));
      parts.push({ live: match[1] ?? '' });
      from = match.index + match[0].length;
    }
    if (from < line.length) parts.push(line.slice(from));
    return parts;
  });
}

function Anchor({ href, children }: ComponentProps<'a'>) {
  const outside = href?.startsWith('http');
  return (
    <a href={href} {...(outside ? { target: '_blank', rel: 'noreferrer' } : {})}>
      {children}
    </a>
  );
}

function Table({ children }: ComponentProps<'table'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the text is scrolled with the keyboard, too.
    <section className={styles.table} aria-label="表格" tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}

function Cell({ align, style, children }: ComponentProps<'td'>) {
  const alone = isValidElement<ComponentProps<'code'>>(children) && children.type === 'code';
  const command = alone && String(children.props.children).trim().split(' ').length > 2;
  return (
    <td align={align} style={style} className={command ? styles.command : undefined}>
      {children}
    </td>
  );
}
