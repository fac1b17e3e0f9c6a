import { defineConfig } from 'vitest/config';

/** They need the whole machine to themselves: they kill on it, or measure what it serves meanwhile. */
const WHOLE_MACHINE = [
  'server/faults/**/*.test.ts',
  'server/labd/nodes/attacks/**/*.test.ts',
  'server/labd/watchdog.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'server',
          include: ['{app,content,server}/**/*.test.ts'],
          exclude: WHOLE_MACHINE,
          // Most of them wait for nodes and processes: one worker, vitest's choice on two cores, would idle. Three are no quicker.
          maxWorkers: 2,
          // A process for each file would cost a quarter of all their processor time; none of them changes what they share.
          isolate: false,
          testTimeout: 40_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'machine',
          include: WHOLE_MACHINE,
          fileParallelism: false,
          testTimeout: 40_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['e2e/**/*.test.ts'],
          globalSetup: 'e2e/shared.ts',
          exclude: ['e2e/restart.test.ts'],
          // One browser and one pair of nodes at a time: drawing pages fills two cores.
          fileParallelism: false,
          isolate: false,
          // What a person would wait for; vitest's own second is less than a busy machine takes.
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // It measures how long an interruption is, and builds the site beside the one that serves.
          name: 'restart',
          include: ['e2e/restart.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
