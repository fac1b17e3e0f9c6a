/**
 * What a curious root tries in a node, and what it must be answered (docs/security.md). Scripts are bash, with what the
 * image has; each says on its output what came of it.
 */
export interface Attack {
  name: string;
  script: string;
  /** What the output must be, whole. */
  answer: RegExp;
}

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

const perl = (program: string) => `perl - <<'PERL'\n${program}\nPERL`;
/** Whether a command fails: says how. */
const denied = (command: string) => `( ${command} ) >/dev/null 2>&1 && echo DONE || echo denied`;
const call = (number: number, args = '0, 0, 0, 0, 0') =>
  perl(`$! = 0; my $r = syscall ${number}, ${args}; print $r < 0 ? $! + 0 : "DONE", "\\n";`);
const socketErrno = (family: number, kind: number, protocol: number) =>
  perl(`print socket(my $s, ${family}, ${kind}, ${protocol}) ? "DONE" : $! + 0, "\\n";`);
const mount = (type: string) => denied(`mount -t ${type} none /mnt`);
const write = (path: string, value = '1') => denied(`umount ${path}; echo ${value} > ${path}`);

const DENIED = /^denied\n$/;
const errno = (...numbers: number[]) => new RegExp(`^(?:${numbers.join('|')})\\n$`);

const files: Attack[] = [
  ...['debugfs', 'tracefs', 'securityfs', 'bpf', 'devtmpfs', 'hugetlbfs', 'configfs', 'pstore', 'efivarfs'].map(
    (type) => ({ name: `mounts ${type}`, script: mount(type), answer: DENIED }),
  ),
  { name: 'makes a block device', script: denied('mknod /tmp/disk b 254 0'), answer: DENIED },
  { name: 'makes the memory a device', script: denied('mknod /tmp/memory c 1 1'), answer: DENIED },
  {
    name: 'finds a device of hardware',
    script: 'ls /dev | tr "\\n" " "',
    answer: /^(?:(?:core|fd|full|mqueue|null|ptmx|pts|random|shm|stderr|stdin|stdout|tty|urandom|zero) )+$/,
  },
  { name: 'opens a tunnel device', script: denied('mknod /tmp/tun c 10 200 && exec 3<> /tmp/tun'), answer: DENIED },
  { name: 'loads a kernel module', script: denied('modprobe dummy_hcd || insmod /tmp/x.ko'), answer: DENIED },
  { name: 'triggers sysrq', script: write('/proc/sysrq-trigger', 'h'), answer: DENIED },
  {
    name: 'reads the kernel log',
    script: denied('dmesg || head -c 1 /dev/kmsg || head -c 1 /proc/kmsg'),
    answer: DENIED,
  },
  {
    name: 'reads the memory of the kernel',
    script: denied('umount /proc/kcore; head -c 1 /proc/kcore'),
    answer: DENIED,
  },
  {
    name: 'reads addresses of the kernel',
    script: 'cut -d" " -f1 /proc/kallsyms 2>/dev/null | sort -u | head -n 2',
    answer: /^(?:0+\n)?$/,
  },
  ...[
    'kernel/core_pattern',
    'kernel/modprobe',
    'kernel/sysrq',
    'kernel/panic',
    'kernel/printk',
    'kernel/pid_max',
    'kernel/unprivileged_bpf_disabled',
    'vm/drop_caches',
    'vm/overcommit_memory',
    'vm/panic_on_oom',
    'fs/file-max',
    'fs/inotify/max_user_instances',
    'fs/suid_dumpable',
    'net/core/rmem_max',
    'net/ipv4/neigh/default/gc_thresh3',
    'net/netfilter/nf_conntrack_max',
    'user/max_net_namespaces',
    'user/max_user_namespaces',
  ].map((path) => ({ name: `writes ${path}`, script: write(`/proc/sys/${path}`), answer: DENIED })),
  {
    name: 'writes any setting but those of its own namespaces',
    script: perl(`use Fcntl; my @found;
      sub look { my ($at) = @_; opendir my $d, $at or return; for my $name (grep { !/^\\./ } readdir $d) {
        my $path = "$at/$name"; next if -l $path; if (-d $path) { look($path); next }
        next if $path =~ m{^/proc/sys/(net|fs/mqueue)/} || $path =~ m{^/proc/sys/kernel/(hostname|domainname|msg|sem|shm|auto_msgmni|mq|ns_last_pid|pid_max)};
        push @found, $path if sysopen my $f, $path, O_WRONLY; } }
      look("/proc/sys"); print "@found\\n";`),
    answer: /^\n$/,
  },
  ...['/sys/kernel/uevent_helper', '/sys/kernel/mm/transparent_hugepage/enabled', '/sys/power/state'].map((path) => ({
    name: `writes ${path}`,
    script: write(path),
    answer: DENIED,
  })),
  {
    name: 'writes below /sys but to its own links',
    script: perl(`use Fcntl; my @found; my $left = 40000;
      sub look { my ($at) = @_; opendir my $d, $at or return; for my $name (grep { !/^\\./ } readdir $d) {
        return if $left-- < 0; my $path = "$at/$name"; next if -l $path; if (-d $path) { look($path); next }
        next if $path =~ m{/net/(lo|ens33)/}; push @found, $path if sysopen my $f, $path, O_WRONLY; } }
      look("/sys"); print "@found[0 .. ($#found < 5 ? $#found : 5)]\\n";`),
    answer: /^\n$/,
  },
  {
    name: 'lifts the limits of its control group',
    script: `mkdir -p /tmp/group; for type in cgroup2 "cgroup -o pids" "cgroup -o memory" "cgroup -o devices"; do
      mount -t $type none /tmp/group 2>/dev/null || continue
      for file in pids.max memory.max cpu.max memory.limit_in_bytes devices.allow cgroup.procs tasks; do
        [ -e /tmp/group/$file ] && ( echo max > /tmp/group/$file ) 2>/dev/null && echo "wrote $file"
      done
      mkdir /tmp/group/child 2>/dev/null && echo "made a group"; umount /tmp/group
    done; echo end`,
    answer: /^end\n$/,
  },
  {
    name: 'finds a file of the host by PID 1',
    script: 'ls /proc/1/root/work /proc/1/cwd/work 2>/dev/null; readlink /proc/1/fd/* | sort -u',
    answer: /^\/dev\/null\n$/,
  },
  {
    name: 'finds secrets in the environment of PID 1',
    script: `tr '\\0' '\\n' < /proc/1/environ | cut -d= -f1 | sort | tr '\\n' ' '`,
    answer: /^HOME LANG LOGNAME PATH SHELL USER $/,
  },
  {
    name: 'sees processes of others',
    script: 'ls /proc | grep -c "^[0-9]*$" | awk \'{ print ($1 < 10) ? "few" : "many" }\'',
    answer: /^few\n$/,
  },
  {
    name: 'sees memory that others share',
    script: 'ls /dev/shm /dev/mqueue 2>/dev/null | grep -v ":$" | grep -c .; wc -l < /proc/sysvipc/shm',
    answer: /^0\n1\n$/,
  },
  { name: 'sets the clock', script: denied('date -s 2030-01-01'), answer: DENIED },
  {
    name: 'gets rights by a set-uid file',
    script: denied(
      'cp /bin/bash /tmp/b; chmod u+s /tmp/b; setpriv --reuid 1000 --clear-groups /tmp/b -p -c "[ \\$EUID = 0 ]"',
    ),
    answer: DENIED,
  },
  {
    name: 'has more capabilities than it needs',
    script: 'grep -E "Cap(Inh|Bnd|Amb)|NoNewPrivs|Seccomp:" /proc/self/status | tr -d "\\n\\t "',
    answer: /^CapInh:0{16}CapBnd:00000000802c35fbCapAmb:0{16}NoNewPrivs:1Seccomp:2$/,
  },
  {
    name: 'gets back a capability',
    script: denied('setpriv --inh-caps +sys_resource --ambient-caps +sys_resource true'),
    answer: DENIED,
  },
  ...['ulimit -n 100000', 'ulimit -c unlimited', 'ulimit -l unlimited', 'ulimit -u 100000'].map((command) => ({
    name: `raises ${command}`,
    script: denied(command),
    answer: DENIED,
  })),
];

const calls: Attack[] = [
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

const sockets: Attack[] = [
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

const ways: Attack[] = [
  {
    name: 'reaches the host, the cloud or the world',
    script: `for to in 169.254.169.254 10.0.0.1 192.168.245.1 8.8.8.8; do ping -c 1 -W 1 $to >/dev/null 2>&1 && echo "reached $to" & done; wait; ip route | wc -l`,
    answer: /^1\n$/,
  },
  {
    name: 'makes the other node its way out',
    script:
      'ip route add default via 192.168.245.172; for to in 169.254.169.254 8.8.8.8; do ping -c 1 -W 1 $to >/dev/null 2>&1 && echo "reached $to" & done; wait; ip route del default; echo end',
    answer: /^end\n$/,
  },
  {
    name: 'brings a link into the host',
    script: denied('ip link add stray type dummy && ip link set stray netns 1 && ! ip link show stray'),
    answer: DENIED,
  },
  {
    name: 'takes more network namespaces than its share',
    script: perl(
      'my @all; while (@all < 100 && syscall(272, 0x40000000) == 0) { open my $f, "<", "/proc/self/ns/net" or last; push @all, $f } print @all <= 64 && $! == 28 ? "bounded" : @all . " $!", "\\n";',
    ),
    answer: /^bounded\n$/,
  },
  {
    name: 'takes more inotify instances than its share',
    script: perl('my $n = 0; $n++ while $n < 200 && syscall(253) >= 0; print $n <= 32 ? "bounded" : $n, "\\n";'),
    answer: /^bounded\n$/,
  },
  {
    name: 'takes more terminals than its share',
    script: perl(
      'use Fcntl; my @all; while (@all < 200) { sysopen my $f, "/dev/ptmx", O_RDWR or last; push @all, $f } print @all <= 64 ? "bounded" : scalar @all, "\\n";',
    ),
    answer: /^bounded\n$/,
  },
  {
    name: 'fills the shared memory',
    script: 'head -c 32M /dev/zero > /dev/shm/full 2>/tmp/why; grep -c "No space" /tmp/why; rm /dev/shm/full',
    answer: /^1\n$/,
  },
];

/** Attacks that are answered within a second each; order matters to none. */
export const QUICK: Attack[] = [...files, ...calls, ...sockets, ...ways];

/** Attacks that use up what there is: while each goes on, the neighbour must be served, and afterwards the node must live. */
export const GREEDY: Attack[] = [
  {
    name: 'a fork bomb',
    script: `bash -c 'bomb() { bomb | bomb & }; bomb' >/dev/null 2>&1; sleep 1.5; echo bounded`,
    answer: /^(?:bounded\n)?$/,
  },
  {
    name: 'more processes than its share',
    script: perl(
      '$| = 1; my $n = 0; while ($n < 600) { my $pid = fork; last if !defined $pid; if (!$pid) { sleep 3; exit } $n++ } print $n <= 256 ? "bounded" : $n, "\\n";',
    ),
    answer: /^bounded\n$/,
  },
  {
    name: 'a hog of memory',
    script: 'perl -e \'my $x = "x" x (400 * 2 ** 20); print "DONE\\n"\' 2>/dev/null || echo killed',
    answer: /^killed\n$/,
  },
  {
    name: 'memory by a file system of its own',
    script:
      'mkdir -p /tmp/big; mount -t tmpfs -o size=400m none /tmp/big; head -c 400M /dev/zero > /tmp/big/full 2>/dev/null && echo DONE || echo stopped',
    // The shell itself may be ended for want of memory, and nothing begins any more until the node is reset.
    answer: /^(?:stopped\n)?$/,
  },
  {
    name: 'a full disk',
    script:
      // The disk being full, the reason must be written elsewhere.
      'head -c 200M /dev/zero > /root/full 2>/dev/shm/why; grep -o "No space left on device" /dev/shm/why; rm -f /root/full; echo x > /root/ok && cat /root/ok',
    answer: /^No space left on device\nx\n$/,
  },
  {
    name: 'a disk full of names',
    script: perl(
      'mkdir "/root/n"; my $n = 0; while ($n < 40000) { open(my $f, ">", "/root/n/$n") or last; $n++ } print $! + 0 == 28 && $n < 17000 ? "No space" : "$n $!", "\\n"; system "rm -rf /root/n";',
    ),
    answer: /^No space\n$/,
  },
  {
    name: 'eight busy loops',
    script: 'for i in 1 2 3 4 5 6 7 8; do timeout 2 bash -c "while :; do :; done" & done; wait; echo end',
    answer: /^end\n$/,
  },
  {
    name: 'a churn of links',
    script: 'timeout 2.5 bash -c "while :; do ip link add c0 type veth peer name c1; ip link del c0; done"; echo end',
    answer: /^end\n$/,
  },
  {
    name: 'a flood of packets to the other node',
    script: `timeout 2 perl -MSocket -e 'socket S, 2, 2, 0; my $to = pack_sockaddr_in 9, inet_aton "192.168.245.172"; send S, "x", 0, $to while 1'; echo end`,
    answer: /^end\n$/,
  },
];

/** Frames that claim to be from many others, for whoever sits on the same wire; says how many were sent. */
export const SPOOF = (count: number) =>
  perl(`use Socket; socket(my $s, 17, 3, 0x0300) or die $!; my $index = 0 + (split /\\n/, \`cat /sys/class/net/ens33/ifindex\`)[0];
    my $to = pack "S n l S C C a8", 17, 0x0800, $index, 1, 0, 6, "\\xff" x 6; my $sent = 0;
    for my $i (1 .. ${count}) { my $frame = "\\xff" x 6 . pack("nN", 0x0200, $i) . pack("n", 0x88b5) . "x" x 46; $sent++ if send $s, $frame, 0, $to } print "$sent\\n";`);
