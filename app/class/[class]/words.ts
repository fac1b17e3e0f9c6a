import type { Gate, Mark, Row, RowSession } from '../../../server/lesson-protocol.ts';
import type { RefusalCode } from '../../../server/protocol.ts';
import { clockTime } from '../../labs/[lab]/progress.ts';
import type { Standing } from './rows.ts';

/** How a checkpoint stands. */
export const marks: Record<Mark['state'] | 'untouched' | 'current', string> = {
  passed: '已通过',
  lapsed: '通过后又失效',
  failed: '没有达到',
  unknown: '暂时无法检查',
  skipped: '跳过',
  untouched: '还没有做',
  current: '正在做',
};

/** What a cell says to whoever points at it or hears it. */
export function markText(column: string, mark: Mark | undefined, current: boolean): string {
  const state = mark?.state ?? (current ? 'current' : 'untouched');
  const since = mark?.since === undefined ? '' : `，${clockTime(mark.since)}`;
  const late = mark?.late ? '，迟交' : '';
  const why = mark?.fact ? `\n${mark.fact.title.replaceAll('`', '')}` : '';
  const fails = (mark?.fails ?? 0) > 1 ? `\n失败过 ${mark?.fails} 种情况` : '';
  return `${column}：${marks[state]}${since}${late}${why}${fails}`;
}

function minutes(count: number): string {
  if (count < 1) return '不到 1 分钟';
  if (count < 60) return `${count} 分钟`;
  return `${Math.floor(count / 60)} 小时 ${count % 60} 分`;
}

/** What is to be said first of a learner. */
export function standingText({ what, minutes: count }: Standing): string {
  switch (what) {
    case 'hand':
      return count < 1 ? '举手' : `举手 ${minutes(count)}`;
    case 'stuck':
      return `卡住 ${minutes(count)}`;
    case 'failing':
      return '反复失败';
    case 'broken':
      return '节点故障';
    case 'idle':
      return `闲置 ${minutes(count)}`;
    case 'away':
      return count > 0 ? `离开 ${minutes(count)}` : '离开';
    case 'new':
      return '没有启动节点';
    case 'absent':
      return '还没有来';
    case 'done':
      return '已完成';
    case 'working':
      return '';
  }
}

/** What nodes do that are not simply there. */
export function sessionText({ session, reset }: Row): string {
  if (typeof reset === 'object') return `重置没有成功：${resetFailures[reset.failed] ?? '服务器出了意外'}`;
  if (reset === 'queued') return '等待重置';
  if (session.status === 'queued')
    return session.ahead ? `排队等节点，前面 ${session.ahead} 人` : '排队等节点，下一个就是';
  if (session.status === 'creating') return '正在启动节点';
  if (session.status === 'resetting') {
    const { playing, to = 1 } = session;
    if (!playing) return '正在重置';
    return `走到第 ${to} 步：第 ${playing.step} 步 ${playing.done}/${playing.total}`;
  }
  if (reset === 'running') return '正在重置';
  if (session.alarm) return alarmText(session.alarm);
  if (session.stopped) return `没有走到第 ${session.to} 步`;
  return '';
}

/** What the watchdog found in a learner's node and did, as a class is told it. */
export function alarmText({ node, found, did }: NonNullable<RowSession['alarm']>): string {
  const what = alarms[found];
  if (did === 'noted') return `${node} ${what}`;
  return did === 'cut' ? `${node} ${what}，已断开` : `${node} ${what}，已停下，等待重置`;
}

const alarms = {
  storm: '出现环路',
  entries: '内核表项太多',
  memory: '内存用满',
  processes: '程序太多',
} satisfies Record<NonNullable<RowSession['alarm']>['found'], string>;

const resetFailures: Partial<Record<RefusalCode, string>> = {
  busy: '学员自己正在重置',
  'too-many': '节点数到达上限',
  unavailable: '节点服务没有应答',
};

export const gates: Record<Gate, string> = { open: '开放', paused: '暂停', closed: '关闭' };
export const gateHints: Record<Gate, string> = {
  open: '可以启动节点、输入命令。',
  paused: '终端不能输入，节点和结果都在。',
  closed: '不能输入，也不能启动节点；结果仍然可以看。',
};

/** Every other phrase of the class page. */
export const words = {
  title: '课堂实况',
  lab: '实验',
  connecting: '正在连接…',
  reconnecting: '连接断开，正在重连…',
  closed: {
    over: '你在这个班级的权限已经变更，不能再看课堂实况。',
    'not-yours': '这不是你的班级，或者你还没有登录。',
    'not-found': '没有这个班级或实验。',
    other: '暂时看不到课堂实况，请刷新页面再试。',
  },
  counts: { online: '在线', done: '已完成', stuck: '卡住超过 5 分钟', hands: '举手' },
  people: (count: number) => `共 ${count} 人`,
  reasons: '没有达到的原因',
  more: (count: number) => `还有 ${count} 种原因`,
  fewer: '收起',
  search: '学号或姓名',
  clearFilter: '显示全部',
  shown: (count: number, all: number) => `显示 ${count} / ${all} 人`,
  none: '没有符合条件的学员',
  empty: '班里还没有学员',
  emptyHint: '学员用课堂码加入，或者在「名册」里导入之后，会出现在这里。',
  columns: { select: '选择', number: '学号', name: '姓名', step: '步骤', need: '状态', points: '得分' },
  order: { need: '按谁需要帮助排列', number: '按学号排列' },
  all: '选择全部',
  select: (name: string) => `选择 ${name}`,
  nameless: '未署名',
  selected: (count: number) => `已选 ${count} 人`,
  deselect: '取消选择',
  message: '发消息…',
  messageAll: '全班消息…',
  reset: '重置…',
  resetAll: '全班重置…',
  extend: '延长时间…',
  assign: '开放与截止…',
  highlight: '请大家看…',
  highlighting: (number: number) => `大家正在看第 ${number} 步`,
  noHighlight: '不再指定',
  projector: '投影',
  hideNames: '隐藏姓名',
  until: (at: number) => `截止 ${clockTime(at)}`,
  past: '已过截止时间',
  dismiss: '知道了，关闭这条提示',
  cancel: '取消',
  send: '发送',
  sent: (count: number) => `消息已经发给 ${count} 人`,
} as const;

export const panelWords = {
  label: (name: string) => `${name} 的实验`,
  close: '关闭',
  wide: '展开',
  narrow: '收窄',
  step: (number: number, short: string) => `第 ${number} 步 · ${short}`,
  noStep: '还没有打开课文',
  stuck: (count: number) => `${minutes(count)}没有进展`,
  points: (points: number) => `${points} 分`,
  ask: '请求协助操作',
  asking: '等学员同意…',
  stop: '结束协助',
  takeBack: '撤回请求',
  typing: '学员同意了：你可以在下面的终端里输入，学员也可以同时输入。',
  otherTyping: (who: string) => `${who} 正在协助操作`,
  message: '消息…',
  lower: '放下举手',
  mirror: '实时镜像，只读；学员看得到你在看',
  helping: '你正在协助操作',
  none: '没有未达到的检查点。',
  allDone: '全部检查点都已通过。',
  expected: '期望',
  actual: '实际',
  commands: '运行过的命令',
  noCommands: '还没有运行过命令',
  loading: '正在读取…',
  running: '未结束',
  success: '成功',
  exit: (code: number) => `退出码 ${code}`,
  over: '你不能再看这位学员的终端。',
  failed: '暂时看不到这位学员的终端。',
} as const;

export const resetDialogWords = {
  title: (count: number) => (count === 1 ? '重置这位学员的节点' : `重置 ${count} 人的节点`),
  lost: '会丢失',
  kept: '不受影响',
  count: (withNodes: number, without: number, toStart: boolean) =>
    without === 0
      ? `${withNodes} 人的节点会重建。`
      : toStart
        ? `${withNodes} 人的节点会重建，${without} 人没有节点，会替他们启动。`
        : `${withNodes} 人的节点会重建；${without} 人没有节点，不受影响。`,
  button: (count: number) => `重置 ${count} 人`,
  done: (queued: number, already: number, without: number) =>
    [
      queued > 0 ? `${queued} 人的重置已经开始，进度在各人的行里` : '没有需要重置的节点',
      already > 0 ? `${already} 人已经在重置` : '',
      without > 0 ? `${without} 人没有节点` : '',
    ]
      .filter(Boolean)
      .join('；'),
} as const;

export const timeWords = {
  title: (count: number) => (count === 1 ? '给这位学员延长时间' : `给 ${count} 人延长时间`),
  minutes: '延长多少分钟',
  text: '截止时间（如果有）向后推；节点至少保留这么久。已经过了截止时间的，从现在算起。',
  button: '延长',
  done: (count: number, more: number) => `已经给 ${count} 人延长 ${more} 分钟`,
  assignTitle: '开放与截止',
  gate: '这个班级现在能不能做',
  deadline: '截止时间',
  deadlineHint: '之后才第一次通过的检查点记作迟交；不填就没有截止时间。',
  save: '保存',
  saved: '已经保存，学员马上看到',
} as const;
