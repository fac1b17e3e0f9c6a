import { seccompProfile } from './seccomp.ts';

const MEBIBYTE = 2 ** 20;
/** Bytes of memory and swap together, tmpfs included: the lab needs about 40 MiB, apt and man 60. */
const MEMORY = 256 * MEBIBYTE;
/** Processes and threads: dozens in a lab; a fork bomb ends here. */
export const PIDS = 256;
/** µs of processor time per period: half a core for a node, so that one learner cannot take the machine. */
const CPU_QUOTA = 50_000;
const CPU_PERIOD = 100_000;
/** Weight against the host's own 1024: the web server is served first. */
const CPU_SHARES = 128;
/** When memory runs out on the host, nodes go before servers. */
const OOM_SCORE = 500;

/**
 * Enough for ip, tcpdump, apt and `ip netns` (SYS_ADMIN: mounts and setns, within the node's own user namespace). Not
 * SYS_RESOURCE, which could raise the namespace's limits; nothing that reaches hardware, modules, time or the log.
 */
export const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_ADMIN',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_ADMIN',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
];

/**
 * PID 1. It ignores SIGCHLD, and that survives exec: so the kernel reaps every orphan by itself, one process suffices,
 * and a learner's `kill -9 -1` leaves the node standing (a tini would end with its child).
 */
export const INIT = ['/usr/bin/env', '--ignore-signal=CHLD', '/usr/bin/sleep', 'infinity'];

/** What every process of a node finds in its environment. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
};

/** Where apt, curl and their like find the way out, in a node that has one: see egress.pl. */
const PROXY = { http_proxy: 'http://127.0.0.1:3128', https_proxy: 'http://127.0.0.1:3128', no_proxy: 'localhost' };

/** Limits that runc passes on to what it starts; it cannot set them itself in a user namespace it did not make. */
export const RLIMITS = [
  '--core=0:0',
  '--nofile=4096:4096',
  '--memlock=65536:65536',
  '--msgqueue=65536:65536',
  '--sigpending=512:512',
  '--nproc=512:512',
];

/** Per user namespace, against floods of kernel objects; see `userns` of namespace.pl. No nested user namespaces. */
export const NAMESPACE_LIMITS = [
  'user_namespaces=0',
  'time_namespaces=0',
  'cgroup_namespaces=8',
  'net_namespaces=64',
  'mnt_namespaces=64',
  'pid_namespaces=64',
  'uts_namespaces=64',
  'ipc_namespaces=64',
  'inotify_instances=32',
  'inotify_watches=8192',
];

/** Where a node's parts are on the host. */
export interface NodeParts {
  hostname: string;
  rootfs: string;
  userns: string;
  netns: string;
  cgroup: string;
  /** The host's uid and gid of the node's root, and how many follow it. */
  ids: { base: number; size: number };
  netfilter: boolean;
  /** The AppArmor profile that confines it, where there is one. */
  profile: string | null;
  /** Whether its lab names hosts that it may reach. */
  hasEgress: boolean;
}

/** The OCI runtime configuration of a node (github.com/opencontainers/runtime-spec, config.md). */
export function ociConfig({ hostname, rootfs, userns, netns, cgroup, ids, netfilter, profile, hasEgress }: NodeParts) {
  const mapping = [{ containerID: 0, hostID: ids.base, size: ids.size }];
  const sealed = ['nosuid', 'noexec', 'nodev'];
  const mount = (destination: string, type: string, ...options: string[]) => ({
    destination,
    type,
    source: type,
    options,
  });
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0, umask: 0o022 },
      args: INIT,
      // What enters the node later has these, too.
      env: Object.entries({ ...ENVIRONMENT, ...(hasEgress && PROXY) }).map(([name, value]) => `${name}=${value}`),
      cwd: '/',
      // Inheritable and ambient stay empty.
      capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
      noNewPrivileges: true,
      oomScoreAdj: OOM_SCORE,
      // runc refuses to start a node with one on a kernel without AppArmor.
      ...(profile !== null && { apparmorProfile: profile }),
    },
    root: { path: rootfs, readonly: false },
    hostname,
    mounts: [
      mount('/proc', 'proc', ...sealed),
      mount('/dev', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=64k', 'nr_inodes=256'),
      mount('/dev/pts', 'devpts', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5', 'max=64'),
      mount('/dev/shm', 'tmpfs', ...sealed, 'mode=1777', 'size=16m'),
      // Writable: brctl sets a bridge's attributes here.
      mount('/sys', 'sysfs', ...sealed),
      // `ip netns exec` unmounts /sys and mounts a new one; the kernel allows that only while another is in full view.
      mount('/dev/.lab/sys', 'sysfs', ...sealed),
      mount('/run', 'tmpfs', 'nosuid', 'nodev', 'mode=755', 'size=16m'),
    ],
    linux: {
      cgroupsPath: cgroup,
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        { type: 'cgroup' },
        { type: 'user', path: userns },
        { type: 'network', path: netns },
      ],
      uidMappings: mapping,
      gidMappings: mapping,
      rootfsPropagation: 'private',
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        memory: { limit: MEMORY, swap: MEMORY },
        pids: { limit: PIDS },
        cpu: { quota: CPU_QUOTA, period: CPU_PERIOD, shares: CPU_SHARES },
      },
      // A root with SYS_ADMIN could unmount these; what protects is the user namespace. They keep honest hands off.
      maskedPaths: [
        '/proc/kcore',
        '/proc/keys',
        '/proc/timer_list',
        '/proc/sched_debug',
        '/proc/latency_stats',
        '/proc/scsi',
        '/sys/firmware',
      ],
      readonlyPaths: ['/proc/sysrq-trigger', '/proc/irq', '/proc/bus', '/proc/fs'],
      seccomp: seccompProfile(netfilter),
    },
  };
}
