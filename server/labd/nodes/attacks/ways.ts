import { type Attack, DENIED, denied, perl } from './attack.ts';

/** Ways out of the node, and more of what all share than is its own. */
export const ways: Attack[] = [
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
