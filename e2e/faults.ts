import { parseArgs } from 'node:util';
import { ALL } from '../server/testsample.ts';
import { runNode, vitest } from './program.ts';

/**
 * `npm run test:faults`: everything that may go wrong around the product, at every moment that is drawn; `npm test` tries a
 * sample of it. `--seed N` draws what a former run has drawn. Ends with one line that counts the parts.
 */

const { values } = parseArgs({ options: { seed: { type: 'string' } } });
const more = { [ALL]: '1', ...(values.seed !== undefined && { NETLOOM_FAULT_SEED: values.seed }) };

const parts: [title: string, projects: string[], files: string[]][] = [
  ['在随机的时刻 kill -9', ['machine'], ['server/faults/kills.test.ts']],
  ['坏掉的节点、满的磁盘', ['machine'], ['server/faults/surroundings', 'server/faults/honesty']],
  [
    '成绩库、时钟、接管',
    ['server'],
    [
      'server/store/',
      'server/keeping',
      'server/idle',
      'server/labd/vigil',
      'server/labd/nodes/adoption',
      'server/labd/nodes/ending',
    ],
  ],
  ['攻击和风暴', ['machine'], ['server/labd/nodes/attacks/', 'server/labd/watchdog']],
  ['走到一步的起点时网页服务被杀', ['browser'], ['e2e/travel.test.ts']],
  ['网页服务连续被杀，终端不断', ['restart'], ['e2e/restart.test.ts']],
];
let failed = 0;
for (const [title, projects, files] of parts) {
  console.log(`\n— ${title}`);
  const args = [vitest, 'run', ...projects.map((project) => `--project=${project}`), ...files];
  if (!(await runNode(args, more))) failed += 1;
}
console.log(`\n${parts.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
