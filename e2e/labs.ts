import { join, parse } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAll } from '../content/load.ts';
import { readEnv } from '../server/env.ts';
import { labOf } from '../server/play.ts';
import { ALL } from '../server/testsample.ts';
import { runNode, vitest } from './program.ts';

/**
 * `npm run test:labs`: every lab, or the one that is named, played as its text tells it, and then broken in every way that
 * is known; then the tests of which `npm test` tries some cases only, with all of them. Ends with one line that
 * counts these.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { junit: { type: 'string' }, jobs: { type: 'string' } },
});

/** A report of its own for each of several labs: `labs.xml` becomes `labs-overlay-vxlan.xml`. */
function reportOf(file: string, lab: string, alone: boolean): string {
  const { dir, name, ext } = parse(file);
  return alone ? file : join(dir, `${name}-${lab}${ext}`);
}

const all = loadAll(readEnv(process.env).content);
const labs = positionals.length > 0 ? positionals.map((id) => labOf(all, id)) : all;
let failed = 0;
for (const { id } of labs) {
  console.log(`\n— ${id}：照课文做一遍`);
  if (!(await runNode(['server/cli.ts', 'test', id]))) failed += 1;
  console.log(`\n— ${id}：在虚拟机上做一遍`);
  if (!(await runNode(['server/cli.ts', 'test', id], { NETLOOM_RUNTIME: 'vm' }))) failed += 1;
  console.log(`\n— ${id}：逐处弄坏，换种做法`);
  const junit = values.junit === undefined ? [] : ['--junit', reportOf(values.junit, id, labs.length === 1)];
  const jobs = values.jobs === undefined ? [] : ['--jobs', values.jobs];
  if (!(await runNode(['server/cli.ts', 'test', id, '--mutate', ...junit, ...jobs]))) failed += 1;
}
console.log('\n— 平时只试一部分的测试，全部情形');
const files = [
  'content/labs/overlay-vxlan/checks/loss.test.ts',
  'e2e/lab.test.ts',
  'server/grade-command.test.ts',
  'server/journeys.test.ts',
  'server/labd/nodes/container.test.ts',
  'server/labd/nodes/footprint.test.ts',
  'server/labd/nodes/ssh.test.ts',
  'server/labd/nodes/vm.test.ts',
  'server/mutation/tiny.test.ts',
];
if (!(await runNode([vitest, 'run', '--project', 'server', '--project', 'browser', ...files], { [ALL]: '1' })))
  failed += 1;
console.log(`\n${labs.length * 3 + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
