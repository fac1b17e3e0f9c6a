#!/usr/bin/perl
# Carries questions to the kernel about network namespaces, and its answers back, byte by byte: it knows nothing of what
# they mean. Perl because it can enter a namespace, which Node cannot, and is Essential on Debian and Ubuntu.
#
# For each job it forks: that is ten times quicker than to start a program from labd. As root the child opens, in each
# namespace of the job, two netlink sockets and three files; of each pair the regular file at PATH below ROOT, which
# somebody else controls; and a packet socket for each LINK to listen at. Then it becomes nobody with CAP_NET_ADMIN alone
# (nf_tables answers nobody else), in the last of these namespaces, and answers. All numbers on its standard input and
# output are 32 bits, little-endian.
#
#   job       LENGTH, then LENGTH bytes: NAMESPACE… -- [ROOT PATH…] -- [NAMESPACE LINK…], each closed by NUL, each kind
#             numbered from 0; what cannot be opened answers every question with "failed"
#   question  NUMBER SOURCE LIMIT LENGTH, then LENGTH bytes: a netlink request; of a file nothing, or lines: then only the
#             paragraphs that begin with one of these are wanted; of a link a filter, by which it listens from then on, or
#             nothing: what it has heard is wanted, as pcap records with microseconds
#             SOURCE 0 NETLINK_ROUTE · 1 NETLINK_NETFILTER · 2 /proc/net/snmp · 3 netstat · 4 ip_tables_names · 5 the file
#             · 6 the link
#   answer    pieces of LENGTH and as many bytes, at most LIMIT together; then 0 and how it ended:
#             0 complete · 1 cut at the limit · 2 failed
#   end       NUMBER 0xffffffff and three zeros: the job is done
use strict;
use warnings;
use Config;
use Fcntl;

# Seconds for a job. A probe with its pings takes a few; labd ends it sooner, and its going ends standard input.
my $PATIENCE = 60;
$SIG{PIPE} = 'DEFAULT';

# Kernel 6.18: arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64.
my %NUMBERS = (
  x86_64 => {
    prctl => 157, setresuid => 117, setresgid => 119, setgroups => 116, capset => 126, setns => 308, openat2 => 437,
  },
  aarch64 => {
    prctl => 167, setresuid => 147, setresgid => 149, setgroups => 159, capset => 91, setns => 268, openat2 => 437,
  },
);
my ($architecture) = $Config{archname} =~ /^(\w+?)-/;
my $SYS = $NUMBERS{$architecture} or die "relay.pl does not know the system calls of $architecture\n";

# include/uapi/linux/{sched,prctl,capability,netlink,openat2}.h
my $CLONE_NEWNET = 0x40000000;
my ($PR_SET_PDEATHSIG, $PR_SET_KEEPCAPS, $PR_SET_NO_NEW_PRIVS, $SIGKILL) = (1, 8, 38, 9);
my ($CAPABILITY_VERSION_3, $CAP_NET_ADMIN) = (0x20080522, 12);
my ($AF_NETLINK, $SOCK_RAW, $NETLINK_ROUTE, $NETLINK_NETFILTER) = (16, 3, 0, 12);
my ($NLMSG_ERROR, $NLMSG_DONE) = (2, 3);
my ($RESOLVE_NO_XDEV, $RESOLVE_NO_MAGICLINKS, $RESOLVE_IN_ROOT) = (0x01, 0x02, 0x10);
# include/uapi/linux/{if_packet,if_ether,if_arp,sockios}.h, include/uapi/asm-generic/socket.h
my ($AF_PACKET, $ETH_P_ALL, $ARPHRD_ETHER, $ARPHRD_LOOPBACK) = (17, 3, 1, 772);
my ($SOL_SOCKET, $SO_RCVBUF, $SO_ATTACH_FILTER, $MSG_DONTWAIT) = (1, 8, 26, 0x40);
my ($SIOCGIFINDEX, $SIOCGSTAMP) = (0x8933, 0x8906);
my ($ROUTE, $NETFILTER, $BELOW, $LINK) = (0, 1, 5, 6);
my $END = 0xffffffff;
my $NOBODY = 65534;
# A path that another process renames meanwhile makes openat2 answer EAGAIN; so often may it.
my $OPEN_TRIES = 8;
# What the kernel keeps for one link until it is asked for: filters let little through; bytes.
my $HEARD = 262144;
# The kernel never fills more than 32 KiB of a dump at a time; bytes.
my $PIECE = 131072;
my ($COMPLETE, $CUT, $FAILED) = (0, 1, 2);

sub call {
  my ($name, @arguments) = @_;
  syscall($SYS->{$name}, @arguments) >= 0 or die "$name: $!\n";
}

# The regular file at a path below a root; nothing when there is none.
sub below {
  my ($root, $path) = @_;
  sysopen(my $directory, $root, O_RDONLY | O_DIRECTORY) or return undef;
  # Never across a mount: /proc of a node holds "regular files" that read the host's memory. Where the root is the
  # machine's own there is no host to protect, and /var may well be a disk of its own.
  my $here = $root eq '/' ? 0 : $RESOLVE_NO_XDEV;
  my $how = pack 'Q3', O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, $here | $RESOLVE_NO_MAGICLINKS | $RESOLVE_IN_ROOT;
  my $descriptor = -1;
  for (1 .. $OPEN_TRIES) {
    $descriptor = syscall $SYS->{openat2}, fileno $directory, $path, $how, length $how;
    last if $descriptor >= 0 || !$!{EAGAIN};
  }
  return undef if $descriptor < 0;
  open(my $file, '<&=', $descriptor) or return undef;
  return -f $file ? $file : undef;
}

sub take {
  my ($length) = @_;
  my $bytes = '';
  while (length $bytes < $length) {
    my $got = sysread STDIN, $bytes, $length - length $bytes, length $bytes;
    exit 0 if !$got;
  }
  return $bytes;
}

sub put {
  my ($bytes) = @_;
  my $done = 0;
  while ($done < length $bytes) {
    my $wrote = syswrite STDOUT, $bytes, length($bytes) - $done, $done;
    exit 0 if !defined $wrote;
    $done += $wrote;
  }
}

# Whether one of the kernel's messages says that there are no more.
sub ends {
  my ($datagram) = @_;
  my $at = 0;
  while ($at + 16 <= length $datagram) {
    my ($length, $type) = unpack 'Lv', substr $datagram, $at, 6;
    return 1 if $type == $NLMSG_DONE || $type == $NLMSG_ERROR;
    return 0 if $length < 16;
    $at += ($length + 3) & ~3;
  }
  return 0;
}

sub ask {
  my ($socket, $limit, $request) = @_;
  defined send $socket, $request, 0, pack('SSLL', $AF_NETLINK, 0, 0, 0) or return $FAILED;
  my $sent = 0;
  while (1) {
    my $sender = recv $socket, my $datagram, $PIECE, 0;
    return $FAILED if !defined $sender;
    # A learner who is root in the namespace can send to this socket, too: only port 0 is the kernel.
    next if length $sender < 8 || (unpack 'SSLL', $sender)[2] != 0;
    $sent += length $datagram;
    return $CUT if $sent > $limit;
    put(pack('L', length $datagram) . $datagram);
    return $COMPLETE if ends($datagram);
  }
}

sub choose {
  my ($file, $limit, $lines) = @_;
  my %wanted = map { $_ => 1 } split /\n/, $lines;
  seek $file, 0, 0 or return $FAILED;
  # A paragraph is as long as somebody else made it: the file's size bounds what is looked at.
  return $CUT if -s $file > $limit;
  local $/ = '';
  while (my $paragraph = readline $file) {
    put(pack('L', length $paragraph) . $paragraph) if $wanted{(split /\n/, $paragraph, 2)[0]};
  }
  return $COMPLETE;
}

sub copy {
  my ($file, $limit) = @_;
  sysseek $file, 0, 0 or return $FAILED;
  while ($limit > 0) {
    my $length = sysread $file, my $bytes, $limit < 65536 ? $limit : 65536;
    return $FAILED if !defined $length;
    return $COMPLETE if !$length;
    put(pack('L', $length) . $bytes);
    $limit -= $length;
  }
  return $CUT;
}

# Enters a network namespace; whether it could.
sub enter {
  my ($path) = @_;
  open(my $namespace, '<', $path) or return 0;
  return syscall($SYS->{setns}, fileno $namespace, $CLONE_NEWNET) == 0;
}

# A packet socket for a link of a namespace; it hears nothing yet. With it, where to bind it.
sub card {
  my ($path, $name) = @_;
  return undef if !enter($path) || length $name > 15;
  socket(my $socket, $AF_PACKET, $SOCK_RAW, 0) or return undef;
  # struct ifreq: the name, and the number that the kernel writes behind it.
  my $request = pack 'a16 x24', $name;
  ioctl($socket, $SIOCGIFINDEX, $request) or return undef;
  # struct sockaddr_ll
  my $address = pack 'S n l x12', $AF_PACKET, $ETH_P_ALL, unpack 'x16 l', $request;
  return { socket => $socket, address => $address };
}

# Lets a link's socket hear what a filter (struct sock_filter, in classic BPF) lets through.
sub hear {
  my ($card, $filter) = @_;
  my $socket = $card->{socket};
  setsockopt($socket, $SOL_SOCKET, $SO_RCVBUF, pack 'l', $HEARD) or return $FAILED;
  # struct sock_fprog
  setsockopt($socket, $SOL_SOCKET, $SO_ATTACH_FILTER, pack 'S x![P] P', length($filter) / 8, $filter) or return $FAILED;
  # The first question for a time makes the kernel note when each frame came; there is no answer to it yet.
  ioctl($socket, $SIOCGSTAMP, my $time = "\0" x 16);
  bind($socket, $card->{address}) or return $FAILED;
  my $type = unpack 'x8 S', getsockname $socket;
  return $type == $ARPHRD_ETHER || $type == $ARPHRD_LOOPBACK ? $COMPLETE : $FAILED;
}

# What a link's socket has heard until now.
sub heard {
  my ($card, $limit) = @_;
  while (defined recv $card->{socket}, my $frame, 65536, $MSG_DONTWAIT) {
    $limit -= 16 + length $frame;
    return $CUT if $limit < 0;
    my $time = "\0" x 16;
    ioctl($card->{socket}, $SIOCGSTAMP, $time) or next;
    my ($seconds, $micros) = unpack 'q2', $time;
    put(pack 'L5', 16 + length $frame, $seconds, $micros, (length $frame) x 2);
    put($frame);
  }
  return $COMPLETE;
}

# What a job asks about, opened: for each number, by source.
sub opened {
  my ($namespaces, $files, $cards) = @_;
  my @sources;
  for my $path (@$namespaces) {
    my @opened;
    if (enter($path)) {
      for my $protocol ($NETLINK_ROUTE, $NETLINK_NETFILTER) {
        my $socket;
        push @opened, socket($socket, $AF_NETLINK, $SOCK_RAW, $protocol) ? $socket : undef;
      }
      for my $name (qw(snmp netstat ip_tables_names)) {
        my $file;
        push @opened, open($file, '<', "/proc/self/net/$name") ? $file : undef;
      }
    }
    push @sources, \@opened;
  }
  my $number = 0;
  $sources[$number++][$BELOW] = below(splice @$files, 0, 2) while @$files >= 2;
  $number = 0;
  $sources[$number++][$LINK] = card(splice @$cards, 0, 2) while @$cards >= 2;
  return @sources;
}

# From then on the process has no more rights than the one.
sub surrender {
  call('prctl', $PR_SET_KEEPCAPS, 1, 0, 0, 0);
  call('setgroups', 0, 0);
  call('setresgid', $NOBODY, $NOBODY, $NOBODY);
  call('setresuid', $NOBODY, $NOBODY, $NOBODY);
  my $header = pack 'Ll', $CAPABILITY_VERSION_3, 0;
  my $sets = pack 'L6', 1 << $CAP_NET_ADMIN, 1 << $CAP_NET_ADMIN, 0, 0, 0, 0;
  call('capset', $header, $sets);
  call('prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  # A change of ids has undone it.
  call('prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);
}

sub work {
  my (@places) = @_;
  alarm $PATIENCE;
  my @kinds = ([], []);
  for my $kind (@kinds) {
    push @$kind, shift @places while @places && $places[0] ne '--';
    shift @places;
  }
  # A link may be called --, too.
  my @sources = opened(@kinds, \@places);
  surrender();
  while (1) {
    my ($number, $source, $limit, $length) = unpack 'L4', take(16);
    return if $number == $END;
    my $request = take($length);
    my $from = $sources[$number] && $sources[$number][$source];
    my $asks = $source == $ROUTE || $source == $NETFILTER;
    my $how = !$from ? $FAILED
      : $asks ? ask($from, $limit, $request)
      : $source == $LINK ? ($length ? hear($from, $request) : heard($from, $limit))
      : $length ? choose($from, $limit, $request) : copy($from, $limit);
    # What a cut answer still holds would be taken for the next one.
    $sources[$number][$source] = undef if $how == $CUT && $asks;
    put(pack 'LL', 0, $how);
  }
}

call('prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);
while (1) {
  my @places = split /\0/, take(unpack 'L', take(4));
  my $child = fork // die "fork: $!\n";
  if (!$child) {
    work(@places);
    exit 0;
  }
  waitpid $child, 0;
  # What was asked and not answered would be taken for jobs.
  exit 1 if $?;
}
