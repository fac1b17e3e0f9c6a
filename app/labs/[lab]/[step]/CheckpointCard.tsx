'use client';

import {
  IconCheck,
  IconChevronDown,
  IconExclamationMark,
  IconLoader2,
  IconPlayerTrackNext,
  IconQuestionMark,
} from '@tabler/icons-react';
import { useId, useState } from 'react';
import { answerFact } from '../../../../content/answer.ts';
import type { Checkpoint } from '../../../../content/schema.ts';
import type { ShownResult } from '../../../../server/protocol.ts';
import { useLab } from '../../../live/LabProvider.tsx';
import { hints, LAPSED, lapsedSince, SKIPPED, unknownBecause, verdicts } from '../../../words.ts';
import type { Outline } from '../outline.ts';
import { clockTime, isSkipped } from '../progress.ts';
import buttons from './buttons.module.css';
import styles from './CheckpointCard.module.css';
import { FactLine } from './FactLine.tsx';
import { JudgedAt } from './JudgedAt.tsx';
import { Points } from './Points.tsx';
import { Questions } from './Questions.tsx';
import { useFold } from './useFold.ts';

type Look = ShownResult['status'] | 'lapsed' | 'skipped';

/** A claim about the nodes, whether it holds, and for each fact what was expected, what is, and what to do. */
export function CheckpointCard({ checkpoint, course }: { checkpoint: Checkpoint; course: Outline }) {
  const { state, check } = useLab();
  const [busy, setBusy] = useState(false);
  const [askedAt, setAskedAt] = useState<number | null>(null);
  const id = useId();
  const result = state?.results[checkpoint.id];
  const status = result?.status ?? 'pending';
  // What the platform did for the learner and does not hold is no mistake of theirs.
  const lapsed = status === 'failed' && (result?.passedAt !== undefined || result?.skipped === true);
  const look: Look = lapsed ? 'lapsed' : isSkipped(result) ? 'skipped' : status;
  const { card, folded, toggle } = useFold(state === null ? null : status === 'passed');
  const nodesReady = state?.session.status === 'ready';

  const checkNow = async () => {
    setBusy(true);
    setAskedAt(Date.now());
    await check(checkpoint.id);
    setBusy(false);
  };

  return (
    <section
      ref={card}
      className={styles.card}
      data-look={look}
      data-folded={folded ? '' : undefined}
      data-checkpoint={checkpoint.id}
      aria-labelledby={id}
    >
      <header className={styles.head}>
        <Mark look={look} />
        <div className={styles.claim}>
          <h3 id={id}>{checkpoint.title}</h3>
          <p className={styles.meta} role="status">
            <b>{look === 'lapsed' ? LAPSED : look === 'skipped' ? SKIPPED : verdicts[status]}</b>
            <Points checkpoint={checkpoint} />
            {!folded && <JudgedAt result={result} askedAt={askedAt} questions={checkpoint.questions.length > 0} />}
            {!folded && result !== undefined && result.hintsOpened > 0 && (
              <span className={styles.counted} title={hints.countedLong}>
                {' '}
                · {hints.opened(result.hintsOpened)}
              </span>
            )}
          </p>
        </div>
        {status === 'passed' && (
          <button
            type="button"
            className={styles.fold}
            aria-expanded={!folded}
            aria-label={folded ? '展开检查结果' : '收起检查结果'}
            onClick={toggle}
          >
            <IconChevronDown size={18} stroke={1.8} aria-hidden />
          </button>
        )}
        {!folded && (
          <button
            type="button"
            className={buttons.button}
            onClick={checkNow}
            disabled={busy || !nodesReady}
            title={nodesReady ? undefined : '节点启动以后才能检查'}
            data-needs-script
          >
            {busy && <IconLoader2 className={styles.turning} size={14} stroke={2} aria-hidden />}
            检查
          </button>
        )}
      </header>
      {!folded && <Body checkpoint={checkpoint} course={course} result={result} look={look} />}
    </section>
  );
}

function Body(props: { checkpoint: Checkpoint; course: Outline; result: ShownResult | undefined; look: Look }) {
  const { checkpoint, course, result, look } = props;
  const asks = new Set(checkpoint.questions.map((question) => answerFact(question.id)));
  // A question's verdict stands at its field; the list keeps what is about the nodes.
  const facts = (result?.facts ?? []).filter((fact) => !asks.has(fact.id));
  return (
    <div className={styles.body}>
      {look === 'lapsed' && (
        <p className={styles.words}>
          {result?.skipped
            ? '这一步是跳过的，由平台照课文代做；现在不成立：'
            : lapsedSince(clockTime(result?.passedAt ?? 0))}
        </p>
      )}
      {look === 'skipped' && (
        <p className={styles.words}>
          这一步是跳过的，由平台照课文代做，所以不计分。想自己做，就从这一步或更前面的一步重新开始。
        </p>
      )}
      {look === 'unknown' && (
        <p className={styles.words}>
          {unknownBecause[result?.trouble ?? 'nodes']}
          {facts.length > 0 && '下面是上一次的结果。'}
        </p>
      )}
      {look === 'pending' && facts.length === 0 && checkpoint.questions.length === 0 && (
        <p className={styles.words}>照上面的步骤做完，这里会自己变绿；哪里不对，会告诉你期望是什么、实际是什么。</p>
      )}
      {facts.length > 0 && (
        <ul className={styles.facts} data-stale={look === 'unknown' ? '' : undefined}>
          {facts.map((fact) => (
            <FactLine key={fact.id} checkpoint={checkpoint.id} fact={fact} course={course} />
          ))}
        </ul>
      )}
      {checkpoint.questions.length > 0 && <Questions checkpoint={checkpoint} result={result} />}
    </div>
  );
}

function Mark({ look }: { look: Look }) {
  return (
    <span className={styles.mark} aria-hidden>
      {look === 'passed' && <IconCheck size={15} stroke={2.8} />}
      {(look === 'failed' || look === 'lapsed') && <IconExclamationMark size={15} stroke={2.6} />}
      {look === 'skipped' && <IconPlayerTrackNext size={13} stroke={2.2} />}
      {look === 'unknown' && <IconQuestionMark size={14} stroke={2.2} />}
    </span>
  );
}
