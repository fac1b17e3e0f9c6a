import { MEASURES, type Measure, NAMES, type Name } from './contender.ts';
import { figuresOf, GOALS, type Measured, reaches } from './figures.ts';
import { spreadOf } from './statistics.ts';

const WORDS: Record<Measure, { title: string; digits: number }> = {
  echo_p50: { title: '按键回显 p50，毫秒', digits: 2 },
  echo_p90: { title: '按键回显 p90，毫秒', digits: 2 },
  echo_p99: { title: '按键回显 p99，毫秒', digits: 2 },
  cpu_per_key: { title: '每次按键的服务器 CPU，毫秒', digits: 2 },
  echo_flood_p50: { title: '邻居刷屏时回显 p50，毫秒', digits: 2 },
  echo_flood_p90: { title: '邻居刷屏时回显 p90，毫秒', digits: 2 },
  echo_flood_p99: { title: '邻居刷屏时回显 p99，毫秒', digits: 2 },
  ctrl_c: { title: 'Ctrl-C 到提示符，毫秒', digits: 0 },
  throughput: { title: '吞吐，MB/秒', digits: 1 },
  cpu_per_gb: { title: '每 GB 的服务器 CPU，秒', digits: 1 },
  navigation: { title: '打开网页到提示符，毫秒', digits: 0 },
};
const HEADS: Record<Name, string> = { netloom: '织网', wetty: 'wetty', ttyd: 'ttyd', floor: '最简服务器' };
const TITLE_COLUMNS = 30;
const VALUE_COLUMNS = 24;

/** Columns of a text in a terminal: Chinese letters and full-width signs take two. */
function columns(text: string): number {
  return [...text].reduce((sum, letter) => sum + (/[\u2e80-\u9fff\uff00-\uff60]/.test(letter) ? 2 : 1), 0);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(1, width - columns(text)));
}

function rangeOf(values: number[], digits: number): string {
  const { median, min, max } = spreadOf(values);
  return `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;
}

function goalOf(name: string): string {
  const { most, least } = GOALS[name] ?? {};
  if (most !== undefined) return `≤ ${most}`;
  return least === undefined ? '' : `≥ ${least}`;
}

/** The table for people: medians with the lowest and the highest round, then the figures beside their goals. */
export function tableOf(measured: Measured): string {
  const lines: string[] = [];
  const names = NAMES.filter((name) => Object.values(measured.rounds).some((servers) => servers[name]));
  if (names.length > 0) {
    const heads = names.map((name) => padded(HEADS[name], VALUE_COLUMNS));
    lines.push(`${padded('中位数 [最小..最大]', TITLE_COLUMNS)}${heads.join('')}`);
  }
  for (const measure of MEASURES) {
    const servers = measured.rounds[measure];
    if (!servers) continue;
    const { title, digits } = WORDS[measure];
    const cells = names.map((name) => padded(servers[name] ? rangeOf(servers[name], digits) : '—', VALUE_COLUMNS));
    lines.push(`${padded(title, TITLE_COLUMNS)}${cells.join('')}`);
  }
  const { kbPerTerminal, restarts } = measured;
  if (kbPerTerminal) lines.push(`${padded('每个空闲终端的内存，KB', TITLE_COLUMNS)}${rangeOf(kbPerTerminal, 0)}`);
  if (restarts) lines.push(`${padded('重启网页服务的中断，毫秒', TITLE_COLUMNS)}${rangeOf(restarts.outagesMs, 0)}`);
  lines.push('', `${padded('指标', TITLE_COLUMNS)}${padded('结果', VALUE_COLUMNS)}目标`);
  for (const [name, value] of Object.entries(figuresOf(measured))) {
    const reached = reaches(name, value);
    const mark = reached === undefined ? '' : reached ? '达到' : '没有达到';
    lines.push(
      `${padded(name, TITLE_COLUMNS)}${padded(String(value), VALUE_COLUMNS)}${padded(goalOf(name), 12)}${mark}`,
    );
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
