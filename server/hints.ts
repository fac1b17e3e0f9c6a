import type { Fact } from '../content/check.ts';
import { Refusal } from './answer.ts';
import type { CheckpointResult, HintLevel, ShownFact, ShownResult } from './protocol.ts';
import type { OpenedHint } from './store/hints.ts';

/** The order in which a fact's hints are opened. */
const LEVELS: readonly HintLevel[] = ['hint', 'repair'];

/** What stands between a verdict and those who see it: the hints of one learner in one lab. */
export interface Hints {
  /** A result as a browser may know it: no hint that was not opened. */
  show(checkpoint: string, result: CheckpointResult): ShownResult;
  /** Opens the hint of a failing fact; once, however often it is asked for. Refused where there is none to open. */
  open(hint: OpenedHint, result: CheckpointResult): Promise<void>;
}

/** What a fact has to give away, by level; nothing when it holds, or when it has no repair. */
function hintsOf({ ok, advice, repair }: Fact): Partial<Record<HintLevel, string>> {
  if (ok || !repair) return {};
  return { ...(advice !== '' && { hint: advice }), repair };
}

/** A learner's hints in a lab, from what the store remembers; `save` keeps one that was opened. */
export function createHints(options: { opened: OpenedHint[]; save(hint: OpenedHint): Promise<void> }): Hints {
  /** Ids have no slash. */
  const nameOf = ({ checkpoint, fact, level }: OpenedHint) => `${checkpoint}/${fact}/${level}`;
  const opened = new Set(options.opened.map(nameOf));
  const isOpen = (hint: OpenedHint) => opened.has(nameOf(hint));

  function showFact(checkpoint: string, fact: Fact): ShownFact {
    const { id, ok, title, expected, actual, look } = fact;
    const texts = hintsOf(fact);
    const hints = LEVELS.flatMap((level) => {
      const text = texts[level];
      return text === undefined ? [] : [{ level, text: isOpen({ checkpoint, fact: id, level }) ? text : null }];
    });
    const notice = hints.length === 0 ? fact.advice : '';
    return { id, ok, title, expected, actual, notice, hints, ...(look && { look }) };
  }

  return {
    show: (checkpoint, { facts, ...rest }) => ({
      ...rest,
      facts: facts.map((fact) => showFact(checkpoint, fact)),
      hintsOpened: [...opened].filter((name) => name.startsWith(`${checkpoint}/`)).length,
    }),
    async open(hint, { facts }) {
      const fact = facts.find(({ id }) => id === hint.fact);
      const texts = fact ? hintsOf(fact) : {};
      const before = LEVELS.slice(0, LEVELS.indexOf(hint.level)).filter((level) => texts[level] !== undefined);
      const mayOpen = texts[hint.level] !== undefined && before.every((level) => isOpen({ ...hint, level }));
      if (!mayOpen) throw new Refusal('not-found');
      if (isOpen(hint)) return;
      // Kept before it is told: what a learner has read is counted.
      await options.save(hint);
      opened.add(nameOf(hint));
    },
  };
}
