import { type Attack, DENIED, errno, perl } from './attack.ts';

const EPERM = 1;
const ENOSYS = 38;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;

/** System calls of x86_64 that are no node's business, by number; arguments would be wrong, but seccomp answers first. */
const FORBIDDEN = {
  bpf: 321,
  perf_event_open: 298,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  io_uring_setup: 425,
  io_uring_register: 427,
  io_setup: 206,
  userfaultfd: 323,
  kexec_load: 246,
  kexec_file_load: 320,
  init_module: 175,
  finit_module: 313,
  delete_module: 176,
  quotactl: 179,
  quotactl_fd: 443,
  reboot: 169,
  swapon: 167,
  swapoff: 168,
  settimeofday: 164,
  clock_settime: 227,
  adjtimex: 159,
  clock_adjtime: 305,
  iopl: 172,
  ioperm: 173,
  open_by_handle_at: 304,
  name_to_handle_at: 303,
  fanotify_init: 300,
  lookup_dcookie: 212,
  kcmp: 312,
  pidfd_getfd: 438,
  process_madvise: 440,
  vmsplice: 278,
  syslog: 103,
  acct: 163,
  pivot_root: 155,
  move_pages: 279,
  migrate_pages: 256,
  vhangup: 153,
  uselib: 134,
  memfd_secret: 447,
};

const call = (number: number, args = '0, 0, 0, 0, 0') =>
  perl(`$! = 0; my $r = syscall ${number}, ${args}; print $r < 0 ? $! + 0 : "DONE", "\\n";`);
const socketErrno = (family: number, kind: number, protocol: number) =>
  perl(`print socket(my $s, ${family}, ${kind}, ${protocol}) ? "DONE" : $! + 0, "\\n";`);

/** System calls that are no node's business. */
export const calls: Attack[] = [
  ...Object.entries(FORBIDDEN).map(([name, number]) => ({
    name: `calls ${name}`,
    script: call(number),
    answer: errno(EPERM, ENOSYS),
  })),
  ...Object.entries({
    clone3: 435,
    fsopen: 430,
    fsconfig: 431,
    fsmount: 432,
    open_tree: 428,
    move_mount: 429,
    mount_setattr: 442,
  }).map(([name, number]) => ({ name: `calls ${name}`, script: call(number), answer: errno(ENOSYS) })),
  { name: 'makes a user namespace', script: call(272, '0x10000000'), answer: errno(EPERM) },
  { name: 'makes a time namespace', script: call(272, '0x80'), answer: errno(EPERM) },
  { name: 'makes a control group namespace', script: call(272, '0x02000000'), answer: errno(EPERM) },
  { name: 'clones into a user namespace', script: call(56, '0x10000011, 0, 0, 0, 0'), answer: errno(EPERM) },
  { name: 'takes another personality', script: call(135, '0x0400000'), answer: errno(EPERM) },
  { name: 'uses the x32 calls', script: call(0x40000000 + 39), answer: /^(?:1\n|38\n|)$/ },
];

/** Sockets of families and protocols that a lab does not need, and of the host. */
export const sockets: Attack[] = [
  ...Object.entries({
    VSOCK: 40,
    ALG: 38,
    XDP: 44,
    KEY: 15,
    RDS: 21,
    CAN: 29,
    TIPC: 30,
    BLUETOOTH: 31,
    NFC: 39,
    KCM: 41,
    QIPCRTR: 42,
    SMC: 43,
    MCTP: 45,
  }).map(([name, family]) => ({
    name: `opens a socket of AF_${name}`,
    script: socketErrno(family, 3, 0),
    answer: errno(EAFNOSUPPORT),
  })),
  ...Object.entries({ XFRM: 6, AUDIT: 9, FIB_LOOKUP: 10, CONNECTOR: 11, NETFILTER: 12, CRYPTO: 21, ISCSI: 8 }).map(
    ([name, protocol]) => ({
      name: `opens netlink of ${name}`,
      script: socketErrno(16, 3, protocol),
      answer: errno(EPROTONOSUPPORT),
    }),
  ),
  {
    name: 'replaces tables of iptables by a socket option',
    script: perl('socket(my $s, 2, 3, 255) or die; print setsockopt($s, 0, 64, "x" x 128) ? "DONE" : $! + 0, "\\n";'),
    answer: errno(EPERM),
  },
  {
    name: 'reaches an abstract socket of the host',
    script: perl(
      'use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; print connect($s, pack("S a*", 1, "\\0netloom-attack")) ? "DONE" : "denied", "\\n";',
    ),
    answer: DENIED,
  },
];
