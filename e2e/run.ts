import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, vitest } from './program.ts';

/**
 * `npm test` after its set-up: format and lint, types, then every test, in this order. Ends with one line that counts
 * all of them.
 */

const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** Set-ups of the labs' mutations that are tried here: about as long as the lab's own walk beside them. */
const MUTATIONS_SAMPLED = '5';

interface Count {
  passed: number;
  failed: number;
}

function run(command: string, args: string[], said?: (words: string) => void): Promise<number> {
  return new Promise((done) => {
    const out = said ? 'pipe' : 'inherit';
    const child = spawn(command, args, { cwd: root, stdio: ['inherit', out, out], env: process.env });
    child.stdout?.setEncoding('utf8').on('data', (words) => said?.(words));
    child.stderr?.setEncoding('utf8').on('data', (words) => said?.(words));
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
}

/** Checks that are one test each, which passes or fails, at the same time; each is shown when it has ended. */
function together(...checks: [title: string, command: string, args: string[]][]): Promise<Count[]> {
  return Promise.all(
    checks.map(async ([title, command, args]) => {
      let said = '';
      const code = await run(command, args, (words) => {
        said += words;
      });
      console.log(`\n— ${title}\n${said.trimEnd()}`);
      return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    }),
  );
}

/** Runs a vitest project and counts its tests; a run that could not even start counts as one failure. */
async function tests(title: string, project: string): Promise<Count> {
  console.log(`\n— ${title}`);
  const directory = mkdtempSync(join(tmpdir(), 'netloom-report-'));
  const report = join(directory, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const code = await run(process.execPath, [vitest, 'run', '--project', project, ...reporters]);
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    const failed = Number(numFailedTests);
    // A file that cannot be loaded has no tests, but the run has failed.
    return { passed: Number(numPassedTests), failed: code !== 0 && failed === 0 ? 1 : failed };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const lab = ['server/cli.ts', 'test', 'overlay-vxlan'];
const broken = [...lab, '--mutate', '--sample', MUTATIONS_SAMPLED];
const counts = [
  ...(await together(
    ['格式与规范', bin('biome'), ['check', '--error-on-warnings']],
    ['类型', bin('tsc'), ['--noEmit', '-p', '.']],
  )),
  await tests('单元与集成（真实节点）', 'server'),
  await tests('整台机器（攻击、断电、别的运行时）', 'machine'),
  // Each works on one pair of nodes, and these may take half a core each.
  ...(await together(
    ['实验照课文做一遍', process.execPath, lab],
    ['实验弄坏几处（全部在 npm run test:labs）', process.execPath, broken],
  )),
  await tests('浏览器', 'browser'),
  await tests('重启', 'restart'),
];
const passed = counts.reduce((sum, each) => sum + each.passed, 0);
const failed = counts.reduce((sum, each) => sum + each.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
