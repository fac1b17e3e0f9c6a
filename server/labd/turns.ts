/** Runs a job after the earlier ones of the same name, whatever became of them; hands back what it brings. */
export type Turns = <T>(name: string, job: () => Promise<T>) => Promise<T>;

/** Makes turns: jobs of one name one after the other, those of different names beside each other. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (name, job) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(job, job);
    last.set(name, mine);
    const done = () => {
      if (last.get(name) === mine) last.delete(name);
    };
    mine.then(done, done);
    return mine;
  };
}
