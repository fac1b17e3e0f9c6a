// What a machine must have to run NetLoom, and what to do when it has not. Plain JavaScript: it runs before Node 24 is there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { hardening } from './hardening.js';

/** Overlay on an id-mapped layer needs Linux 5.19 (security.md §2). */
const KERNEL_MIN = [5, 19];
/** Probing a feature is a matter of milliseconds; a hanging modprobe must not hold up the start. */
const PROBE_TIMEOUT_MS = 10_000;
/** Room for the node image, the site and node_modules. */
const DISK_MIN_MB = 2_500;

/** Where commands are looked for besides PATH: sudo and cron leave the last two out. */
const COMMAND_PLACES = ['/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/usr/sbin', '/sbin'];

/**
 * Debian packages that running needs: a command or a file that each brings → the package. A command may come from elsewhere:
 * Docker's containerd.io has a runc too, and installing Debian's would remove it.
 */
export const RUN_PACKAGES = {
  runc: 'runc',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  ping: 'iputils-ping',
  nft: 'nftables',
  'iptables-nft-save': 'iptables',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  perl: 'perl-base',
  // Machines whose kernel is not this host's are reached by it (docs/decisions.md).
  ssh: 'openssh-client',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  '/etc/ssl/certs/ca-certificates.crt': 'ca-certificates',
};

/** What nodes that are virtual machines need besides: the machines themselves, and a file system for them. */
export const VM_PACKAGES = {
  'qemu-system-x86_64': 'qemu-system-x86',
  mke2fs: 'e2fsprogs',
};

/** What the tests need besides: a browser; an sshd, which they start in namespaces of their own; virtual machines. */
export const TEST_PACKAGES = {
  ...VM_PACKAGES,
  '/usr/sbin/sshd': 'openssh-server',
  '/usr/bin/chromium': 'chromium',
  '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc': 'fonts-noto-cjk',
};

/** @param {string} command @param {string[]} args */
function works(command, args) {
  const run = spawnSync(command, args, { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
  return run.status === 0;
}

/** @param {string} module */
function load(module) {
  // Built-in features need no module, and a container may not load any: only the probe afterwards decides.
  spawnSync('modprobe', ['-q', module], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
}

/** @param {string} kind @param {string[]} more */
function linkKind(kind, more = []) {
  load(kind);
  return works('unshare', ['--net', 'ip', 'link', 'add', 'nlprobe0', 'type', kind, ...more]);
}

function kernelIsNew() {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > KERNEL_MIN[0] || (major === KERNEL_MIN[0] && minor >= KERNEL_MIN[1]);
}

function hasOverlay() {
  load('overlay');
  return /\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'));
}

/** @param {string} directory */
function freeMegabytes(directory) {
  const run = spawnSync('df', ['-Pm', directory], { encoding: 'utf8' });
  return Number(run.stdout?.trim().split('\n').at(-1)?.split(/\s+/)[3] ?? 0);
}

/** @param {string} thing a file's path, or a command's name */
function isThere(thing) {
  if (thing.startsWith('/')) return existsSync(thing);
  const places = [...(process.env.PATH ?? '').split(':'), ...COMMAND_PLACES];
  return places.some((place) => place.startsWith('/') && existsSync(`${place}/${thing}`));
}

/** The packages of the list that are not there. @param {Record<string, string>} packages */
export function missingPackages(packages) {
  return [...new Set(Object.entries(packages).flatMap(([thing, name]) => (isThere(thing) ? [] : [name])))];
}

/** One line of the examination, as people read it. @param {{ name: string, ok: boolean, remedy: string, note?: string }} line */
export function wordsOf({ name, ok, remedy, note }) {
  if (!ok) return `✕ ${name}：${remedy}`;
  return note ? `✓ ${name}：${note}` : `✓ ${name}`;
}

/**
 * What can be told before anything is installed: the first line that fails is what to say.
 * @returns {{ name: string, ok: boolean, remedy: string }[]}
 */
export function basics() {
  const linux = process.platform === 'linux';
  return [
    {
      name: 'Linux',
      ok: linux,
      remedy:
        '织网的节点是真实的 Linux，请在 Linux（Debian 12 或 Ubuntu 22.04 以上）上运行；其他系统请先装一台虚拟机。',
    },
    { name: 'root 权限', ok: process.getuid?.() === 0, remedy: '创建节点需要 root：请用 sudo npm start 再来一次。' },
    {
      name: '处理器 x86_64',
      ok: process.arch === 'x64',
      remedy: '节点的系统调用白名单目前只为 x86_64 编写，请换一台 x86_64 的机器。',
    },
    {
      name: `内核不低于 ${KERNEL_MIN.join('.')}`,
      ok: linux && kernelIsNew(),
      remedy: `当前内核是 ${release()}，请升级到 ${KERNEL_MIN.join('.')} 以上再重启：Ubuntu 22.04 执行 apt install linux-generic-hwe-22.04，Debian 请用 12 或更新的版本。`,
    },
  ];
}

/**
 * The kernel features the nodes are made of; needs iproute2 and util-linux.
 * @returns {{ name: string, ok: boolean, remedy: string }[]}
 */
export function kernelFeatures() {
  const module = (/** @type {string} */ name) =>
    `内核缺少 ${name}：请安装带 ${name} 的内核（Debian：apt install linux-image-amd64；Ubuntu：apt install linux-modules-extra-$(uname -r)），重启后再试。`;
  return [
    { name: 'vxlan', ok: linkKind('vxlan', ['id', '1', 'dstport', '4789']), remedy: module('vxlan') },
    { name: 'bridge', ok: linkKind('bridge'), remedy: module('bridge') },
    { name: 'veth', ok: linkKind('veth'), remedy: module('veth') },
    { name: 'overlay', ok: hasOverlay(), remedy: module('overlay') },
    {
      name: '用户命名空间',
      ok: works('unshare', ['--user', '--map-root-user', 'true']),
      remedy:
        '用户命名空间被关闭：请执行 sysctl -w user.max_user_namespaces=15000，若在容器里运行请换到虚拟机或实体机。',
    },
    {
      name: 'cgroup',
      ok: existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync('/sys/fs/cgroup/pids'),
      remedy: '没有挂载 cgroup：节点的内存和进程数无法限制，请挂载 cgroup 后再试。',
    },
  ];
}

/**
 * Whether virtual machines run on the processor or are emulated: opening the device tells (labd/nodes/qemu.ts).
 * @returns {{ name: string, ok: boolean, remedy: string, note: string }}
 */
function kvm() {
  const note = works('sh', ['-c', '[ -c /dev/kvm ] && : <> /dev/kvm'])
    ? '可以使用，vm 运行时的节点由处理器直接运行'
    : '不能使用（没有 /dev/kvm，或打不开）：vm 运行时由 QEMU 模拟，命令要慢十倍左右；实体机请在 BIOS 里打开虚拟化，云主机要开启嵌套虚拟化';
  return { name: 'KVM', ok: true, remedy: '', note };
}

/**
 * Everything about this machine, line by line, for `lab doctor`. A line that is ok may still carry a note.
 * @param {string} directory where data is kept
 * @returns {{ name: string, ok: boolean, remedy: string, note?: string }[]}
 */
export function examine(directory) {
  const packages = { ...RUN_PACKAGES, ...TEST_PACKAGES };
  const names = [...new Set(Object.values(packages))];
  const missing = missingPackages(packages);
  const has = names.map((name) => ({
    name: `软件包 ${name}`,
    ok: !missing.includes(name),
    remedy: `apt install ${name}（npm start 和 npm test 会自动安装）`,
  }));
  const free = freeMegabytes(directory);
  const disk = {
    name: `磁盘空间（剩余 ${free} MB）`,
    ok: free >= DISK_MIN_MB,
    remedy: `请腾出至少 ${DISK_MIN_MB} MB，或用 NETLOOM_DATA 换一个目录。`,
  };
  return [...basics(), ...has, ...kernelFeatures(), kvm(), ...hardening(directory), disk];
}
