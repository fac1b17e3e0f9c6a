import { writeFileSync } from 'node:fs';
import type { Lab } from '../../content/load.ts';
import type { Env } from '../env.ts';
import { writeJUnit } from '../junit.ts';
import { pathOf, UsageProblem } from '../usage.ts';
import { countOf, coverageLines, excusesOf, linesOf, suiteOf } from './report.ts';
import { type Choice, runMutations } from './run.ts';
import type { Outcome } from './trial.ts';

/** What was asked for on the command line. */
export interface Asked {
  sample?: string | undefined;
  only?: string | undefined;
  jobs?: string | undefined;
  junit?: string | undefined;
}

/** `lab test LAB --mutate`: a line per set-up as it ends, what does not fit below it; then the whole, in one line. */
export async function mutateCommand(env: Env, lab: Lab, asked: Asked, say: (text: string) => void): Promise<number> {
  const { sample, only, jobs, junit } = asked;
  const choice: Choice = {
    ...(sample !== undefined && { sample: wholeNumber('--sample', sample) }),
    ...(jobs !== undefined && { jobs: wholeNumber('--jobs', jobs) }),
    ...(only !== undefined && { only: pattern('--only', only) }),
  };
  const stop = new AbortController();
  const leave = () => {
    say('正在收尾…');
    stop.abort();
  };
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  let total = 0;
  let done = 0;
  const began = performance.now();
  const listener = {
    begins(chosen: number, all: number) {
      total = chosen;
      const some = chosen < all ? `（共 ${all} 种；只试一部分时不查是否每条事实都弄坏过）` : '';
      say(`${lab.id}：${chosen} 种布置${some}`);
    },
    ended(outcome: Outcome) {
      done += 1;
      for (const line of linesOf(outcome, `${done}/${total}`)) say(line);
    },
    note: (what: string) => say(`  · ${what}`),
  };
  const report = await runMutations(env, lab, choice, listener, stop.signal);
  process.off('SIGINT', leave);
  process.off('SIGTERM', leave);
  for (const excuse of excusesOf(report)) say(`  · ${excuse}`);
  if (report.coverage) for (const line of coverageLines(report.coverage)) say(line);
  if (stop.signal.aborted) say('没有试完');
  if (junit !== undefined) writeFileSync(pathOf(junit), writeJUnit([suiteOf(lab, report)]));
  const { passed, failed } = countOf(report);
  say(`${passed} passed, ${failed} failed（${Math.round((performance.now() - began) / 1000)} 秒）`);
  return failed === 0 && passed > 0 && !stop.signal.aborted ? 0 : 1;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageProblem(`${option} 要一个正整数，写的是 ${text}`);
  return Number(text);
}

function pattern(option: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageProblem(`${option} 要一个正则表达式，写的是 ${text}`);
  }
}
