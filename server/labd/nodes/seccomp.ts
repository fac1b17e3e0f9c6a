/** One rule of an OCI seccomp profile. */
interface Rule {
  names: string[];
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  errnoRet?: number;
  args?: Condition[];
}
interface Condition {
  index: number;
  op: 'SCMP_CMP_EQ' | 'SCMP_CMP_GT' | 'SCMP_CMP_LT' | 'SCMP_CMP_MASKED_EQ';
  value: number;
  valueTwo?: number;
}

/**
 * System calls a node may make with any argument. Docker's default for a root with our capabilities, without what a
 * networking lab never needs and attackers do: bpf, perf, keyrings, io_uring, fanotify, quotas, vmsplice, userfaultfd.
 */
const ALLOWED = `
accept accept4 access alarm arch_prctl bind brk cachestat capget capset chdir chmod chown chroot clock_getres
clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1
epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2
fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fork
fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue futex_wait futex_waitv futex_wake futimesat
get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid
getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid getsockname getsockopt
gettid gettimeofday getuid getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl
ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lgetxattr link
linkat listen listmount listxattr listxattrat llistxattr lremovexattr lseek lsetxattr lstat madvise membarrier
memfd_create mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mount mprotect mq_getsetattr mq_notify
mq_open mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall
munmap nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free
pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev
pselect6 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg
removexattr removexattrat rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending
rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop
semtimedop sendfile sendmmsg sendmsg sendto set_robust_list set_tid_address setdomainname setfsgid setfsuid setgid
setgroups sethostname setitimer setns setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid
setuid setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 socketpair splice stat
statfs statmount statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time timer_create
timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill
truncate umask umount2 uname unlink unlinkat utime utimensat utimes vfork wait4 waitid write writev`
  .trim()
  .split(/\s+/);

/** Answered "no such call", so that libc and util-linux fall back to calls whose arguments can be filtered. */
const ABSENT = 'clone3 fsconfig fsmount fsopen fspick mount_setattr move_mount open_tree'.split(' ');

// include/uapi/linux/sched.h, socket.h, netlink.h, in.h, in6.h
const CLONE_NEWUSER = 0x10000000;
const CLONE_NEWCGROUP = 0x02000000;
const CLONE_NEWTIME = 0x00000080;
const AF_NETLINK = 16;
const AF_PACKET = 17;
/** UNIX, INET, INET6, PACKET. Not VSOCK (reaches the hypervisor), not ALG. */
const FAMILIES = [1, 2, 10, AF_PACKET];
/** ROUTE, SOCK_DIAG, KOBJECT_UEVENT, GENERIC. */
const NETLINK = [0, 4, 15, 16];
const NETLINK_NETFILTER = 12;
const LAST_NETLINK = 22;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;
const ENOSYS = 38;
/** SOL_SOCKET, TCP, UDP, UDPLITE, RAW, PACKET, NETLINK. */
const OPTION_LEVELS = [1, 6, 17, 136, 255, 263, 270];
const SOL_IP = 0;
const SOL_IPV6 = 41;
/** Socket options from here on belong to iptables (IPT_BASE_CTL), but for some of IPv6's own. */
const NETFILTER_OPTIONS = 64;
const IPV6_OPTIONS = [66, 67, 70, 72, 73, 74, 75, 76, 78];
/** Linux, Linux without address randomisation (gdb), and the question which it is. */
const PERSONALITIES = [0, 8, 0xffffffff];

const equal = (index: number, value: number): Condition => ({ index, op: 'SCMP_CMP_EQ', value });
const allow = (name: string, ...args: Condition[]): Rule => ({ names: [name], action: 'SCMP_ACT_ALLOW', args });
const refuse = (errnoRet: number, ...args: Condition[]): Rule => ({
  names: ['socket'],
  action: 'SCMP_ACT_ERRNO',
  errnoRet,
  args,
});
const without = (name: string, flags: number): Rule =>
  allow(name, { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: flags, valueTwo: 0 });

/**
 * The seccomp profile of a node: an allow-list that answers EPERM. Sockets of a refused family or protocol answer what
 * a kernel without them would, because libpcap and iproute2 probe. Without `netfilter`, neither nf_tables nor iptables
 * can be reached: the largest source of recent privilege escalations.
 */
export function seccompProfile(netfilter: boolean) {
  const architecture = process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64';
  const netlink = netfilter ? [...NETLINK, NETLINK_NETFILTER] : NETLINK;
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const syscalls: Rule[] = [
    { names: ALLOWED, action: 'SCMP_ACT_ALLOW' },
    { names: ABSENT, action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
    // clone carries a signal in its low byte, where CLONE_NEWTIME lies; the kernel refuses that flag there itself.
    without('clone', CLONE_NEWUSER | CLONE_NEWCGROUP),
    without('unshare', CLONE_NEWUSER | CLONE_NEWCGROUP | CLONE_NEWTIME),
    ...FAMILIES.map((family) => allow('socket', equal(0, family))),
    ...netlink.map((protocol) => allow('socket', equal(0, AF_NETLINK), equal(2, protocol))),
    ...numbers(1, AF_NETLINK - 1)
      .filter((family) => !FAMILIES.includes(family))
      .map((family) => refuse(EAFNOSUPPORT, equal(0, family))),
    refuse(EAFNOSUPPORT, { index: 0, op: 'SCMP_CMP_GT', value: AF_PACKET }),
    ...numbers(1, LAST_NETLINK)
      .filter((protocol) => !netlink.includes(protocol))
      .map((protocol) => refuse(EPROTONOSUPPORT, equal(0, AF_NETLINK), equal(2, protocol))),
    ...PERSONALITIES.map((persona) => allow('personality', equal(0, persona))),
    ...(netfilter ? [allow('setsockopt')] : optionsWithoutNetfilter()),
  ];
  return { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1, architectures: [architecture], syscalls };
}

function optionsWithoutNetfilter(): Rule[] {
  const below: Condition = { index: 2, op: 'SCMP_CMP_LT', value: NETFILTER_OPTIONS };
  return [
    ...OPTION_LEVELS.map((level) => allow('setsockopt', equal(1, level))),
    ...[SOL_IP, SOL_IPV6].map((level) => allow('setsockopt', equal(1, level), below)),
    ...IPV6_OPTIONS.map((option) => allow('setsockopt', equal(1, SOL_IPV6), equal(2, option))),
  ];
}
