import { setTimeout as sleep } from 'node:timers/promises';
import { openClicker } from './clicks.ts';
import { type Containers, openContainers } from './containers.ts';
import { type Growth, measureGrowth } from './growth.ts';
import { until } from './processes.ts';
import { openStage, type Stage } from './stage.ts';
import { median, shuffled, spreadOf } from './statistics.ts';

/**
 * `npm run bench -- nodes [--rounds N] [--sessions N] [--json]`: from the click to two prompts, cold and from the pool,
 * beside two containers of the same image; a reset, a snapshot; what sessions take, and how that grows.
 */

/** ms. A shell that was started ahead has come to its prompt by then. */
const CALM_MS = 1_500;
const REFILL_MS = 60_000;
/** Snapshots per round. */
const SNAPSHOTS = 3;
/** Sessions at either end of the growth whose times are compared. */
const ENDS = 10;
const NO_WATCH = { packages: [], flows: [] };
/** What has to be reached. */
const GOALS: Record<string, { most?: number; least?: number }> = {
  pair_cold_ms: { most: 400 },
  pair_pooled_ms: { most: 80 },
  pair_cold_vs_docker: { most: 0.7 },
  reset_ms: { most: 300 },
  mb_per_session: { most: 8 },
  mb_per_session_with_terminals: { most: 30 },
  sessions_held: { least: 200 },
};

/** What the rounds gave, ms. */
export interface Rounds {
  cold: number[];
  pooled: number[];
  containers: number[];
  kind: Containers['kind'];
  reset: number[];
  snapshot: number[];
}

/** The slope of the straight line that lies nearest to the points (least squares), and how near: 1 is on it. */
export function lineThrough(points: { x: number; y: number }[]): { slope: number; fit: number } {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const sum = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((total, point) => total + of(point), 0);
  const [xx, yy, xy] = [
    sum(({ x }) => (x - meanX) ** 2),
    sum(({ y }) => (y - meanY) ** 2),
    sum(({ x, y }) => (x - meanX) * (y - meanY)),
  ];
  return { slope: xx === 0 ? 0 : xy / xx, fit: xx === 0 || yy === 0 ? 1 : xy ** 2 / (xx * yy) };
}

/** What one more session takes, by the line through all samples; `fit` says whether it is a line. */
export function perSession({ samples }: Growth, what: 'mb' | 'processes'): { slope: number; fit: number } {
  return lineThrough(samples.map((sample) => ({ x: sample.sessions, y: sample[what] })));
}

const hundredths = (value: number) => Math.round(value * 100) / 100;

/** One flat object of figures; what was not measured is not in it. */
export function figuresOf(rounds: Rounds | undefined, growth: Growth | undefined): Record<string, number> {
  const figures: Record<string, number> = {};
  if (rounds) {
    figures.pair_cold_ms = hundredths(median(rounds.cold));
    figures.pair_pooled_ms = hundredths(median(rounds.pooled));
    figures.pair_cold_vs_docker = hundredths(median(rounds.cold) / median(rounds.containers));
    figures.reset_ms = hundredths(median(rounds.reset));
    figures.snapshot_ms = hundredths(median(rounds.snapshot));
  }
  if (growth) {
    const mb = perSession(growth, 'mb').slope;
    const ends = Math.min(ENDS, Math.ceil(growth.createMs.length / 2));
    figures.mb_per_session = hundredths(mb);
    figures.mb_per_session_with_terminals = hundredths(mb + growth.terminals.mb);
    figures.sessions_held = growth.held;
    figures.create_ms_at_200_vs_at_1 = hundredths(
      median(growth.createMs.slice(-ends)) / median(growth.createMs.slice(0, ends)),
    );
  }
  return figures;
}

/** The table for people: medians with the least and the most, then the figures beside their goals. */
export function tableOf(rounds: Rounds | undefined, growth: Growth | undefined): string {
  const lines = ['中位数 [最小..最大]'];
  const row = (title: string, values: number[]) => {
    const { median: middle, min, max } = spreadOf(values);
    lines.push(`${title}：${middle.toFixed(0)} [${min.toFixed(0)}..${max.toFixed(0)}]，${values.length} 次`);
  };
  if (rounds) {
    const peer = rounds.kind === 'docker' ? 'Docker 的两个容器' : '没有 Docker：runc 默认配置的两个容器';
    row('从点启动到两个提示符，没有预备，毫秒', rounds.cold);
    row('从点启动到两个提示符，有预备，毫秒', rounds.pooled);
    row(`${peer}（同一个镜像，不接网线）到两个提示符，毫秒`, rounds.containers);
    row('从点重置一台节点到它的新提示符，毫秒', rounds.reset);
    row('读一次两台节点的网络，毫秒', rounds.snapshot);
  }
  if (growth) {
    const [mb, processes] = [perSession(growth, 'mb'), perSession(growth, 'processes')];
    row('一个接一个创建会话，毫秒', growth.createMs);
    for (const { sessions, mb: used, processes: count } of growth.samples) {
      lines.push(`${sessions} 个会话：整机已用 ${used.toFixed(0)} MB，${count} 个进程`);
    }
    lines.push(
      `每个会话 ${processes.slope.toFixed(1)} 个进程，两个终端另加 ${growth.terminals.processes.toFixed(1)} 个`,
    );
    lines.push(`内存随会话数增长：与直线的吻合度 ${mb.fit.toFixed(3)}（1 为一条直线）`);
  }
  lines.push('');
  for (const [name, value] of Object.entries(figuresOf(rounds, growth))) {
    const { most, least } = GOALS[name] ?? {};
    const reached = value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY);
    const goal = most === undefined ? (least === undefined ? '' : `≥ ${least}`) : `≤ ${most}`;
    lines.push(goal ? `${name} ${value}　目标 ${goal}　${reached ? '达到' : '没有达到'}` : `${name} ${value}`);
  }
  if (rounds?.kind === 'runc') lines.push('pair_cold_vs_docker 是与 runc 默认配置相比：这台机器上没有 Docker 在运行。');
  return lines.join('\n');
}

/** One round of everything that is timed, in an order drawn by lot. */
async function measureRound(cold: Stage, pooled: Stage, containers: Containers, rounds: Rounds): Promise<void> {
  const parts = {
    async cold() {
      const learner = await openClicker(cold.address);
      rounds.cold.push(await learner.start());
      const session = (await cold.labd.list())[0]?.session ?? '';
      for (let time = 0; time < SNAPSHOTS; time += 1) {
        const began = performance.now();
        await cold.labd.snapshot(session, NO_WATCH);
        rounds.snapshot.push(performance.now() - began);
      }
      rounds.reset.push(await learner.reset('node-1'));
      await learner.end();
    },
    async pooled() {
      await until('prepared nodes', REFILL_MS, async () => ((await pooled.labd.prepared()) > 0 ? true : undefined));
      await sleep(CALM_MS);
      const learner = await openClicker(pooled.address);
      rounds.pooled.push(await learner.start());
      await learner.end();
      // What is made for the next is made before anything else is measured.
      await until('prepared nodes', REFILL_MS, async () => ((await pooled.labd.prepared()) > 0 ? true : undefined));
      await sleep(CALM_MS);
    },
    async containers() {
      rounds.containers.push(await containers.pair());
    },
  };
  for (const name of shuffled(['cold', 'pooled', 'containers'] as const)) await parts[name]();
}

/** Measures it all; `attempt` runs a part and tells when it fails. */
export async function benchNodes(tools: {
  attempt<T>(title: string, run: () => Promise<T>): Promise<T | undefined>;
  image: string;
  rounds: number;
  sessions: number;
  say(line: string): void;
  /** Notes what is to be closed, the last first. */
  opened(close: () => unknown): void;
}): Promise<{ table: string; figures: Record<string, number> }> {
  const { attempt, image, say } = tools;
  const kept = <T extends { close(): unknown }>(each: T): T => {
    tools.opened(() => each.close());
    return each;
  };
  const stages = await attempt('启动织网，两份', async () => ({
    cold: kept(await openStage(image, true, { NETLOOM_POOL: '0' })),
    pooled: kept(await openStage(image, true, { NETLOOM_POOL: '1' })),
    containers: kept(await openContainers(image)),
  }));
  const rounds =
    stages &&
    (await attempt('从点启动到提示符', async () => {
      const { cold, pooled, containers } = stages;
      const empty = (): Rounds => ({
        ...{ cold: [], pooled: [], containers: [], reset: [], snapshot: [] },
        kind: containers.kind,
      });
      // Once without measuring: programs and the image are read from the disk the first time.
      await measureRound(cold, pooled, containers, empty());
      const measured = empty();
      for (let round = 1; round <= tools.rounds; round += 1) {
        await measureRound(cold, pooled, containers, measured);
        say(`  第 ${round} 轮，共 ${tools.rounds} 轮`);
      }
      return measured;
    }));
  const growth = await attempt(`${tools.sessions} 个会话`, async () =>
    measureGrowth(kept(await openStage(image, false, {})), tools.sessions, say),
  );
  return { table: tableOf(rounds, growth), figures: figuresOf(rounds, growth) };
}
