import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * Folds a card once it has passed, without ever moving what is being read: one that was passed before is folded from
 * the start, one that passes before the learner's eyes folds when it has left the screen. `passed` is null while unknown.
 */
export function useFold(passed: boolean | null): {
  card: RefObject<HTMLElement | null>;
  folded: boolean;
  toggle(): void;
} {
  const card = useRef<HTMLElement>(null);
  const [choice, setChoice] = useState<boolean | null>(null);
  const [seenOpen, setSeenOpen] = useState(false);

  // What was open when the verdict came stays open.
  if (passed === false && !seenOpen) setSeenOpen(true);
  if (passed === false && choice !== null) setChoice(null);

  useEffect(() => {
    const element = card.current;
    if (!passed || !seenOpen || choice !== null || !element) return;
    const leaving = new IntersectionObserver(([entry]) => {
      if (entry && !entry.isIntersecting) setSeenOpen(false);
    });
    leaving.observe(element);
    return () => leaving.disconnect();
  }, [passed, seenOpen, choice]);

  const folded = passed === true && (choice ?? !seenOpen);
  return { card, folded, toggle: () => setChoice(!folded) };
}
