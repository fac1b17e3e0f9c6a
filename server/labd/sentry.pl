#!/usr/bin/perl
# Looks through the network namespaces of nodes for what burdens the host: packets that nobody is charged for, and
# entries in tables of the kernel that no control group accounts. And it sets links down there. It runs as root, asks the
# kernel only, and ends with its standard input. Perl because it can enter a namespace, which Node cannot.
#
#   standard input   node NUMBER NETNS PID,PID…   a node: its pinned namespace, its processes
#                    look MODE                    MODE is "usual" (own and named namespaces, and those of processes) or
#                                                 "thorough" (also what only open files and sockets hold on to)
#                    down NUMBER INODE INDEX…     sets links down that the last look told: pairs of both
#   standard output  packets NUMBER RATE          received on all its links together, per second
#                    link NUMBER INODE INDEX RATE NAME    one that has many; its name in hexadecimal
#                    entries NUMBER KIND COUNT    where there are many
#                    done
#
# Fields are separated by tabs. Everything here may change while it is looked at: what is gone is left out.
use strict;
use warnings;
use Config;
use Fcntl;

# Seconds for one look at everything.
my $PATIENCE = 10;
# Seconds between the two readings of the counters that a rate is made of.
my $INTERVAL = 0.4;
# Packets per second below which a link is not worth a line.
my $QUIET = 1000;
# Entries below which a table is not worth a line, and beyond which it is not counted on.
my ($FEW, $MANY) = (512, 20000);
# Namespaces of a node: its user namespace allows 64, and it has its own.
my $SPACES_MAX = 80;
# Open files of a node that are looked at in a thorough look.
my $FILES_MAX = 8192;

# Kernel 6.18: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64.
my %NUMBERS = (
  x86_64 => { setns => 308, clock_gettime => 228, prlimit64 => 302, pidfd_open => 434, pidfd_getfd => 438 },
  aarch64 => { setns => 268, clock_gettime => 113, prlimit64 => 261, pidfd_open => 434, pidfd_getfd => 438 },
);
my ($architecture) = $Config{archname} =~ /^(\w+?)-/;
my $SYS = $NUMBERS{$architecture} or die "sentry.pl does not know the system calls of $architecture\n";

# include/uapi/linux/{sched,nsfs,sockios,netlink,rtnetlink,if_link,neighbour,if}.h, asm-generic/resource.h
my $CLONE_NEWNET = 0x40000000;
my ($NS_GET_USERNS, $SIOCGSKNS, $SIOCGIFNAME) = (0xb701, 0x894c, 0x8910);
my ($AF_INET, $SOCK_DGRAM, $AF_NETLINK, $SOCK_RAW, $NETLINK_ROUTE) = (2, 2, 16, 3, 0);
my ($REQUEST, $ACK, $DUMP, $NLMSG_ERROR, $NLMSG_DONE) = (1, 4, 0x300, 2, 3);
my ($RTM_NEWLINK, $RTM_GETADDR, $RTM_GETROUTE, $RTM_GETNEIGH, $RTM_GETRULE, $RTM_GETSTATS, $RTM_GETNEXTHOP) =
  (16, 22, 26, 30, 34, 94, 106);
my ($IFLA_STATS_LINK_64, $AF_BRIDGE, $NTF_PROXY, $IFF_UP) = (1, 7, 8, 1);
my ($RLIMIT_NOFILE, $O_PATH) = (7, 0x200000);

my $NEIGHBOURS = pack 'CxxxlSCC', 0, 0, 0, 0, 0;
my $PROXIES = pack 'CxxxlSCC', 0, 0, 0, $NTF_PROXY, 0;
my $FORWARDING = pack 'CxxxlSCC', $AF_BRIDGE, 0, 0, 0, 0;
my @TABLES = (
  [neighbours => $RTM_GETNEIGH, $NEIGHBOURS],
  [proxies => $RTM_GETNEIGH, $PROXIES],
  [fdb => $RTM_GETNEIGH, $FORWARDING],
  [addresses => $RTM_GETADDR, pack 'x8'],
  [routes => $RTM_GETROUTE, pack 'x12'],
  [rules => $RTM_GETRULE, pack 'x12'],
  [nexthops => $RTM_GETNEXTHOP, pack 'x8'],
);

my %nodes;

sub seconds {
  my $time = pack 'x16';
  syscall($SYS->{clock_gettime}, 1, $time) == 0 or die "clock_gettime: $!\n";
  my ($whole, $nano) = unpack 'qq', $time;
  return $whole + $nano / 1e9;
}

sub say {
  exit 0 if !defined syswrite STDOUT, join("\t", @_) . "\n";
}

# A network namespace of the node, once. The pid that led here may be somebody else's by now: whose namespace it is, its
# user namespace says.
sub admit {
  my ($node, $handle) = @_;
  my ($device, $inode) = stat $handle or return;
  return if $device != $node->{device} || $node->{spaces}{$inode};
  return if keys %{$node->{spaces}} >= $SPACES_MAX;
  my $descriptor = ioctl $handle, $NS_GET_USERNS, 0 or return;
  open(my $user, '<&=', $descriptor) or return;
  return if (stat $user)[1] != $node->{owner};
  $node->{spaces}{$inode} = { inode => $inode, handle => $handle };
}

# The namespace at a path that the node's root may have made anything of: opened without effect, then looked at.
sub admit_path {
  my ($node, $path, $flags) = @_;
  sysopen(my $place, $path, $O_PATH | $flags) or return;
  return if ((stat $place)[0] // -1) != $node->{device};
  open(my $handle, '<', '/proc/self/fd/' . fileno $place) or return;
  admit($node, $handle);
}

sub admit_mounted {
  my ($node, $pid) = @_;
  open(my $table, '<', "/proc/$pid/mountinfo") or return;
  while (my $line = readline $table) {
    my ($inode, $point) = $line =~ /^\d+ \d+ \d+:\d+ net:\[(\d+)\] (\S+) .* - nsfs / or next;
    next if $node->{spaces}{$inode};
    $point =~ s/\\([0-7]{3})/chr oct $1/ge;
    admit_path($node, "/proc/$pid/root$point", O_NOFOLLOW);
  }
}

# What only an open file, or a socket, of a process holds on to.
sub admit_held {
  my ($node, $pid, $left) = @_;
  opendir(my $files, "/proc/$pid/fd") or return;
  my $descriptor = syscall $SYS->{pidfd_open}, $pid + 0, 0;
  return if $descriptor < 0;
  open(my $process, '<&=', $descriptor) or return;
  for my $number (grep { /^\d+$/ } readdir $files) {
    return if $$left-- <= 0;
    my $what = readlink("/proc/$pid/fd/$number") // next;
    if ($what =~ /^socket:/) {
      my $copy = syscall $SYS->{pidfd_getfd}, fileno $process, $number + 0, 0;
      next if $copy < 0;
      open(my $socket, '+<&=', $copy) or next;
      my $space = ioctl $socket, $SIOCGSKNS, 0 or next;
      open(my $handle, '<&=', $space) or next;
      admit($node, $handle);
    } elsif ($what !~ /^(?:pipe|anon_inode):/) {
      # A namespace that was opened by a name is called by that name. Opened without effect, whatever it is.
      admit_path($node, "/proc/$pid/fd/$number", 0);
    }
  }
}

# Asks for everything of a kind, in the namespace; hands each message to $each. How many there were, up to a limit.
sub survey {
  my ($space, $type, $body, $limit, $each) = @_;
  syscall($SYS->{setns}, fileno $space->{handle}, $CLONE_NEWNET) == 0 or return 0;
  socket(my $socket, $AF_NETLINK, $SOCK_RAW, $NETLINK_ROUTE) or return 0;
  my $request = pack('LSSLL', 16 + length $body, $type, $REQUEST | $DUMP, 1, 0) . $body;
  defined send $socket, $request, 0, pack('SSLL', $AF_NETLINK, 0, 0, 0) or return 0;
  my $count = 0;
  while ($count < $limit) {
    my $sender = recv $socket, my $datagram, 65536, 0;
    return $count if !defined $sender;
    # A learner who is root in the namespace can send to this socket, too: only port 0 is the kernel.
    next if length $sender < 8 || (unpack 'SSLL', $sender)[2] != 0;
    my $at = 0;
    while ($at + 16 <= length $datagram) {
      my ($length, $kind) = unpack 'LS', substr $datagram, $at, 6;
      return $count if $kind == $NLMSG_DONE || $kind == $NLMSG_ERROR || $length < 16;
      $count++;
      $each->(substr $datagram, $at, $length) if $each;
      $at += ($length + 3) & ~3;
    }
  }
  return $count;
}

# Packets received and sent of each link, by its index.
sub counters {
  my ($space) = @_;
  my %links;
  survey($space, $RTM_GETSTATS, pack('x8L', 1 << ($IFLA_STATS_LINK_64 - 1)), $MANY, sub {
    my ($message) = @_;
    return if length $message < 32;
    my $index = unpack 'L', substr $message, 20, 4;
    my $at = 28;
    while ($at + 4 <= length $message) {
      my ($length, $kind) = unpack 'SS', substr $message, $at, 4;
      last if $length < 4;
      $links{$index} = [unpack 'QQ', substr $message, $at + 4, 16] if $kind == $IFLA_STATS_LINK_64 && $length >= 20;
      $at += ($length + 3) & ~3;
    }
  });
  return \%links;
}

sub name_of {
  my ($space, $index) = @_;
  syscall($SYS->{setns}, fileno $space->{handle}, $CLONE_NEWNET) == 0 or return '';
  socket(my $socket, $AF_INET, $SOCK_DGRAM, 0) or return '';
  my $asked = pack 'x16lx20', $index;
  ioctl $socket, $SIOCGIFNAME, $asked or return '';
  return unpack 'Z16', $asked;
}

# Tables that are long. What connection tracking holds is a number.
sub tables {
  my ($number, $space, $counts) = @_;
  for (@TABLES) {
    my ($kind, $type, $body) = @$_;
    $counts->{$kind} += survey($space, $type, $body, $MANY);
  }
  # After survey, this process is in the namespace, and /proc/sys/net is what it shows.
  if (open(my $file, '<', '/proc/sys/net/netfilter/nf_conntrack_count')) {
    $counts->{connections} += readline($file) // 0;
  }
}

sub look {
  my ($mode) = @_;
  alarm $PATIENCE;
  for my $node (values %nodes) {
    my $left = $FILES_MAX;
    my (%seen, %mounts);
    for my $pid (@{$node->{pids}}) {
      my $space = readlink("/proc/$pid/ns/net") // next;
      if (!$seen{$space}++ && open(my $handle, '<', "/proc/$pid/ns/net")) {
        admit($node, $handle);
      }
      my $table = readlink("/proc/$pid/ns/mnt") // next;
      admit_mounted($node, $pid) if !$mounts{$table}++;
      admit_held($node, $pid, \$left) if $mode eq 'thorough';
    }
  }
  my @all = map { my $number = $_; map { [$number, $_] } values %{$nodes{$number}{spaces}} } keys %nodes;
  for (@all) {
    my ($number, $space) = @$_;
    $space->{at} = seconds();
    $space->{links} = counters($space);
  }
  select undef, undef, undef, $INTERVAL;
  my (%rates, %counts);
  for (@all) {
    my ($number, $space) = @$_;
    my $links = counters($space);
    my $took = seconds() - $space->{at};
    $rates{$number} //= 0;
    for my $index (keys %$links) {
      my ($got, $sent) = @{$links->{$index}};
      # One that is new has counted since it was made.
      my ($had, $gave) = @{$space->{links}{$index} // [0, 0]};
      my ($in, $out) = map { $_ < 0 ? 0 : $_ / $took } $got - $had, $sent - $gave;
      $rates{$number} += $in;
      my $rate = $in > $out ? $in : $out;
      say('link', $number, $space->{inode}, $index, int $rate, unpack 'H*', name_of($space, $index)) if $rate >= $QUIET;
    }
    tables($number, $space, $counts{$number} //= {});
    $counts{$number}{links} += keys %$links;
  }
  say('packets', $_, int $rates{$_}) for keys %rates;
  for my $number (keys %counts) {
    for my $kind (sort keys %{$counts{$number}}) {
      say('entries', $number, $kind, $counts{$number}{$kind}) if $counts{$number}{$kind} >= $FEW;
    }
  }
  say('done');
  alarm 0;
}

sub set_down {
  my ($number, $inode, $index) = @_;
  my $space = $nodes{$number}{spaces}{$inode} or return;
  syscall($SYS->{setns}, fileno $space->{handle}, $CLONE_NEWNET) == 0 or return;
  socket(my $socket, $AF_NETLINK, $SOCK_RAW, $NETLINK_ROUTE) or return;
  my $link = pack 'CxSlLL', 0, 0, $index + 0, 0, $IFF_UP;
  my $request = pack('LSSLL', 16 + length $link, $RTM_NEWLINK, $REQUEST | $ACK, 1, 0) . $link;
  defined send $socket, $request, 0, pack('SSLL', $AF_NETLINK, 0, 0, 0) or return;
  recv $socket, my $answer, 4096, 0;
}

# A class at work has more namespaces than files a process may usually open.
my $limits = pack 'x16';
if (syscall($SYS->{prlimit64}, 0, $RLIMIT_NOFILE, 0, $limits) == 0) {
  my (undef, $hard) = unpack 'QQ', $limits;
  syscall($SYS->{prlimit64}, 0, $RLIMIT_NOFILE, pack('QQ', $hard, $hard), 0);
}

while (my $line = readline STDIN) {
  chomp $line;
  my ($verb, @fields) = split /\t/, $line, -1;
  if ($verb eq 'node') {
    my ($number, $path, $pids) = @fields;
    # It may have been halted or removed this moment.
    open(my $handle, '<', $path) or next;
    my ($device) = stat $handle or next;
    my $descriptor = ioctl $handle, $NS_GET_USERNS, 0 or next;
    open(my $user, '<&=', $descriptor) or next;
    my $node = { device => $device, owner => (stat $user)[1], spaces => {}, pids => [split /,/, $pids] };
    $nodes{$number} = $node;
    admit($node, $handle);
  } elsif ($verb eq 'look') {
    look(@fields);
  } elsif ($verb eq 'down') {
    my $number = shift @fields;
    set_down($number, splice @fields, 0, 2) while @fields >= 2;
    say('done');
  } else {
    die "unknown verb $verb\n";
  }
}
