import { type Attack, DENIED, denied, perl } from './attack.ts';

const mount = (type: string) => denied(`mount -t ${type} none /mnt`);
const write = (path: string, value = '1') => denied(`umount ${path}; echo ${value} > ${path}`);

/** Devices, mounts, settings, limits and secrets of the host. */
export const files: Attack[] = [
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
