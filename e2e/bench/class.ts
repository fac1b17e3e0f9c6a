import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAll } from '../../content/load.ts';
import { readEnv } from '../../server/env.ts';
import type { ClassState, Row } from '../../server/lesson-protocol.ts';
import { labOf } from '../../server/play.ts';
import { goFirst } from '../../server/priority.ts';
import { makeClass } from '../classroom.ts';
import type { Site } from '../site.ts';
import { ask, connected, LAB, netloomSocket } from './client.ts';
import { becomeGuest } from './netloom.ts';
import { cpuSeconds, privateKb } from './processes.ts';
import { joinClass, type Pupil, sitDown } from './pupil.ts';
import { median, percentile } from './statistics.ts';

/**
 * `npm run bench -- class [--learners N] [--json]`: a class that comes in the same minute, on real nodes through the public
 * protocol. Each joins by the code, starts two nodes and types the text's own blocks up to the pings; an instructor looks
 * at all of them.
 */

const CLASS = 'bench';
const CODE = 'BENCH2';
/** The last step that is played: the capture's questions are for people. */
const LAST_STEP = '05-connectivity';
/** They do not all press Enter in the same instant: so long is a class coming in, ms. */
const COMING_MS = 10_000;
const SERVERS = ['web', 'ptyd', 'labd'] as const;

/** What a class has cost and how it was. Times in ms. */
export interface ClassMeasured {
  learners: number;
  joins: number[];
  prompts: number[];
  /** From the learner's own news of a passed checkpoint to the instructor's. */
  rows: number[];
  passed: number;
  wanted: number;
  workedMs: number;
  news: number;
  newsBytes: number;
  /** Why connections were lost, each time. */
  losses: string[];
  /** By process: MB of private memory at the end, and cores it used on the average. */
  servers: Record<(typeof SERVERS)[number], { mb: number; cores: number }>;
  failures: string[];
}

/** Lets so many learners do the lab at once, and an instructor look on; `say` tells how far they are. */
export async function measureClass(site: Site, learners: number, say: (line: string) => void): Promise<ClassMeasured> {
  const lab = labOf(loadAll(readEnv(process.env).content), LAB);
  const last = lab.steps.findIndex(({ id }) => id === LAST_STEP);
  const steps = lab.steps.slice(0, last + 1);
  const [teacher] = await makeClass(site.data, CLASS, '压力测试', [{ role: 'instructor', name: '教师' }], CODE);
  if (!teacher) throw new Error('there is no instructor');
  const pids = Object.fromEntries(
    SERVERS.map((name) => [name, Number(readFileSync(join(site.data, 'run', `${name}.pid`), 'utf8'))]),
  );
  const desk = netloomSocket(site.address, `netloom=${teacher.token}`);
  const pupils: Pupil[] = [];
  const failures: string[] = [];
  const joins: number[] = [];
  const rows: number[] = [];
  /** When each first passed a checkpoint by its own news, by number and checkpoint. */
  const told = new Map<string, number>();
  let news = 0;
  let newsBytes = 0;
  try {
    // Browsers are on machines of their own, where nothing keeps them waiting.
    goFirst((error) => say(`  不能优先：${error}`));
    await connected(desk);
    const look = (row: Row) => {
      for (const [checkpoint, mark] of Object.entries(row.marks)) {
        const key = `${row.studentNo} ${checkpoint}`;
        const at = told.get(key);
        if (mark.state !== 'passed' || at === undefined) continue;
        rows.push(performance.now() - at);
        told.delete(key);
      }
    };
    desk.on('class:row', (row: Row) => {
      news += 1;
      newsBytes += JSON.stringify(row).length;
      look(row);
    });
    await ask<ClassState>(desk, 'class:enter', { class: CLASS, lab: LAB });

    const cpu = () => Object.fromEntries(SERVERS.map((name) => [name, cpuSeconds([pids[name] ?? 0])]));
    const before = cpu();
    const began = performance.now();
    const work = async (index: number) => {
      const number = `2026${String(index + 1).padStart(4, '0')}`;
      await sleep(Math.random() * COMING_MS);
      const asked = performance.now();
      const cookie = await becomeGuest(site.address);
      await joinClass(site.address, cookie, { code: CODE, studentNo: number, name: `学员${index + 1}` });
      joins.push(performance.now() - asked);
      const pupil = await sitDown(site.address, cookie, (checkpoint) => {
        told.set(`${number} ${checkpoint}`, performance.now());
      });
      pupils.push(pupil);
      await pupil.start();
      for (const step of steps) await pupil.does(step);
    };
    const all = Array.from({ length: learners }, (_, index) =>
      work(index).catch((error) =>
        failures.push(`学员${index + 1}：${error instanceof Error ? error.message : error}`),
      ),
    );
    const progress = setInterval(() => {
      const done = pupils.reduce((sum, pupil) => sum + pupil.passed().length, 0);
      say(`  已经 ${Math.round((performance.now() - began) / 1_000)} 秒：${pupils.length} 人在，通过 ${done} 个检查点`);
    }, 10_000);
    await Promise.all(all);
    clearInterval(progress);
    const workedMs = performance.now() - began;
    const after = cpu();
    return {
      ...{ learners, joins, rows, workedMs, news, newsBytes, failures },
      prompts: pupils.flatMap((pupil) => pupil.promptsMs() ?? []),
      losses: pupils.flatMap((pupil) => pupil.losses()),
      passed: pupils.reduce((sum, pupil) => sum + pupil.passed().length, 0),
      wanted: learners * steps.flatMap(({ head }) => head.checkpoints).length,
      servers: Object.fromEntries(
        SERVERS.map((name) => [
          name,
          {
            mb: privateKb(pids[name] ?? 0) / 1_024,
            cores: ((after[name] ?? 0) - (before[name] ?? 0)) / (workedMs / 1_000),
          },
        ]),
      ) as ClassMeasured['servers'],
    };
  } finally {
    desk.disconnect();
    for (const pupil of pupils) pupil.leave();
  }
}

const whole = (value: number) => Math.round(value);
const hundredths = (value: number) => Math.round(value * 100) / 100;

/** One flat object of figures; what was not measured is not in it. */
export function figuresOf(measured: ClassMeasured | undefined): Record<string, number> {
  if (!measured) return {};
  const { joins, prompts, rows, servers, workedMs } = measured;
  const spread = (name: string, values: number[]) =>
    values.length === 0
      ? {}
      : {
          [`${name}_ms`]: whole(median(values)),
          [`${name}_p90_ms`]: whole(percentile(values, 0.9)),
          [`${name}_max_ms`]: whole(Math.max(...values)),
        };
  return {
    class_learners: measured.learners,
    class_failures: measured.failures.length,
    class_losses: measured.losses.length,
    class_passed: measured.passed,
    class_wanted: measured.wanted,
    class_worked_s: whole(workedMs / 1_000),
    ...spread('class_join', joins),
    ...spread('class_two_prompts', prompts),
    ...spread('class_row', rows),
    class_rows_per_s: hundredths(measured.news / (workedMs / 1_000)),
    class_row_bytes: whole(measured.newsBytes / Math.max(1, measured.news)),
    ...Object.fromEntries(
      SERVERS.flatMap((name) => [
        [`class_${name}_mb`, whole(servers[name].mb)],
        [`class_${name}_cores`, hundredths(servers[name].cores)],
      ]),
    ),
  };
}

const TITLES: Record<string, string> = {
  class_learners: '学员',
  class_failures: '没有做完的学员',
  class_losses: '断线又连上的次数',
  class_passed: '通过的检查点',
  class_wanted: '应当通过的检查点',
  class_worked_s: '全班做完，秒',
  class_join: '凭课堂码加入',
  class_two_prompts: '从点启动到两个提示符',
  class_row: '学员看到通过之后，教师看到',
  class_rows_per_s: '教师每秒收到的行',
  class_row_bytes: '一行的字节数',
};

/** The table for people. */
export function tableOf(measured: ClassMeasured | undefined): string {
  const lines = Object.entries(figuresOf(measured)).map(([name, value]) => {
    const [, stem = name, rest = ''] = /^(class_(?:join|two_prompts|row))((?:_p90|_max)?_ms)$/.exec(name) ?? [];
    const which = rest.startsWith('_p90') ? ' p90' : rest.startsWith('_max') ? ' 最长' : rest ? ' 中位数' : '';
    const server = /^class_(web|ptyd|labd)_(mb|cores)$/.exec(name);
    const title = server ? `${server[1]}${server[2] === 'mb' ? ' 的内存，MB' : ' 用的处理器核'}` : TITLES[stem];
    return `${title ?? name}${which}${rest ? '，毫秒' : ''}：${value}`;
  });
  const losses = [...new Set(measured?.losses)].map((reason) => `断线：${reason}`);
  return [...lines, ...losses, ...(measured?.failures ?? []).slice(0, 10)].join('\n');
}
