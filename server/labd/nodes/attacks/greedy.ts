import { type Attack, perl } from './attack.ts';

/** Attacks that use up what there is: while each goes on, the neighbour must be served, and afterwards the node must live. */
export const greedy: Attack[] = [
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
export const spoof = (count: number) =>
  perl(`use Socket; socket(my $s, 17, 3, 0x0300) or die $!; my $index = 0 + (split /\\n/, \`cat /sys/class/net/ens33/ifindex\`)[0];
    my $to = pack "S n l S C C a8", 17, 0x0800, $index, 1, 0, 6, "\\xff" x 6; my $sent = 0;
    for my $i (1 .. ${count}) { my $frame = "\\xff" x 6 . pack("nN", 0x0200, $i) . pack("n", 0x88b5) . "x" x 46; $sent++ if send $s, $frame, 0, $to } print "$sent\\n";`);
