import type { SessionState, Stage } from '../../server/protocol.ts';

/** Every Chinese phrase of the machines' half of the page: terminals, provisioning, reset, paste. */
export const machines = {
  pane: '实验机器',
  terminals: '终端',
  noTerminal: '打不开新的终端，请稍后再试',
  notSent: '命令没有送到终端，请再试一次',
  cannotRun: {
    offline: '正在连接服务器，连上后就能运行',
    none: '先在右侧启动节点，才能运行',
    creating: '节点正在启动，稍等片刻',
    ready: '',
    resetting: '节点正在重置，稍等片刻',
    broken: '节点出了故障，先在右侧重新启动',
    gone: '节点已经收回，先在右侧重新启动',
  } satisfies Record<SessionState['status'] | 'offline', string>,
  stages: {
    queued: ['排队等待', '前面还有别的实验在启动，轮到你就开始'],
    files: ['准备文件系统', '每台节点都有一份全新的系统'],
    network: ['接好网线', '节点的 ens33 接到只属于你的二层网络'],
    starting: ['启动系统', '节点正在开机'],
    ready: ['打开终端', '马上就好'],
  } satisfies Record<Stage, [string, string]>,
  layout: { title: '终端布局', rows: '上下', columns: '左右', tabs: '标签' },
  settings: {
    title: '终端设置',
    size: '字号',
    smaller: '缩小字号',
    larger: '放大字号',
    reader: '屏幕朗读模式',
    readerHint: '让读屏软件读出终端的输出',
    keys: '快捷键',
  },
  keys: [
    ['Ctrl + `', '在正文与终端之间移动焦点'],
    ['Ctrl + Shift + C / V', '复制、粘贴'],
    ['Ctrl + Shift + F', '在终端里搜索'],
    ['Ctrl + C', '中断正在运行的命令'],
    ['Tab', '补全命令'],
  ],
  connecting: '正在连接…',
  reconnecting: '连接断开，正在重连。节点和终端都在，断线时的按键不会送出。',
  refused: '服务器没有接受这个页面的连接',
  refusedHint: '节点和结果不受影响。刷新页面，或者再连一次。',
  reconnect: '再连一次',
  droppedKeys: '断线中，按键没有送出',
  refusedKeys: '终端没有收下刚才的输入',
  endedCode: (code: number | null) => (code === null ? '会话已中断' : `会话已结束（退出码 ${code}）`),
  reopen: '重新打开',
  empty: '这台节点没有打开的终端',
  openFailed: '终端没有打开',
  terminal: (label: string, number: number) => `${label} 的终端 ${number}`,
  tab: (number: number) => `终端 ${number}`,
  newTerminal: '新终端',
  closeTerminal: (number: number) => `关闭终端 ${number}`,
  search: '搜索',
  searchField: '在终端里搜索',
  searchPrevious: '上一个',
  searchNext: '下一个',
  searchClose: '关闭搜索',
  searchNone: '没有找到',
  clear: '清屏',
  reset: '重置…',
  resetting: '正在重置，完成后终端会重新打开',
  seconds: (count: number) => `${count} 秒`,
  picture: '网络',
  pictureHide: '收起网络图',
  pictureShow: '展开网络图',
  pictureText: (nodes: string) => `实验的网络：${nodes}，同在一个二层网络上`,
  wire: '同一个二层网络',
  loading: '正在读取实验的状态…',
} as const;

/** The panels shown in place of terminals. */
export const panels = {
  why: (detail: string) => `原因：${detail}。`,
  none: {
    title: (count: number) => `${count === 2 ? '两' : ` ${count} `}台真实的 Linux 节点`.trim(),
    text: '节点只属于你，有 root 权限，可以放心试。\n弄坏了随时重置；启动通常不到一秒。',
    button: (count: number) => (count === 2 ? '启动两台节点' : `启动 ${count} 台节点`),
  },
  creating: { title: '正在启动节点', text: '不用等在这里，可以先读正文。' },
  broken: {
    'nodes-failed': {
      title: '节点没有启动成功',
      text: '已经通过的检查点都保存着，不受影响。\n可以再试一次；如果总是这样，请告诉老师。',
    },
    'nodes-died': {
      title: '节点意外停止了',
      text: '已经通过的检查点都保存着。\n节点里的文件和网络配置没有保住，重新启动后从头配置。',
    },
    button: '重新启动',
  },
  gone: {
    expired: {
      title: '节点已到期收回',
      text: '已经通过的检查点都保存着。\n重新启动会得到全新的节点，网络配置要从头做起。',
    },
    ended: { title: '节点已经归还', text: '结果都保存着。\n想继续，就重新启动一组全新的节点。' },
    button: '重新启动',
  },
} as const;

/** The dialog before a reset. */
export const resetWords = {
  title: (what: string) => `重置${what}？`,
  all: '全部节点',
  lost: '会丢失',
  kept: '不受影响',
  losses: ['网卡、路由、命名空间等全部网络配置', '安装的软件、新建和修改的文件', '正在运行的程序和终端里的内容'],
  keeps: ['已经通过的检查点和用时'],
  keepsOther: '其他节点',
  button: '重置',
  cancel: '取消',
} as const;

/** The dialogs before a paste and before a link. */
export const pasteWords = {
  lines: (count: number) => `粘贴 ${count} 行？`,
  linesText: '这些内容会一起进入终端。',
  wide: '文字里有全角字符',
  wideText: (sample: string) => `命令里的 ${sample} 可能是从文档里带来的全角字符，shell 不认识它们。`,
  fix: '改成半角再粘贴',
  asIs: '原样粘贴',
  paste: '粘贴',
  cancel: '取消',
  more: (count: number) => `……还有 ${count} 行`,
  linkTitle: '打开这个网址？',
  linkText: '网址来自终端的输出，会在新标签页里打开。',
  open: '打开',
} as const;
