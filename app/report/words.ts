import type { Standing } from '../../server/record-protocol.ts';

/** Grades are read in China, whatever the browser's clock is set to; it knows no summer time. */
const ZONE_OFFSET_MS = 8 * 3_600_000;
const MINUTE_MS = 60_000;

/** What a checkpoint's standing is called, as in the exports (server/grades/words.ts). */
export const standings: Record<Standing, string> = {
  passed: '通过',
  lapsed: '通过后失效',
  failed: '未通过',
  unknown: '没能检查',
  skipped: '跳过',
  untouched: '没有做',
};

/** The sign of a standing; colour is never alone. */
export const signs: Record<Standing, string> = {
  passed: '✓',
  lapsed: '✓',
  failed: '✕',
  unknown: '?',
  skipped: '↷',
  untouched: '',
};

/** A moment in Beijing, to the minute: `11-23 14:05`. */
export function shortMoment(at: number): string {
  return new Date(at + ZONE_OFFSET_MS).toISOString().slice(5, 16).replace('T', ' ');
}

/** A moment in Beijing: `2026-11-23 14:05:09`. */
export function moment(at: number): string {
  return new Date(at + ZONE_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The time of day in Beijing: `14:05:09`. */
export function clockTime(at: number): string {
  return moment(at).slice(11);
}

/** A span of time, as people say it: `1 小时 35 分`. */
export function span(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return '不到 1 分';
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor((minutes % 1_440) / 60);
  const rest = minutes % 60;
  if (days > 0) return hours === 0 ? `${days} 天` : `${days} 天 ${hours} 小时`;
  if (hours > 0) return rest === 0 ? `${hours} 小时` : `${hours} 小时 ${rest} 分`;
  return `${rest} 分`;
}

/** A length as a player shows it: `1:05`, `1:02:03`. */
export function length(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Whom something is about. */
export function called({ studentNo, name, person }: { studentNo?: string; name?: string; person: string }): string {
  return name || studentNo || `学员 ${person.slice(0, 8)}`;
}

/** Why nothing is shown: the refusal's own sentence stands beside. */
export const waiting = {
  reading: '正在读取…',
  reconnecting: '连接断开，正在重连…',
  refused: '服务器没有接受这个页面的连接。刷新页面，或者再登录一次。',
  again: '再试一次',
} as const;

/** The report of one learner. */
export const report = {
  title: '实验报告',
  mine: '我的实验报告',
  print: '打印',
  back: '成绩',
  choose: '实验',
  no: '学号',
  name: '姓名',
  noNumber: '没有学号',
  class: '班级',
  lab: '实验',
  score: '得分',
  passed: '通过关卡',
  took: '用时',
  attempts: '评测次数',
  hints: '看过的提示',
  started: '首次进入',
  finished: '完成时间',
  unfinished: '没有完成',
  neverCame: '没有开始',
  deadline: '截止时间',
  late: '迟交',
  lateCount: (count: number) => `${count} 个检查点迟交`,
  checkpoints: '检查点',
  step: (number: number, title: string) => `第 ${number} 步 ${title}`,
  points: (score: number, points: number) => `${score} / ${points} 分`,
  counts: (attempts: number, checks: number, hints: number) =>
    `评测 ${attempts} 次，自己检查 ${checks} 次，看过 ${hints} 条提示`,
  tookToPass: (ms: number) => `从开始起用了 ${span(ms)}`,
  log: (count: number) => `判定的记录（${count} 条）`,
  omitted: (count: number) => `中间另有 ${count} 条，没有列出；命令行 lab grade --explain 给出全部。`,
  decides: '决定得分',
  byHand: '自己检查',
  automatic: '自动判定',
  skipped: '平台代做，不计分',
  share: (share: number) => `成立 ${Math.round(share * 100)}%`,
  verdicts: { passed: '通过', failed: '未通过', unknown: '没能检查' },
  holds: '成立：',
  holdsNot: '不成立：',
  expected: '期望',
  actual: '实际',
  commands: '运行过的命令',
  commandsNone: '没有运行过命令，或者学员清除了历史。',
  commandsSum: (total: number, failed: number) =>
    `共 ${total} 条，其中 ${failed} 条没有成功（退出码不是 0）。这是 shell 自己说的，只作参考，不用来评分。`,
  onNode: (node: string, total: number) => `${node} ${total} 条`,
  programs: '最常用的程序',
  times: (total: number) => `${total} 次`,
  last: (count: number) => `最近 ${count} 条`,
  recordings: '终端录像',
  recordingsNone: '没有录像：没有打开过终端、班级没有开录像，或者太旧的已经删掉了。',
  replay: '回放',
  grows: '还在录',
  made: (at: number) => `生成于 ${moment(at)}（北京时间）`,
} as const;
