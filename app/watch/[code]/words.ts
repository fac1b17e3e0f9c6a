import type { RefusalCode, SessionState } from '../../../server/protocol.ts';

/** Every Chinese phrase of a watcher's page. */
export const watch = {
  title: '旁观',
  readOnly: '只读旁观',
  hint: '你能看到全部终端的画面和检查点的结果，不能输入。',
  noScript: '旁观要实时接收终端的画面，请打开浏览器的 JavaScript 后刷新这个页面。',
  asking: '正在连接…',
  reconnecting: '连接断开，正在重连…',
  again: '再试一次',
  home: '回到全部实验',
  noTerminal: '这台节点没有打开的终端',
  unknownLab: '实验',
  failing: '还没有达到的检查点',
  passed: (passed: number, all: number) => `检查点 ${passed} / ${all}`,
} as const;

interface Note {
  title: string;
  text: string;
}

/** Why nothing is to be seen. */
export const closed: Record<'over' | 'not-found' | 'too-fast' | 'other', Note> = {
  over: { title: '旁观已经结束', text: '对方收回了邀请。想继续看，请向对方要一个新的链接。' },
  'not-found': {
    title: '这个旁观链接不能用了',
    text: '链接可能不完整，或者已经过期、被收回。请核对地址，或向对方要一个新的链接。',
  },
  'too-fast': { title: '尝试次数太多', text: '请过几分钟再试。' },
  other: { title: '暂时看不到', text: '服务器没有应答这次请求，对方的节点不受影响。' },
};

/** The note for a refusal. */
export function closedBy(why: RefusalCode | 'over'): Note {
  return why === 'over' || why === 'not-found' || why === 'too-fast' ? closed[why] : closed.other;
}

/** What the session does while it has no terminals. */
export const waiting: Record<Exclude<SessionState['status'], 'ready' | 'resetting'>, Note> = {
  none: { title: '对方还没有启动节点', text: '启动之后，终端会自动出现在这里。' },
  queued: { title: '对方在排队等节点', text: '轮到之后，终端会自动出现在这里。' },
  creating: { title: '节点正在启动', text: '稍等片刻，终端马上出现。' },
  broken: { title: '对方的节点出了故障', text: '重新启动之后，终端会自动出现在这里。' },
  gone: { title: '对方的节点已经归还', text: '再次启动之后，终端会自动出现在这里。' },
};
