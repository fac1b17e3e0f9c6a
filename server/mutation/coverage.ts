import type { Mutations } from '../../content/mutations.ts';
import { failing } from './expectation.ts';
import type { Verdicts } from './set-up.ts';
import type { Outcome } from './trial.ts';

/**
 * The facts of the solved lab that no set-up has broken, a sentence each: a check may be blind there. The author may say
 * why one cannot be broken; then it must not have been.
 */
export function coverageComplaints(
  solved: Verdicts,
  outcomes: readonly Outcome[],
  unbreakable: Mutations['unbreakable'],
): { complaints: string[]; facts: number } {
  const facts = [...solved].flatMap(([checkpoint, { facts }]) => facts.map(({ id }) => ({ checkpoint, id })));
  const broken = new Set(
    outcomes.flatMap(({ verdicts }) =>
      [...verdicts.keys()].flatMap((checkpoint) =>
        failing(verdicts, checkpoint).map(({ id }) => `${checkpoint} ${id}`),
      ),
    ),
  );
  const excused = (checkpoint: string, id: string) =>
    unbreakable.some((excuse) => excuse.checkpoint === checkpoint && excuse.fact === id);
  const blind = facts.filter(({ checkpoint, id }) => !broken.has(`${checkpoint} ${id}`) && !excused(checkpoint, id));
  const stale = unbreakable.filter(({ checkpoint, fact }) => broken.has(`${checkpoint} ${fact}`));
  const unknown = unbreakable.filter(
    ({ checkpoint, fact }) => !facts.some((each) => each.checkpoint === checkpoint && each.id === fact),
  );
  return {
    facts: facts.length,
    complaints: [
      ...blind.map(({ checkpoint, id }) => `没有一种弄坏的办法让 ${checkpoint} 的事实 ${id} 不成立：它也许什么也没看`),
      ...stale.map(({ checkpoint, fact }) => `${checkpoint} 的事实 ${fact} 弄坏了，不必写在 unbreakable 里`),
      ...unknown.map(({ checkpoint, fact }) => `unbreakable：做完的实验里，${checkpoint} 没有事实 ${fact}`),
    ],
  };
}
