'use client';

import { IconBulb, IconChevronDown, IconTool } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { HintLevel, ShownFact } from '../../../../server/protocol.ts';
import { useLab } from '../../../live/LabProvider.tsx';
import { hints as words } from '../../../words.ts';
import type { Outline } from '../outline.ts';
import { FactCommand } from './FactCommand.tsx';
import styles from './FactHints.module.css';
import { Words } from './Words.tsx';

interface Props {
  checkpoint: string;
  fact: ShownFact;
  course: Outline;
}

/** The hints of a failing fact: the first, and below it the repair; each is asked for, and may be folded again. */
export function FactHints({ checkpoint, fact, course }: Props) {
  // The next one is offered when the one before it is open.
  const closed = fact.hints.findIndex(({ text }) => text === null);
  const offered = closed === -1 ? fact.hints : fact.hints.slice(0, closed + 1);
  if (offered.length === 0) return null;
  return (
    <div className={styles.hints}>
      {offered.map(({ level, text }) => (
        <Hint key={level} level={level} text={text} checkpoint={checkpoint} fact={fact} course={course} />
      ))}
    </div>
  );
}

function Hint({ level, text, checkpoint, fact, course }: Props & { level: HintLevel; text: string | null }) {
  const { openHint } = useLab();
  const [folded, setFolded] = useState(false);
  const [busy, setBusy] = useState(false);
  const panel = useId();
  const counted = useId();
  const shown = text !== null && !folded;

  const press = async () => {
    if (text !== null) return setFolded(shown);
    if (busy) return;
    setBusy(true);
    await openHint({ checkpoint, fact: fact.id, level });
    setBusy(false);
  };

  const Icon = level === 'hint' ? IconBulb : IconTool;
  return (
    <div className={styles.hint} data-level={level} data-open={shown ? '' : undefined}>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={shown}
        aria-controls={panel}
        aria-busy={busy}
        aria-describedby={text === null ? counted : undefined}
        onClick={press}
        data-needs-script
      >
        <Icon size={15} stroke={1.8} aria-hidden />
        {text === null ? words.open[level] : words.title[level]}
        {text !== null && <IconChevronDown className={styles.chevron} size={15} stroke={1.8} aria-hidden />}
      </button>
      {text === null && (
        <span className={styles.counted}>
          {words.counted}
          <span id={counted} className="visually-hidden">
            {words.countedLong}
          </span>
        </span>
      )}
      {/* Always there, so that what comes into it is read out. */}
      <div id={panel} aria-live="polite" className={styles.panel}>
        {shown && level === 'hint' && (
          <p>
            <Words>{text}</Words>
          </p>
        )}
        {shown && level === 'repair' && (
          <Repair id={`repair:${checkpoint}:${fact.id}`} node={fact.look?.node} text={text} course={course} />
        )}
      </div>
    </div>
  );
}

/** A repair: its words, and each of its commands on a line of its own, ready to run. */
function Repair({ id, node, text, course }: { id: string; node: string | undefined; text: string; course: Outline }) {
  if (node === undefined) {
    return (
      <p>
        <Words>{text}</Words>
      </p>
    );
  }
  return text.split('`').map((part, place) => {
    const key = `${id}:${place}`;
    if (place % 2 === 1)
      return <FactCommand key={key} apart id={key} node={node} command={part} course={course.nodes} />;
    // What stood between two commands of one sentence begins with its comma.
    const lead = part.replace(/^[，。；、：\s]+/, '');
    return lead === '' ? null : <p key={key}>{lead}</p>;
  });
}
