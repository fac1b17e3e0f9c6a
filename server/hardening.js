// What `lab doctor` tells of a machine whose nodes are given to strangers: nothing of it keeps NetLoom from running. Plain
// JavaScript, as machine.js.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { hostLimits } from './labd/host-limits.js';

/** @typedef {{ name: string, ok: boolean, remedy: string, note?: string }} Line */

const NAMESPACE_SCRIPT = join(
  import.meta.dirname ?? dirname(new URL(import.meta.url).pathname),
  'labd/nodes/namespace.pl',
);
const PROBE_TIMEOUT_MS = 10_000;
/** Ids of nobody and nothing, as a session's are (labd/nodes/ranges.ts). */
const BASE = 0x70000000;
/** Kinds of links that `ip link add` in a node lets a kernel load modules for: on the host. */
const AUTOLOADED = 'wireguard ip_gre geneve macvlan ipvlan team bonding tls dummy'.split(' ');

/** @param {string} name @param {string} [note] @returns {Line} */
function line(name, note) {
  return { name, ok: true, remedy: '', ...(note && { note }) };
}

/** @param {string} path */
function text(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // This kernel has no such file.
  }
}

/** runc's fixes for its procfs and mask races (CVE-2025-31133, -52565, -52881) came with 1.2.8; the user namespace stands in. */
function runcAdvice() {
  const said = spawnSync('runc', ['--version'], { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS }).stdout ?? '';
  const version = /runc version (\d+)\.(\d+)\.(\d+)/.exec(said);
  if (!version) return [];
  const [, major = 0, minor = 0, patch = 0] = version.map(Number);
  const old = major < 1 || (major === 1 && (minor < 2 || (minor === 2 && patch < 8)));
  const note = old ? '可以使用；给不熟悉的人用时，建议把 1.2.8 以上的 runc 放在 PATH 里' : undefined;
  return [line(`runc ${major}.${minor}.${patch}`, note)];
}

/** Of an entry of connection tracking in the kernel's memory, bytes (struct nf_conn with its extensions). */
const CONNTRACK_BYTES = 320;
/** So many entries in each namespace are more than any lesson needs. */
const CONNTRACK_ENOUGH = 65_536;

/** Labs with netfilter let each namespace track as many connections as this one number allows. */
function conntrackAdvice() {
  const most = Number(text('/proc/sys/net/netfilter/nf_conntrack_max'));
  if (!most) return [];
  const megabytes = Math.round((most * CONNTRACK_BYTES) / 1024 / 1024);
  const note =
    most > CONNTRACK_ENOUGH
      ? `打开了 netfilter 的实验里，每个命名空间最多占约 ${megabytes} MB 内核内存；给不熟悉的人用时，建议 sysctl -w net.netfilter.nf_conntrack_max=16384`
      : undefined;
  return [line(`连接跟踪上限 ${most}`, note)];
}

/**
 * The image is shown to nodes with its owners shifted; whether that works depends on the file system it lies on. Tried, in a
 * mount namespace that ends with the trial.
 * @param {string} directory
 * @returns {Line}
 */
function idMappedMounts(directory) {
  const remedy = `${directory} 所在的文件系统不支持 id 映射挂载：请把 NETLOOM_IMAGE 放到 ext4、xfs 或 btrfs 上，内核不低于 5.19。`;
  let place = directory;
  while (!existsSync(place)) place = dirname(place);
  const trial = mkdtempSync(join(place, '.netloom-trial-'));
  try {
    const [user, target] = [join(trial, 'user'), join(trial, 'target')];
    const steps = [
      ['userns', String(BASE), String(BASE), '65536', user],
      ['mkdir', target, '0700', '0'],
      ['idmap', place, target, user],
    ];
    const input = steps.map((step) => `${step.join('\0')}\0\0`).join('');
    const args = ['--mount', '--propagation', 'private', 'perl', NAMESPACE_SCRIPT];
    const run = spawnSync('unshare', args, { input, timeout: PROBE_TIMEOUT_MS });
    return { name: 'id 映射挂载', ok: run.status === 0, remedy };
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

function cgroupVersion() {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return line('cgroup v2');
  return line('cgroup v1', existsSync('/sys/fs/cgroup/pids') ? undefined : '没有 pids 控制器：节点的进程数无法限制');
}

/** Modules that a node's `ip link add` would load on the host: each is code that a stranger reaches. */
function modules() {
  const state = text('/proc/sys/kernel/modules_disabled');
  if (state === '') return line('内核不支持加载模块');
  if (state === '1') return line('内核模块已锁定');
  const built = text(`/lib/modules/${release()}/modules.builtin`);
  const index = text(`/lib/modules/${release()}/modules.dep`);
  const open = AUTOLOADED.filter((each) => index.includes(`/${each}.ko`) && !built.includes(`/${each}.ko`));
  if (open.length === 0) return line('没有节点能触发加载的内核模块');
  return line(
    '内核模块可以自动加载',
    `节点里的 ip link add 能让主机加载 ${open.join('、')}；给不熟悉的人用时，建议在 npm start 之后执行 sysctl -w kernel.modules_disabled=1（重启前不能撤销）`,
  );
}

function appArmor() {
  if (!existsSync('/sys/kernel/security/apparmor/profiles')) {
    return line(
      'AppArmor 没有启用',
      '节点仍由用户命名空间、seccomp 和 cgroup 隔离；Debian 和 Ubuntu 的内核启用它以后会再多一层',
    );
  }
  const parser = spawnSync('apparmor_parser', ['--version'], { timeout: PROBE_TIMEOUT_MS });
  if (parser.error)
    return line('AppArmor 已启用', '缺少 apparmor_parser，节点的配置文件装不进去：apt install apparmor');
  const loaded = text('/sys/kernel/security/apparmor/profiles').includes('netloom-node ');
  return line(loaded ? 'AppArmor：节点的配置文件已装载' : 'AppArmor 已启用（npm start 时装载节点的配置文件）');
}

/** What the kernel tells about itself to any user of the host; nodes cannot ask (seccomp). */
function discretion() {
  const wanted = [
    ['kernel/dmesg_restrict', 1],
    ['kernel/kptr_restrict', 1],
    ['kernel/unprivileged_bpf_disabled', 1],
  ];
  const open = wanted.filter(([path, least]) => {
    const value = text(`/proc/sys/${path}`);
    return value !== '' && Number(value) < Number(least);
  });
  if (open.length === 0) return line('内核不向普通用户透露自己');
  const commands = open.map(([path, least]) => `${String(path).replaceAll('/', '.')}=${least}`).join(' ');
  return line('内核向普通用户透露自己', `节点里读不到；主机上还有别的用户时，建议 sysctl -w ${commands}`);
}

function limits() {
  return hostLimits().map(({ path, least, name, value }) =>
    line(`${name} ${value}`, value < least ? `npm start 会提高到 ${least}（${path.replaceAll('/', '.')}）` : undefined),
  );
}

/**
 * What of the machine matters when strangers are root in its nodes.
 * @param {string} directory where data is kept
 * @returns {Line[]}
 */
export function hardening(directory) {
  // As somebody else, and without the programs, there is nothing to try: other lines say so.
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const mounts = isRoot ? [idMappedMounts(directory)] : [];
  return [
    ...runcAdvice(),
    ...conntrackAdvice(),
    cgroupVersion(),
    ...mounts,
    modules(),
    appArmor(),
    discretion(),
    ...limits(),
  ];
}
