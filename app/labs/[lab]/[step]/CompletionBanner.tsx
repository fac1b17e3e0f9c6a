'use client';

import { Button } from '@mantine/core';
import { IconCheck, IconCircleDashed, IconConfetti } from '@tabler/icons-react';
import Link from 'next/link';
import { useState } from 'react';
import { useLab } from '../../../live/LabProvider.tsx';
import { SKIPPED } from '../../../words.ts';
import type { Outline } from '../outline.ts';
import { done, hintsOpened, isSkipped, labPoints, labProgress, spokenDuration } from '../progress.ts';
import styles from './CompletionBanner.module.css';

/** At the end of the lab: what was learned and how long it took, or what is still open. */
export function CompletionBanner({ course }: { course: Outline }) {
  const { state, end } = useLab();
  const [ending, setEnding] = useState(false);
  if (!state) return null;
  const { passed, total } = labProgress(course, state);
  const finished = total > 0 && passed === total;
  const { earned, total: points } = labPoints(course, state);
  const hints = hintsOpened(state);
  const took =
    state.startedAt !== undefined && state.finishedAt !== undefined ? state.finishedAt - state.startedAt : null;
  const steps = course.steps.filter((step) => step.checkpoints.length > 0);
  const running = state.session.status === 'ready';
  return (
    <section className={styles.banner} data-finished={finished ? '' : undefined} aria-label="实验完成情况">
      <header>
        {finished && <IconConfetti size={26} stroke={1.6} aria-hidden />}
        <div>
          <h2>{finished ? '实验完成' : `还差 ${total - passed} 个检查点`}</h2>
          <p>
            {finished
              ? `${total} 个检查点全部通过，得 ${points} 分${took === null ? '' : `，用时 ${spokenDuration(took)}`}，${
                  hints === 0 ? '没有看提示' : `看过 ${hints} 条提示`
                }。下面每一句，都由内核替你作证：`
              : `现在是 ${earned} / ${points} 分。点开步骤回去补上，结果会一直保留。`}
          </p>
        </div>
      </header>
      <ul>
        {steps.flatMap((step) =>
          step.checkpoints.map((checkpoint) => {
            const fine = done(state.results[checkpoint.id]);
            return (
              <li key={checkpoint.id} data-done={fine ? '' : undefined}>
                {fine ? (
                  <IconCheck size={16} stroke={2.4} aria-hidden />
                ) : (
                  <IconCircleDashed size={16} stroke={1.8} aria-hidden />
                )}
                {fine ? (
                  checkpoint.title
                ) : (
                  <span>
                    <Link href={`/labs/${course.id}/${step.id}`}>{checkpoint.title}</Link>
                    {isSkipped(state.results[checkpoint.id]) && <small> {SKIPPED}</small>}
                  </span>
                )}
              </li>
            );
          }),
        )}
      </ul>
      {finished && running && (
        <footer>
          <Button
            size="xs"
            variant="default"
            loading={ending}
            onClick={async () => {
              setEnding(true);
              await end();
              setEnding(false);
            }}
          >
            结束实验，归还节点
          </Button>
          <span>结果会保留；节点里的改动会消失。也可以接着随便试。</span>
        </footer>
      )}
    </section>
  );
}
