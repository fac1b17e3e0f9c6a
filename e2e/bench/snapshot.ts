import { openTestbed } from '../../server/labd/nodes/testbed.ts';
import type { Site } from '../site.ts';
import { measureReadings, type Readings } from './kernel.ts';
import { median, percentile, spreadOf } from './statistics.ts';
import { measureVerdicts } from './verdict.ts';

/** `npm run bench -- snapshot [--json]`: how long the kernel of two nodes is read, and until a verdict follows a change. */

/** Readings of one kind in a run: each takes some 20 ms, the plain ones ten times that. */
const ROUNDS = 30;
const VERDICTS = 30;
/** What has to be reached, ms. */
const GOALS: Record<string, number> = { snapshot_ms: 60, verdict_ms: 300, verdict_p90_ms: 300 };

const tenths = (value: number) => Math.round(value * 10) / 10;

/** One flat object of figures; what was not measured is not in it. */
export function figuresOf(readings: Readings | undefined, verdicts: number[] | undefined): Record<string, number> {
  return {
    ...(readings && {
      snapshot_ms: tenths(median(readings.ours)),
      snapshot_p90_ms: tenths(percentile(readings.ours, 0.9)),
      snapshot_vs_plain: Math.round((median(readings.ours) / median(readings.plain)) * 1_000) / 1_000,
      snapshot_64_namespaces_ms: tenths(median(readings.namespaces)),
      snapshot_5000_routes_ms: tenths(median(readings.routes)),
    }),
    ...(verdicts && {
      verdict_ms: tenths(median(verdicts)),
      verdict_p90_ms: tenths(percentile(verdicts, 0.9)),
    }),
  };
}

/** The table for people: medians with the least and the most, then the figures beside their goals. */
function tableOf(readings: Readings | undefined, verdicts: number[] | undefined): string {
  const rows: [string, number[] | undefined][] = [
    ['两个节点各一个容器，毫秒', readings?.ours],
    ['同样的内容逐个用 nsenter ip -j 读，毫秒', readings?.plain],
    ['共 64 个命名空间，毫秒', readings?.namespaces],
    ['5000 条路由，毫秒', readings?.routes],
    ['从内核改变到页面收到新判定，毫秒', verdicts],
  ];
  const lines = rows.flatMap(([title, values]) => {
    if (!values) return [];
    const { median: middle, min, max } = spreadOf(values);
    return [`${title}：${middle.toFixed(1)} [${min.toFixed(1)}..${max.toFixed(1)}]，${values.length} 次`];
  });
  const figures = Object.entries(figuresOf(readings, verdicts)).map(([name, value]) => {
    const goal = GOALS[name];
    const mark = goal === undefined ? '' : `　目标 ≤ ${goal}　${value <= goal ? '达到' : '没有达到'}`;
    return `${name} ${value}${mark}`;
  });
  return ['中位数 [最小..最大]', ...lines, '', ...figures].join('\n');
}

/** Measures it all; `attempt` runs a part and tells when it fails. */
export async function benchSnapshot(tools: {
  attempt<T>(title: string, run: () => Promise<T>): Promise<T | undefined>;
  openSite(): Promise<Site>;
  image: string;
  /** Notes what is to be closed, the last first. */
  opened(close: () => unknown): void;
}): Promise<{ table: string; figures: Record<string, number> }> {
  const { attempt, opened } = tools;
  const bed = await attempt('准备节点', openTestbed);
  if (bed) opened(() => bed.close());
  const readings = bed && (await attempt('读取内核', () => measureReadings(bed, ROUNDS)));
  const site = await attempt('启动织网', tools.openSite);
  if (site) opened(() => site.close());
  const verdicts = site && (await attempt('判定跟上改变', () => measureVerdicts(site, tools.image, VERDICTS)));
  return { table: tableOf(readings, verdicts), figures: figuresOf(readings, verdicts) };
}
