import { useCallback, useEffect, useState } from 'react';
import type { Answer, RequestName } from '../../../server/protocol.ts';

/** Asks as soon as a dialog is open, and anew on demand; null while the answer is awaited. */
export function useAsked<N extends RequestName>(
  opened: boolean,
  ask: () => Promise<Answer<N>>,
): [answer: Answer<N> | null, again: () => void] {
  const [answer, setAnswer] = useState<Answer<N> | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again.
  useEffect(() => {
    if (!opened) return;
    let wanted = true;
    setAnswer(null);
    void ask().then((result) => {
      if (wanted) setAnswer(result);
    });
    return () => {
      wanted = false;
    };
  }, [opened, attempt, ask]);

  return [answer, useCallback(() => setAttempt((before) => before + 1), [])];
}
