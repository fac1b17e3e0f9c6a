/** Says that whoever runs the tests has the time for all of them: `npm run test:labs`, `test:faults` (e2e/labs.ts, faults.ts). */
export const ALL = 'NETLOOM_TEST_ALL';

/** Every n-th of the cases, the last one among them; all of them where there is time. Each takes seconds of real nodes. */
export function sampled<T>(cases: readonly T[], every: number): T[] {
  if (process.env[ALL]) return [...cases];
  return cases.filter((_, index) => (cases.length - 1 - index) % every === 0);
}
