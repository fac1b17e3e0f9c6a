import type { Labd } from './labd/contract.ts';
import type { Owned } from './sessions.ts';

/** Keeps labd told of which sessions' changes are worth telling. */
export interface Following {
  /** Tells it: labd may have forgotten. */
  tell(): void;
  /** Tells it once in this turn of the loop, if it is other than what was told last. */
  tellChanged(): void;
}

/** Makes it; `sessions` are those whose changes are worth telling now. */
export function createFollowing(options: {
  labd: Pick<Labd, 'follow'>;
  sessions(): Owned[];
  fault(error: unknown, what: string): void;
}): Following {
  let told = '';
  let soon = false;

  function tell(ids: string[]): void {
    told = ids.join();
    options.labd.follow(ids).catch((error) => {
      // It is told again when the connection is back.
      if (!(error instanceof Error) || error.message !== 'unavailable') options.fault(error, 'following sessions');
    });
  }

  function wanted(): string[] {
    return options
      .sessions()
      .map(({ session }) => session.id)
      .sort();
  }

  return {
    tell: () => tell(wanted()),
    tellChanged() {
      if (soon) return;
      soon = true;
      setImmediate(() => {
        soon = false;
        const ids = wanted();
        if (ids.join() !== told) tell(ids);
      });
    },
  };
}
