import type { Role } from '../server/lesson-protocol.ts';
import type { CheckpointResult, HintLevel, RefusalCode } from '../server/protocol.ts';

/** Why a request was refused, as the learner reads it: what happened, whether work is safe, what to do. */
export const refusals: Record<RefusalCode, string> = {
  'bad-request': '这个请求没有被理解，什么也没有改动。刷新页面后再试一次。',
  'not-found': '找不到要操作的对象，它可能已经被关闭、移走或重置。刷新页面后再试一次。',
  'not-yours': '这不是你的实验，你没有权限操作它。',
  'not-ready': '节点还没有准备好。先启动节点，等两个终端都出现提示符。',
  paused: '老师暂停了实验，现在不能输入和重置。节点和结果都在，等老师恢复后继续。',
  closed: '老师关闭了这个实验，现在不能启动节点和输入。已经通过的检查点都保存着。',
  busy: '正在处理上一个操作，请等它结束。你的节点和结果都在。',
  'too-many': '已经到达数量上限。先关闭不用的终端或结束别的实验。',
  'too-fast': '操作太快了，请稍等几秒再试。',
  taken: '这个学号在班里已经是别人的，什么也没有改动。先核对学号，或者改那一位的。',
  changed: '别人刚刚也改了它，你的改动没有保存。看看现在的内容，需要的话再改一次。',
  full: '班级最多 500 人，放不下了，什么也没有改动。',
  'last-admin': '这是班级最后一位管理员：先让另一位成为管理员。什么也没有改动。',
  elsewhere: '这名学员还在别的班级里，或者有自己的教师账号，不能在这里合并或抹去。可以先把他移出本班。',
  'nodes-failed': '节点没有建成。已经通过的检查点不受影响，请再试一次。',
  unavailable: '节点服务暂时没有应答。结果已经保存，稍后会自动恢复。',
  storage: '服务器现在存不下东西（多半是磁盘满了），这一步没有做。你的节点、终端和存过的结果都在；请告诉老师。',
  internal: '服务器出了意外。已经通过的检查点不受影响，请再试一次；如果还是这样，请告诉老师。',
};

/** A checkpoint's state, for people and for screen readers. */
export const verdicts: Record<CheckpointResult['status'], string> = {
  pending: '等待检查',
  passed: '已通过',
  failed: '还没有达到',
  unknown: '暂时无法检查',
};

/** It held once and does not hold now. */
export const LAPSED = '已失效';

/** The same at length; the first time of passing is what a grade goes by. */
export function lapsedSince(passed: string): string {
  return `它在 ${passed} 通过过，成绩仍然算数；后来节点变了，现在不再成立：`;
}

/** The hints of a failing fact: what opens them, what they are called, and that they are counted. */
export const hints = {
  open: { hint: '看提示', repair: '看修复命令' } satisfies Record<HintLevel, string>,
  title: { hint: '提示', repair: '修复' } satisfies Record<HintLevel, string>,
  counted: '会计数',
  countedLong: '看过几条提示会记下来；除非班级另有说明，不影响成绩。',
  opened: (count: number) => `已看 ${count} 条提示`,
} as const;
/** It was not the learner who made it hold. */
export const SKIPPED = '跳过';

/** Why a checkpoint could not be judged. */
export const unknownBecause: Record<NonNullable<CheckpointResult['trouble']>, string> = {
  nodes: '这一次没能读到节点的状态，不是你的操作有错。稍后会自动再查，也可以现在再点一次「检查」。',
  check: '这个检查点的判定程序出了错，不是你的操作有错。请告诉老师；其他检查点不受影响。',
};

/** Why the form at /resume came back. */
export const resumeErrors: Record<'code' | 'fast', string> = {
  code: '这个代码不对，或者已经用过、已经过期。请核对后再输入，或在原来的浏览器里重新生成一个。',
  fast: '尝试次数太多，请过几分钟再试。',
};

/** What somebody who teaches is called. */
export const roles: Record<Role, string> = { learner: '学员', assistant: '助教', instructor: '老师', admin: '老师' };

/** Somebody who teaches, by name: 「王老师」 of a one-letter name, else 「老师 王小明」. */
export function teacher({ name, role }: { name: string; role: Role }): string {
  const title = roles[role];
  if (name === '') return title;
  return name.length === 1 ? `${name}${title}` : `${title} ${name}`;
}
