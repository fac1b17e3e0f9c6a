import type { Alarm } from '../../server/network/alarm.ts';
import type { SessionState, Stage, Stopped } from '../../server/protocol.ts';

/** Every Chinese phrase of the machines' half of the page: terminals, provisioning, reset, paste. */
export const machines = {
  pane: '实验机器',
  terminals: '终端',
  noTerminal: '打不开新的终端，请稍后再试',
  notSent: '命令没有送到终端，请再试一次',
  cannotRun: {
    offline: '正在连接服务器，连上后就能运行',
    none: '先在右侧启动节点，才能运行',
    queued: '正在排队等节点，轮到你就能运行',
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
    copyOnSelect: '选中即复制',
    copyOnSelectHint: '用鼠标选中的文字自动进入剪贴板',
    recording: '终端画面会录在这台服务器上，供教师回看。',
    recordingKnown: '知道了',
    keys: '快捷键',
  },
  keys: [
    ['Ctrl + `', '在正文与终端之间移动焦点'],
    ['Ctrl + Shift + C / V', '复制、粘贴'],
    ['Ctrl + Shift + F', '在终端里搜索'],
    ['Ctrl + Shift + ↑ / ↓', '上一条、下一条命令'],
    ['Ctrl + Shift + Enter', '全屏、退出全屏'],
    ['Ctrl + C', '中断正在运行的命令'],
    ['Tab', '补全命令'],
  ],
  connecting: '正在连接…',
  reconnecting: '连接断开，正在重连。节点和终端都在，断线时的按键不会送出。',
  refused: '服务器没有接受这个页面的连接',
  refusedHint: '节点和结果不受影响。刷新页面，或者再连一次。',
  reconnect: '再连一次',
  endedCode: (code: number | null) => (code === null ? '会话已中断' : `会话已结束（退出码 ${code}）`),
  reopen: '重新打开',
  empty: '这台节点没有打开的终端',
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
  more: (node: string) => `${node} 的更多操作`,
  full: '全屏',
  leaveFull: '退出全屏',
  fullKey: 'Ctrl+Shift+Enter',
  files: '文件…',
  drop: (node: string) => `松开鼠标，上传到 ${node}`,
  ssh: '用自己的终端…',
  watchers: (count: number) => `${count} 人正在旁观`,
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

/** The note while the server cannot store anything. */
export const storeWords = {
  title: '结果暂时存不下来。',
  text: (trouble: string) =>
    `${trouble}；不是你的操作有错。检查照常进行，通过的检查点先记在内存里，服务器能写了就自动存好，这条提示随之消失。请告诉老师。`,
} as const;

/** The panels shown in place of terminals. */
export const panels = {
  here: (number: number) => `或者从第 ${number} 步开始…`,
  why: (detail: string) => `原因：${detail}。`,
  none: {
    title: (count: number) => `${count === 2 ? '两' : ` ${count} `}台真实的 Linux 节点`.trim(),
    text: '节点只属于你，有 root 权限，可以放心试。\n弄坏了随时重置；启动通常不到一秒。',
    button: (count: number) => (count === 2 ? '启动两台节点' : `启动 ${count} 台节点`),
  },
  queued: {
    title: (ahead: number) => (ahead === 0 ? '下一个就是你' : `正在排队：前面还有 ${ahead} 人`),
    text: '现在节点都有人在用。轮到你时会自动启动，不用守着，可以先读正文。\n请开着这个页面：关闭超过两分钟，位置就让给后面的人。',
    leave: '不排了',
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
    /** One of several died; the others go on. */
    one: {
      title: (node: string) => `${node} 意外停止了`,
      text: (node: string, others: string) =>
        `${node} 自己停了，例如内存用完，或者它的第一个进程被结束；检查没有判你错，已经通过的检查点都保存着。\n只重置 ${node}：它从头配置，${others} 上的配置和终端都还在。`,
      button: (node: string) => `只重置 ${node}`,
      all: '全部重新启动',
    },
  },
  gone: {
    expired: {
      title: '节点已到期收回',
      text: '已经通过的检查点都保存着。\n重新启动会得到全新的节点，网络配置要从头做起。',
    },
    away: { title: '排队的位置没有保住', text: '页面关闭得太久，位置让给了后面的人。\n想继续，就重新启动，再排一次。' },
    ended: { title: '节点已经归还', text: '结果都保存着。\n想继续，就重新启动一组全新的节点。' },
    button: '重新启动',
  },
} as const;

/** The dialog before nodes are made anew, from the first step or from a later one. */
export const resetWords = {
  title: '重置节点',
  travelTitle: '从这一步开始',
  which: '哪些节点',
  all: '全部节点',
  only: (node: string) => `只有 ${node}`,
  where: '回到哪里',
  first: '最初的样子',
  step: (number: number) => `第 ${number} 步的起点`,
  done: '平台替你做',
  doneText: (steps: number) =>
    `${steps === 1 ? '第 1 步' : `第 1 到 ${steps} 步`}照课文做一遍，一般几秒钟。其中你还没有亲手通过的检查点记作「跳过」，不计分。`,
  othersToo: (others: string) => `${others} 上如果有用到它地址的命令，也会重新执行。`,
  lost: '会丢失',
  kept: '不受影响',
  losses: (what: string) => [
    `${what}的网卡、路由、命名空间等网络配置`,
    '安装的软件、新建和修改的文件',
    '正在运行的程序和终端里的内容',
  ],
  keeps: ['已经通过的检查点、成绩和用时', '运行过的命令的历史'],
  keepsOther: (others: string, isTold: boolean) => (isTold ? `${others} 的其余部分和它的终端` : others),
  button: '重置',
  startButton: '启动',
  travelButton: (number: number) => `从第 ${number} 步开始`,
  cancel: '取消',
} as const;

/** The way to a later step: where it begins, how far it is, and why it ended early. */
export const travelWords = {
  here: '从这一步开始…',
  before: '前面的步骤还没有做完',
  title: (to: number) => `正在走到第 ${to} 步的起点`,
  making: '正在重建节点',
  at: (number: number, short: string) => `照课文做第 ${number} 步：${short}`,
  stopped: (to: number) => `没有走到第 ${to} 步的起点：`,
  because: {
    exit: (step, node, code) => `第 ${step} 步的一段命令在 ${node} 上没有成功（退出码 ${code}）。`,
    timeout: (step, node) => `第 ${step} 步的一段命令在 ${node} 上太久没有结束，已经停下。`,
    output: (step, node) => `第 ${step} 步的一段命令在 ${node} 上输出太多，已经停下。`,
    killed: (step, node) => `第 ${step} 步的一段命令在 ${node} 上被终止了。`,
    value: (step, node, what) => `第 ${step} 步在 ${node} 上的一段命令要用到${what}，它现在还不存在。`,
    unavailable: (step, node) => `第 ${step} 步的一段命令没能在 ${node} 上执行，节点服务暂时没有应答。`,
  } satisfies Record<Stopped['why'], (step: number, node: string, what: string) => string>,
  notYours: '这不是你的操作有错；节点可以照常使用，剩下的可以自己做，也可以再试一次。',
  show: '看这段命令和它的输出',
  hide: '收起',
  again: '再试一次…',
  shut: '知道了',
} as const;

/** What the platform found in a node, and did. Whoever tries out bridges makes a loop sooner or later: nothing here blames. */
export const alarmWords = {
  title({ node, found, did }: Alarm): string {
    switch (found) {
      case 'storm':
        if (did === 'cut') return `${node} 里出现了环路，平台已经替你断开。`;
        return `${node} 里的环路又出现了几次，平台先停下了这个节点。`;
      case 'entries':
        return `${node} 的内核表项太多，平台先停下了这个节点。`;
      case 'memory':
        return `${node} 的内存用满了。`;
      case 'processes':
        return `${node} 里的程序太多了。`;
    }
  },
  text: {
    storm: '数据包在网桥之间兜圈子，越转越多，会占满大家共用的处理器。做网桥实验时这很常见，真实机房里也会遇到。',
    entries: '网络接口，或邻居表、FDB、路由这些表，在很短时间里多出了太多项，它们占的是大家共用的内核内存。',
    memory: '内核结束了里面的一个程序，可能是终端。结束占内存的程序、删掉内存盘里的大文件就会恢复；',
    processes: '已经到了上限，新的程序和终端暂时打不开。结束一些程序就会恢复；',
  } satisfies Record<Alarm['found'], string>,
  now({ node, did, links }: Alarm): string {
    switch (did) {
      case 'cut':
        return `已经关闭（down）的接口：${links.join('、')}。节点照常可以使用：找出多余的那条连接并拆掉，再用 ip link set 接口名 up 打开；也可以重置这个节点，从头来过。`;
      case 'halted':
        return `${node} 上的终端和程序都已结束，另外的节点不受影响，已经通过的检查点都保存着。重置 ${node} 就可以继续。`;
      case 'noted':
        return '如果连终端也打不开，重置这个节点就好。';
    }
  },
  reset: (node: string) => `重置 ${node}…`,
  shut: '知道了',
} as const;

/** What is to be known of nodes that are machines of somebody's own. */
export const caveatWords = {
  advisory: '这里用的是登记好的真实机器，没有隔离。',
  advisoryText:
    '你是它们的 root，检查点读到的是机器自己报告的状态，结果只作参考。重置只还原网络：命名空间、网卡、地址、路由、邻居表、FDB、内核参数和防火墙规则；装过的软件包、写过的文件会留下。',
  remains: '没能还原的：',
  one: (node: string, what: string) => `${node}：${what}`,
  shut: '知道了',
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
  linkText: (host: string) => `网址来自终端的输出，会在新标签页里打开 ${host}。`,
  open: '打开',
} as const;

/** What one terminal says of itself: its notes, its menu, its row of keys. */
export const terminalWords = {
  mirrored: (cols: number, rows: number) => `大小由另一个窗口决定（${cols}×${rows}）`,
  take: '改用这个窗口的大小',
  notes: {
    dropped: '断线时的按键没有送出',
    lost: '断线前最后输入的内容可能没有送达',
    refused: '终端没有收下刚才的输入',
    paused: '老师暂停了实验，现在不能输入',
    closed: '老师关闭了这个实验，现在不能输入',
    'not-open': '终端没有打开',
    'too-large': '粘贴的内容太大，没有送出。请用「文件…」上传。',
    copied: '已复制',
    'no-clipboard': '浏览器不允许读写剪贴板，请按 Ctrl + Shift + C / V',
  },
  exit: (code: number) => (code === 0 ? '命令成功（退出码 0）' : `命令没有成功（退出码 ${code}）`),
  menu: {
    label: '终端菜单',
    copy: '复制',
    paste: '粘贴',
    all: '全选',
    output: '复制这条命令的输出',
    previous: '上一条命令',
    next: '下一条命令',
    find: '搜索',
    clear: '清屏',
  },
  keyRow: '辅助按键',
  keyNames: { esc: 'Esc', tab: 'Tab', up: '上', down: '下', left: '左', right: '右', interrupt: 'Ctrl+C' },
} as const;
