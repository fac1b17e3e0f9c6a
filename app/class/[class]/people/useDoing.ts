import { useState } from 'react';
import type { Answer, RequestName } from '../../../../server/protocol.ts';
import { refusals } from '../../../words.ts';

/** Something that is asked for by a button: whether it is under way, and why it was refused. */
export function useDoing(): {
  busy: boolean;
  wrong: string | null;
  /** Resolves with what was answered, or undefined when it was refused. */
  run<N extends RequestName>(
    asked: Promise<Answer<N>>,
    bad?: string,
  ): Promise<Extract<Answer<N>, { ok: true }> | undefined>;
} {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  return {
    busy,
    wrong,
    async run(asked, bad) {
      setBusy(true);
      const answer = await asked;
      setBusy(false);
      setWrong(answer.ok ? null : answer.code === 'bad-request' && bad ? bad : refusals[answer.code]);
      return answer.ok ? (answer as Extract<typeof answer, { ok: true }>) : undefined;
    },
  };
}
