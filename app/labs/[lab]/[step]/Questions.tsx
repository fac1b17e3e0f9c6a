'use client';

import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { answerFact, readAnswer } from '../../../../content/answer.ts';
import type { Checkpoint, Question } from '../../../../content/schema.ts';
import type { RefusalCode, ShownResult } from '../../../../server/protocol.ts';
import { useLab } from '../../../live/LabProvider.tsx';
import { refusals } from '../../../words.ts';
import styles from './Questions.module.css';
import { Words } from './Words.tsx';

/** A checkpoint's questions, as a form in its card; each has its own verdict. */
export function Questions({ checkpoint, result }: { checkpoint: Checkpoint; result: ShownResult | undefined }) {
  const { state, answer } = useLab();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [mistakes, setMistakes] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<RefusalCode | null>(null);
  const written = (id: string) => typed[id] ?? result?.answers?.[id] ?? '';
  const ready = state?.session.status === 'ready';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // One question at a time is fine: what is still empty waits.
    const filled = checkpoint.questions.filter((question) => written(question.id).trim() !== '');
    const readings = filled.map((question) => [question.id, readAnswer(question.kind, written(question.id))] as const);
    const wrong = readings.flatMap(([id, reading]) => ('mistake' in reading ? [[id, reading.mistake] as const] : []));
    const first = checkpoint.questions[0];
    if (filled.length === 0 && first) wrong.push([first.id, '先填一个答案']);
    setMistakes(Object.fromEntries(wrong));
    if (wrong.length > 0) return;
    setBusy(true);
    const answers = filled.map(({ id }) => [id, written(id).trim()] as const);
    const submitted = typed;
    const reply = await answer(checkpoint.id, Object.fromEntries(answers));
    setBusy(false);
    setRefusal(reply.ok ? null : reply.code);
    // What was changed while the answer was on its way stays.
    if (reply.ok) {
      setTyped((now) => Object.fromEntries(Object.entries(now).filter(([id, text]) => text !== submitted[id])));
    }
  };

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {checkpoint.questions.map((question) => (
        <Field
          key={question.id}
          question={question}
          value={written(question.id)}
          edited={question.id in typed && typed[question.id] !== result?.answers?.[question.id]}
          mistake={mistakes[question.id]}
          result={result}
          change={(value) => {
            setTyped({ ...typed, [question.id]: value });
            setMistakes({ ...mistakes, [question.id]: '' });
          }}
        />
      ))}
      <div className={styles.foot} data-needs-script>
        <Button type="submit" size="xs" loading={busy} disabled={!ready}>
          提交答案
        </Button>
        <span role="status">
          {refusal ? refusals[refusal] : ready ? '和平台自己抓到的包对照，可以反复提交' : '节点启动以后才能提交'}
        </span>
      </div>
    </form>
  );
}

function Field(props: {
  question: Question;
  value: string;
  /** Whether what stands in the field is not what was judged. */
  edited: boolean;
  mistake: string | undefined;
  result: ShownResult | undefined;
  change(value: string): void;
}) {
  const { question, value, edited, mistake, result, change } = props;
  const fact =
    edited || !result?.answers?.[question.id]
      ? undefined
      : result.facts.find((one) => one.id === answerFact(question.id));
  const passed = !edited && result?.status === 'passed';
  const right = passed || fact?.ok === true;
  const wrong = !right && fact?.ok === false;
  // What to do about it takes the hint's place: nothing below moves.
  const hint = wrong ? fact?.notice || '和这次抓到的包不一致，再看一遍' : question.hint;
  return (
    <div className={styles.field} data-verdict={right ? 'right' : wrong ? 'wrong' : undefined}>
      <TextInput
        label={question.ask}
        description={hint ? <Words>{hint}</Words> : undefined}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        value={value}
        error={mistake || undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        inputMode={question.kind === 'number' ? 'numeric' : 'text'}
        placeholder={question.kind === 'mac' ? 'aa:bb:cc:dd:ee:ff' : undefined}
        onChange={(event) => change(event.currentTarget.value)}
        classNames={{ input: styles.input }}
        rightSection={
          right || wrong ? (
            <span className={styles.verdict} role="status">
              {right ? <IconCheck size={17} stroke={2.4} aria-hidden /> : <IconX size={17} stroke={2.4} aria-hidden />}
              {right ? '对' : '不对'}
            </span>
          ) : null
        }
      />
    </div>
  );
}
